import { ContractError } from './errors.ts'
import { offered } from './methods.ts'
import type { ContractPlugin, HostInfo, Value } from './types.ts'

/** Of the wire: docs/contract-plugins.md. */
export const REVISION = 1

type Params = { readonly [key: string]: Value }
type OwnMethod = (params: Params) => Promise<Value>

/** What every plugin answers, whatever its contract. */
export class Lifecycle {
  readonly #plugin: ContractPlugin
  #stage: 'new' | 'initializing' | 'ready' | 'over' = 'new'
  #answered = Promise.withResolvers<void>()
  #agreed = false
  #withAttachments = false

  constructor(plugin: ContractPlugin) {
    this.#plugin = plugin
  }

  /** A place for a message's bytes; undefined while they stand in the line. */
  get attachments(): Uint8Array[] | undefined {
    return this.#withAttachments ? [] : undefined
  }

  /** The answer to `initialize` is on its way: what was agreed in it holds from here on. */
  told(): void {
    if (this.#stage === 'initializing') return
    this.#withAttachments = this.#agreed
    this.#answered.resolve()
  }

  /**
   * Lets a method in; those that come while the plugin gets ready wait for it.
   * @throws ContractError NOT_INITIALIZED for whatever comes before `initialize`, or after `shutdown`; INVALID_REQUEST
   * for a second `initialize`
   */
  async admit(name: string): Promise<void> {
    if (name === 'initialize') return this.#begin()
    if (this.#stage === 'initializing' && name === 'health_check') return
    if (this.#stage === 'initializing') await this.#answered.promise
    if (this.#stage === 'ready') return
    const why = this.#stage === 'over' ? 'after “shutdown”' : 'before “initialize” was answered'
    throw new ContractError('NOT_INITIALIZED', `“${name}” came ${why}.`)
  }

  /** At once: what comes in the same breath must find it so. */
  #begin(): void {
    if (this.#stage !== 'new') throw new ContractError('INVALID_REQUEST', 'The plugin was initialised already.')
    this.#stage = 'initializing'
    this.#answered = Promise.withResolvers()
  }

  /** The method of this name, if it is one of every plugin's. @param isBusy whether something else is asked now */
  method(name: string, isBusy: () => boolean): OwnMethod | undefined {
    switch (name) {
      case 'initialize':
        return params => this.#initialize(params)
      case 'health_check':
        return () => this.#health(isBusy())
      case 'shutdown':
        return async () => {
          await this.shutdown()
          return true
        }
      case 'capture_state':
        return this.#keepsState ? async () => this.#plugin.captureState!() : undefined
      case 'restore_state':
        return this.#keepsState ? params => this.#restore(params['state']) : undefined
    }
    return undefined
  }

  /** Once, whoever asks first. Never throws: what fails here is told to the log alone. */
  async shutdown(): Promise<void> {
    if (this.#stage === 'over') return
    const begun = this.#stage !== 'new'
    this.#stage = 'over'
    try {
      if (begun) await this.#plugin.shutdown?.()
    } catch (error) {
      process.stderr.write(`Shutting down failed: ${error instanceof Error ? (error.stack ?? error.message) : error}\n`)
    }
  }

  get #keepsState(): boolean {
    return this.#plugin.captureState !== undefined && this.#plugin.restoreState !== undefined
  }

  async #initialize(params: Params): Promise<Value> {
    try {
      this.#check(params)
      await this.#plugin.initialize?.((params['config'] ?? {}) as Params, hostOf(params))
      this.#stage = 'ready'
    } catch (error) {
      // It may be tried again, with other settings.
      this.#stage = 'new'
      throw error
    }
    const { features } = params
    this.#agreed = Array.isArray(features) && features.includes('attachments')
    const { contract: own, methods } = this.#plugin
    return {
      revision: REVISION,
      features: [...(this.#agreed ? ['attachments'] : []), ...(this.#keepsState ? ['state'] : [])],
      status: 'READY',
      methods: Object.entries(methods).map(([name, method]) => offered(own, name, method)),
    }
  }

  #check({ revision, contract }: Params): void {
    if (typeof revision !== 'number' || revision < REVISION) {
      throw new ContractError(
        'INVALID_PARAMS',
        `The plugin speaks revision ${REVISION} of the wire, the host ${String(revision)}.`,
      )
    }
    if (contract !== undefined && contract !== this.#plugin.contract) {
      throw new ContractError(
        'INVALID_PARAMS',
        `Contract mismatch: the manifest says “${String(contract)}”, the program is a “${this.#plugin.contract}”. Make them the same.`,
      )
    }
  }

  async #health(isBusy: boolean): Promise<Value> {
    const { status, message = '', details = {}, latencyMs, memoryMb } = (await this.#plugin.health?.()) ?? {}
    return {
      status: this.#stage === 'initializing' ? 'INITIALIZING' : (status ?? (isBusy ? 'BUSY' : 'READY')),
      message,
      details,
      ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }),
      memory_mb: memoryMb ?? Math.round(process.memoryUsage.rss() / (1 << 20)),
    }
  }

  async #restore(state: Value): Promise<null> {
    await this.#plugin.restoreState!(state)
    return null
  }
}

function hostOf({ host, data_folder: folder }: Params): HostInfo {
  const { name, version } = (host ?? {}) as { readonly name?: unknown; readonly version?: unknown }
  return {
    name: typeof name === 'string' ? name : '',
    version: typeof version === 'string' ? version : '',
    dataFolder: typeof folder === 'string' ? folder : '',
  }
}
