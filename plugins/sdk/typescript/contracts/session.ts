import { ContractError, ERROR_CODES, wireError, type WireError } from './errors.ts'
import { Lifecycle } from './lifecycle.ts'
import { checkedParameters } from './methods.ts'
import { isId, readRequest, type Id, type Request } from './request.ts'
import type { AnyMethod, CallRun, ContractPlugin, Value } from './types.ts'
import { joined, toWire } from './values.ts'
import type { WireMessage } from './reader.ts'

/** Sends a message to the host; resolves when there is room for more. @throws ContractError for one that is too large */
export type Send = (json: object, attachments: readonly Uint8Array[]) => Promise<void>

/** Milliseconds that a generator may go on without the host being heard. */
const DEAF_FOR = 10

/** The plugin's end of a conversation: messages in, answers out. Knows nothing of pipes. */
export class ContractSession {
  readonly #plugin: ContractPlugin
  readonly #lifecycle: Lifecycle
  readonly #send: Send
  readonly #running = new Map<Id, AbortController>()
  readonly #answers = new Set<Promise<void>>()

  constructor(plugin: ContractPlugin, send: Send) {
    this.#plugin = plugin
    this.#send = send
    this.#lifecycle = new Lifecycle(plugin)
  }

  /** Resolves when the message was answered. Never throws; several run at one time. */
  take(message: WireMessage): Promise<void> {
    const answer = this.#take(message).finally(() => this.#answers.delete(answer))
    this.#answers.add(answer)
    return answer
  }

  /** Resolves when everything that was asked until now is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#answers)
  }

  /** Ends what runs, and the plugin itself. Never throws. */
  async close(): Promise<void> {
    for (const abort of this.#running.values()) abort.abort()
    await this.settled()
    await this.#lifecycle.shutdown()
  }

  async #take({ json, attachments }: WireMessage): Promise<void> {
    if (json === undefined)
      return this.#fail(null, { code: ERROR_CODES.PARSE, message: 'This line is no JSON in UTF-8.' })
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return this.#fail(null, NO_REQUEST)
    const { id, method, params = {}, result, error } = json as Record<string, unknown>
    // Nothing was asked of the host.
    if (method === undefined && (result !== undefined || error !== undefined)) return
    if (typeof method !== 'string' || (id !== undefined && !isId(id)))
      return this.#fail(isId(id) ? id : null, NO_REQUEST)
    if (id === undefined) return this.#notice(method, params)
    if (this.#running.has(id)) return this.#fail(id, { ...NO_REQUEST, message: `The id ${id} is in use.` })
    const abort = new AbortController()
    this.#running.set(id, abort)
    try {
      const request = readRequest(id, method, params, attachments)
      await this.#tell(id, await leaving(this.#answer(request, { signal: abort.signal }), abort.signal))
    } catch (thrown) {
      await this.#fail(id, abort.signal.aborted ? CANCELLED : wireError(thrown, this.#plugin.contract))
    } finally {
      this.#running.delete(id)
      if (method === 'initialize') this.#lifecycle.told()
    }
  }

  #notice(method: string, params: unknown): void {
    if (method !== '$/cancelRequest') return
    const { id } = (params ?? {}) as { readonly id?: unknown }
    if (isId(id)) this.#running.get(id)?.abort()
  }

  async #answer(request: Request, run: CallRun): Promise<Value> {
    const { method, params } = request
    await this.#lifecycle.admit(method)
    const own = this.#lifecycle.method(method, () => this.#running.size > 1)
    if (own) return own(params)
    if (!Object.hasOwn(this.#plugin.methods, method)) {
      const message = `The plugin has no method “${method}”. It has: ${Object.keys(this.#plugin.methods).join(', ')}.`
      throw new ContractError('METHOD_NOT_FOUND', message)
    }
    return this.#call(this.#plugin.methods[method]!, request, run)
  }

  async #call(work: AnyMethod, { method, params, token }: Request, run: CallRun): Promise<Value> {
    const checked = checkedParameters(this.#plugin.contract, method, params)
    const answer = work.call(this.#plugin.methods, checked, run)
    if (!isGenerator(answer)) return answer
    const items: Value[] = []
    for (let heard = performance.now(); ;) {
      const next = await answer.next()
      // One that makes its items without waiting for anything would keep health and cancelling from being heard.
      if (performance.now() - heard > DEAF_FOR) {
        await new Promise(resolve => setImmediate(resolve))
        heard = performance.now()
      }
      if (run.signal.aborted) {
        await answer.return(undefined)
        throw run.signal.reason
      }
      if (next.done) return next.value ?? (token === undefined ? joined(items) : null)
      if (token === undefined) items.push(next.value)
      else await this.#tellItem(token, next.value)
    }
  }

  #tellItem(token: Id, item: Value): Promise<void> {
    const attachments = this.#lifecycle.attachments
    const value = toWire(item, attachments) ?? null
    return this.#send({ jsonrpc: '2.0', method: '$/progress', params: { token, value } }, attachments ?? [])
  }

  #tell(id: Id, result: Value): Promise<void> {
    const attachments = this.#lifecycle.attachments
    return this.#send({ jsonrpc: '2.0', id, result: toWire(result, attachments) ?? null }, attachments ?? [])
  }

  async #fail(id: Id | null, error: WireError): Promise<void> {
    try {
      await this.#send({ jsonrpc: '2.0', id, error }, [])
    } catch (problem) {
      // What it would have said more of it is no JSON, or more than a line may have.
      process.stderr.write(`The “data” of an error can’t be sent: ${String(problem)}\n`)
      const { code, message } = error
      await this.#send({ jsonrpc: '2.0', id, error: { code, message } }, [])
    }
  }
}

const NO_REQUEST: WireError = { code: ERROR_CODES.INVALID_REQUEST, message: 'This is no request of JSON-RPC 2.0.' }
const CANCELLED: WireError = { code: ERROR_CODES.CANCELLED, message: 'The call was cancelled.' }

/** `work`, unless the caller leaves before: then it is not waited for. */
async function leaving<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined)
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave)
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

const isGenerator = (answer: unknown): answer is AsyncGenerator<Value, Value | void> =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer
