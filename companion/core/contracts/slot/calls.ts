import { setTimeout as late } from 'node:timers/promises'
import { CancellationTokenSource, ErrorCodes, ResponseError, type MessageConnection } from 'vscode-jsonrpc/node'
import type { Clock } from '#dialogue/types.ts'
import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import type { WireValue } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { hostFailure, pluginError, type PluginFacts } from '../wire/failures.ts'
import { Items } from './items.ts'
import { TOKEN } from './judge.ts'
import { deadline, STALLED_AFTER, type Deadline, type Unread } from './unread.ts'

export interface Ask {
  /** Milliseconds without an answer or an item. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

export interface CallsOptions {
  readonly connection: MessageConnection
  readonly unread: Unread
  readonly clock: Clock
  /** Resolves with the reason when the plugin is gone. */
  gone(): Promise<SeamError>
  facts(method: string): PluginFacts
  /** It left too many calls unanswered to be of any use. */
  unanswered(failure: SeamError): void
}

/** A call on its way. */
interface Sent {
  readonly answer: Promise<WireValue>
  /** Settles when the plugin has answered, in time or not, or is gone; never rejects. */
  readonly answered: Promise<void>
  readonly limit: Deadline
  /** Nobody waits any more; the plugin is told. */
  giveUp(error: SeamError): void
}

interface Stream {
  readonly items: Items
  readonly sent: Sent
}

type Params = Readonly<Record<string, WireValue>>

/** Calls that nobody waits for any more and that stay unanswered, with which a plugin is ended. */
export const MOST_UNANSWERED = 64
/** Milliseconds that a plugin may take to go after it cancelled a call by itself. */
const GOING = 2000

/** Calls of one process: each ends with an answer, with an error, or at its limit. */
export class Calls {
  readonly #options: CallsOptions
  /** Streams that may still tell items, by their tokens. */
  readonly #streams = new Map<string, Stream>()
  /** Streams whose items were not all read, answered or not. */
  readonly #unread = new Set<Stream>()
  #tokens = 0
  #unanswered = 0
  #failure: SeamError | undefined

  constructor(options: CallsOptions) {
    this.#options = options
  }

  /** The process is gone; its connection is to be closed next. */
  close(failure: SeamError): void {
    this.#failure = failure
  }

  /** @returns whether anybody asked for it, even if nobody waits any more */
  item(token: string, value: WireValue, size: number): boolean {
    const stream = this.#streams.get(token)
    stream?.sent.limit.sign()
    stream?.items.push(value, size)
    return stream !== undefined
  }

  /** @throws SeamError */
  ask(method: string, params: Params, ask: Ask): Promise<WireValue> {
    return this.#send(method, params, ask).answer
  }

  async *stream(method: string, params: Params, ask: Ask): AsyncGenerator<WireValue, WireValue> {
    const token = `s${++this.#tokens}`
    const items = new Items(this.#options.unread)
    const left = new AbortController()
    const signal = ask.signal ? AbortSignal.any([ask.signal, left.signal]) : left.signal
    const sent = this.#send(method, { ...params, [TOKEN]: token }, { ...ask, signal })
    const stream = { items, sent }
    this.#streams.set(token, stream)
    this.#unread.add(stream)
    void sent.answered.then(() => this.#streams.delete(token))
    let result: WireValue = null
    sent.answer.then(
      value => {
        result = value
        items.end()
      },
      error => items.fail(toSeamError(error)),
    )
    try {
      for await (const item of items.read()) {
        // Whoever has left hears nothing of what was told before.
        if (ask.signal?.aborted) throw cancelled(ask.signal)
        yield item
      }
      return result
    } finally {
      this.#unread.delete(stream)
      items.leave()
      left.abort()
    }
  }

  /** Gives up the stream that holds most of what nobody takes: everything else of the plugin waits behind it. */
  stalled(): void {
    const [fullest] = [...this.#unread].toSorted((a, b) => b.items.waiting - a.items.waiting)
    const words = `What the stream told was not taken for ${STALLED_AFTER / 1000} seconds, and other calls waited behind it. It was given up.`
    // Not `cancelled`: that is what readers take for their own doing.
    const error = new SeamError('engine', words, { retryable: true })
    fullest?.items.drop(error)
    fullest?.sent.giveUp(error)
  }

  #send(method: string, params: Params, { timeout, signal }: Ask): Sent {
    const { clock, unread, connection, facts } = this.#options
    const source = new CancellationTokenSource()
    const outcome = Promise.withResolvers<WireValue>()
    // Of a stream that was left, nobody looks at it.
    outcome.promise.catch(() => {})
    let isWaiting = true
    const settle = () => {
      if (!isWaiting) return false
      isWaiting = false
      limit.end()
      signal?.removeEventListener('abort', cancel)
      return true
    }
    const giveUp = (error: SeamError) => {
      if (!settle()) return
      outcome.reject(error)
      source.cancel()
      if (++this.#unanswered < MOST_UNANSWERED) return
      const words = `left ${MOST_UNANSWERED} calls without an answer. It was ended.`
      this.#options.unanswered(hostFailure('CALL_TIMEOUT', words, facts(method)))
    }
    const cancel = () => giveUp(cancelled(signal))
    const limit = deadline(clock, unread, timeout, () => {
      const words = `did not answer “${method}” within ${timeout / 1000} seconds. The call was given up.`
      giveUp(hostFailure('CALL_TIMEOUT', words, facts(method)))
    })
    const answered = this.#request(connection, method, params, source).then(
      value => (settle() ? outcome.resolve(value) : this.#late()),
      error => (settle() ? outcome.reject(this.#error(error, method)) : this.#late()),
    )
    if (signal?.aborted) cancel()
    else signal?.addEventListener('abort', cancel)
    return { answer: outcome.promise, answered, limit, giveUp }
  }

  /** An answer to what nobody waits for: in time or not, it was answered. */
  #late(): void {
    this.#unanswered -= 1
  }

  async #request(
    connection: MessageConnection,
    method: string,
    params: Params,
    source: CancellationTokenSource,
  ): Promise<WireValue> {
    try {
      return await connection.sendRequest<WireValue>(method, params, source.token)
    } catch (error) {
      // Not a plugin's answer: the connection is closed, and the process is about to go.
      const { gone } = this.#options
      if (!(error instanceof ResponseError)) throw await gone()
      // A plugin that was told by somebody else to go answers so: then it is its end that counts.
      const isOwn = error.code === RPC_ERRORS.CANCELLED && !source.token.isCancellationRequested
      const end = isOwn ? await Promise.race([gone(), late(GOING, undefined, { ref: false })]) : undefined
      throw end ?? error
    } finally {
      source.dispose()
    }
  }

  #error(error: unknown, method: string): SeamError {
    if (!(error instanceof ResponseError)) return toSeamError(error)
    const { code, message } = error
    const facts = this.#options.facts(method)
    if (code === ErrorCodes.PendingResponseRejected && this.#failure) return this.#failure
    if (code === ErrorCodes.MessageReadError) return hostFailure('BAD_RESULT', message, facts)
    if (code === ErrorCodes.MessageWriteError) return new SeamError('bad-input', message)
    return pluginError({ code, message, data: error.data }, facts)
  }
}

const cancelled = (signal: AbortSignal | undefined) =>
  new SeamError('cancelled', 'The call was cancelled.', { cause: signal?.reason })
