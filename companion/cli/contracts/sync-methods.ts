import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { errorData, toSeamError, type ErrorData, type SeamError } from '#protocol/errors.ts'
import type { ContractHost } from '../../core/contracts/host.ts'
import { fromJson, toJson } from '../../core/contracts/wire/values.ts'
import type { Context } from '../context.ts'
import { started } from './host.ts'

/** Why a line could not be answered with a result. */
export class SyncFault extends Error {
  override readonly name = 'SyncFault'
  readonly code: number
  readonly data: ErrorData | undefined

  constructor(code: number, message: string, data?: ErrorData) {
    super(message)
    this.code = code
    this.data = data
  }

  /** Whatever was thrown; what a plugin says keeps its own code. */
  static from(error: unknown): SyncFault {
    if (error instanceof SyncFault) return error
    const failure = toSeamError(error)
    const { code } = failure.details
    return new SyncFault(typeof code === 'number' ? code : codeOf(failure), failure.message, errorData(failure))
  }

  get told(): object {
    const { code, message, data } = this
    return { code, message, ...(data && { data }) }
  }
}

function codeOf({ code }: SeamError): number {
  if (code === 'bad-input' || code === 'not-found') return RPC_ERRORS.INVALID_PARAMS
  return code === 'cancelled' ? RPC_ERRORS.CANCELLED : RPC_ERRORS.INTERNAL
}

type Params = Readonly<Record<string, unknown>>

/** What lines may ask for. */
export class SyncMode {
  readonly #host: ContractHost
  readonly #context: Context
  readonly #methods: Readonly<Record<string, (params: Params) => Promise<Json>>>

  constructor(host: ContractHost, context: Context) {
    this.#host = host
    this.#context = context
    this.#methods = {
      'plugin/list': () => this.#list(),
      'plugin/load': params => this.#load(params),
      'plugin/call': params => this.#call(params),
      'plugin/health': async params =>
        toJson(await this.#host.slot(textOf(params, 'plugin', 'name')).call('health_check', {})),
      'plugin/unload': params => this.#unload(params),
    }
  }

  /** @throws SyncFault, SeamError */
  answer(method: string, params: unknown): Promise<Json> {
    if (!Object.hasOwn(this.#methods, method)) {
      const known = Object.keys(this.#methods).join(', ')
      return Promise.reject(
        new SyncFault(RPC_ERRORS.METHOD_NOT_FOUND, `There is no method “${method.slice(0, 80)}”. There are: ${known}.`),
      )
    }
    if (typeof params !== 'object' || params === null || Array.isArray(params))
      return Promise.reject(new SyncFault(RPC_ERRORS.INVALID_PARAMS, '“params” must be an object.'))
    return Promise.resolve().then(() => this.#methods[method]!(params as Params))
  }

  async #list(): Promise<Json> {
    return this.#host.list().map(({ name, contract, status, problem }) => {
      return { name, contract, status, ...(problem !== undefined && { problem }) }
    })
  }

  async #load(params: Params): Promise<Json> {
    const name = textOf(params, 'name', 'plugin')
    if (params['config'] !== undefined) {
      throw new SyncFault(
        RPC_ERRORS.INVALID_PARAMS,
        `Settings are kept, and not given here: voxloom contracts config ${name} KEY VALUE`,
      )
    }
    const { contract, status, methods } = await started(this.#host, name, this.#context)
    const offered = methods.filter(method => method.offered).map(method => method.name)
    return { name, contract, status, methods: offered }
  }

  async #call(params: Params): Promise<Json> {
    const slot = this.#host.slot(textOf(params, 'plugin', 'name'))
    const method = textOf(params, 'method')
    const { args = {}, stream = false } = params
    if (typeof args !== 'object' || args === null || Array.isArray(args))
      throw new SyncFault(RPC_ERRORS.INVALID_PARAMS, '“args” must be an object of parameters by name.')
    const given = fromJson(args as Json) as Readonly<Record<string, WireValue>>
    const { signal } = this.#context
    if (stream !== true) return toJson(await slot.call(method, given, { signal }))
    const items: Json[] = []
    for await (const item of slot.stream(method, given, { signal })) items.push(toJson(item))
    return items
  }

  async #unload(params: Params): Promise<Json> {
    await this.#host.unload(textOf(params, 'name', 'plugin'))
    return true
  }
}

/** The first of these that is there. @throws SyncFault */
function textOf(params: Params, ...names: readonly string[]): string {
  const found = names.map(name => params[name]).find(value => typeof value === 'string')
  if (found === undefined) throw new SyncFault(RPC_ERRORS.INVALID_PARAMS, `“${names[0]}” must be a text.`)
  return found
}
