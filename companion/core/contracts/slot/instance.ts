import { setImmediate as turn, setTimeout as late } from 'node:timers/promises'
import {
  CancellationReceiverStrategy,
  createMessageConnection,
  type CancellationStrategy,
  type MessageConnection,
} from 'vscode-jsonrpc/node'
import type { Clock } from '#dialogue/types.ts'
import type { WireValue } from '#protocol/contracts.ts'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { Child } from '../../process/child.ts'
import type { ProcessLedger } from '../../process/ledger.ts'
import type { Launch, OfferedMethod } from '../types.ts'
import { goneWords, hostFailure, type PluginFacts } from '../wire/failures.ts'
import type { WireBreak } from '../wire/lines.ts'
import { ContractReader } from '../wire/reader.ts'
import { ContractWriter } from '../wire/writer.ts'
import { Calls, type Ask } from './calls.ts'
import { initialize } from './initialize.ts'
import { Unread } from './unread.ts'

export interface InstanceOptions {
  readonly name: string
  readonly contract: string
  readonly launch: Launch
  readonly clock: Clock
  readonly ledger?: ProcessLedger | undefined
  /** Its standard error, and what it wrote besides messages. */
  onLine?(line: string): void
  /** It wrote something that nobody asked for. */
  onFault?(): void
}

/** Milliseconds that an answer to `shutdown` may take. */
const SHUTDOWN_PATIENCE = 2000
/** Milliseconds that the rest of the output of a process that is gone may take. */
const REST_PATIENCE = 500

/** As the library has it, but without a word when the process is gone before it can be told. */
const CANCELLATION: CancellationStrategy = {
  receiver: CancellationReceiverStrategy.Message,
  sender: {
    sendCancellation: async (connection, id) => connection.sendNotification('$/cancelRequest', { id }),
    cleanup: () => {},
  },
}

/** One process of a plugin, from its start until it is gone. */
export class Instance {
  readonly launch: Launch
  /** Why it is gone, once it is. Never rejects. */
  readonly gone: Promise<SeamError>
  methods: readonly OfferedMethod[] = []
  canKeepState = false
  readonly #options: InstanceOptions
  readonly #child: Child
  readonly #reader: ContractReader
  readonly #connection: MessageConnection
  readonly #unread: Unread
  readonly #calls: Calls
  #failure: SeamError | undefined

  /** @throws SeamError INITIALIZE_FAILED, INITIALIZE_TIMEOUT, SPAWN_FAILED, EXITED; then nothing is left of it */
  static async start(options: InstanceOptions, signal?: AbortSignal): Promise<Instance> {
    const instance = new Instance(options)
    try {
      const { attachments, canKeepState, methods } = await initialize(instance, options, signal)
      instance.#agree(attachments)
      instance.methods = methods
      instance.canKeepState = canKeepState
      return instance
    } catch (error) {
      instance.end(error as SeamError)
      await instance.gone
      throw error
    }
  }

  private constructor(options: InstanceOptions) {
    const { launch, ledger, onLine, clock } = options
    this.#options = options
    this.launch = launch
    try {
      this.#child = new Child(launch.command, { ...(ledger && { ledger }), ...(onLine && { onLine }) })
    } catch (error) {
      // Such as a path with a zero in it: nothing was even tried.
      throw spawnFailure(toSeamError(error), { plugin: options.name })
    }
    const { stdin, stdout } = this.#child
    const ids = new Set<number | string>()
    this.#unread = new Unread(stdout, clock, () => this.#calls.stalled())
    this.#reader = new ContractReader(stdout, {
      ids,
      item: (token, value, size) => this.#calls.item(token, value, size),
      fault: words => {
        onLine?.(`The plugin ${words}`)
        options.onFault?.()
      },
      broken: why => this.#broken(why),
    })
    const writer = new ContractWriter(stdin, ids)
    this.#connection = createMessageConnection(this.#reader, writer, undefined, { cancellationStrategy: CANCELLATION })
    this.#agree = attachments => {
      this.#reader.attachments = attachments
      writer.attachments = attachments
    }
    this.#calls = new Calls({
      connection: this.#connection,
      unread: this.#unread,
      clock,
      gone: () => this.gone,
      facts: method => this.facts(method),
      unanswered: failure => this.end(failure),
    })
    // A plugin that closes its output can't answer any more, though it may live on.
    stdout.once('close', () => void this.#child.end())
    this.#connection.listen()
    this.gone = this.#goes()
  }

  readonly #agree: (attachments: boolean) => void

  get pid(): number | undefined {
    return this.#child.pid
  }

  get faults(): number {
    return this.#reader.faults
  }

  /** Whether nothing can be asked of it any more. What it said before may still be read. */
  get isGone(): boolean {
    return this.#child.isGone
  }

  /** Whether we do not read just now, so that it can't be expected to answer. */
  get isHeld(): boolean {
    return this.#unread.isHeld
  }

  facts(method?: string): PluginFacts {
    const { log, exit } = this.#child
    return { plugin: this.#options.name, method, exit, log, stray: this.#reader.stray }
  }

  /** @throws SeamError */
  ask(method: string, params: Readonly<Record<string, WireValue>>, run: Partial<Ask> = {}): Promise<WireValue> {
    return this.#calls.ask(method, params, { ...run, timeout: run.timeout ?? this.launch.callTimeout })
  }

  /** Items as they come; the result is returned. Leaving cancels it. @throws SeamError */
  stream(
    method: string,
    params: Readonly<Record<string, WireValue>>,
    run: Partial<Ask> = {},
  ): AsyncGenerator<WireValue, WireValue> {
    return this.#calls.stream(method, params, { ...run, timeout: run.timeout ?? this.launch.callTimeout })
  }

  /** In good order: it is told, its input ends, and what does not go is ended. @param reason for calls under way */
  async shutdown(reason: SeamError): Promise<void> {
    this.#failure ??= reason
    const late = new AbortController()
    // No limit of the call's own ends while its output is left in its pipe for a reader who does not come.
    const end = this.#options.clock.after(SHUTDOWN_PATIENCE, () => late.abort())
    await this.ask('shutdown', {}, { signal: late.signal }).catch(() => {})
    end()
    await this.#child.end()
    await this.gone
  }

  /** At once, with all that it started. @param reason for calls under way */
  end(reason: SeamError): void {
    this.#failure ??= reason
    this.#reader.stop()
    this.#child.signal('SIGKILL')
    void this.#child.end()
  }

  #broken({ failure, words }: WireBreak): void {
    this.end(hostFailure(failure, `${words} It was ended.`, this.facts()))
  }

  async #goes(): Promise<SeamError> {
    const { stdout } = this.#child
    const closed = new Promise<void>(resolve => stdout.once('close', resolve))
    const exit = await this.#child.exited
    // What it answered before it went is in the pipe still, and what it said of the reason, too.
    this.#unread.finish()
    await Promise.race([closed, late(REST_PATIENCE, undefined, { ref: false })])
    for (let polls = 0; polls < 2; polls++) await turn()
    const { spawnError, log } = this.#child
    const failure =
      this.#failure ??
      (spawnError ? spawnFailure(spawnError, this.facts()) : hostFailure('EXITED', goneWords(exit, log), this.facts()))
    this.#failure = failure
    this.#reader.stop()
    this.#calls.close(failure)
    this.#connection.dispose()
    // A program that it left behind, out of its group, may hold the pipes open.
    void this.#child.end()
    return failure
  }
}

const spawnFailure = (error: Error, facts: PluginFacts) =>
  hostFailure('SPAWN_FAILED', `could not be started: ${error.message}.`, facts, error)
