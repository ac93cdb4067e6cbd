import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { fromErrorData, SeamError, type ErrorData, type Failure } from '#protocol/errors.ts'
import type { ClientMessage } from '#protocol/session-client.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { ensureToken } from '../../core/token.ts'
import type { Context } from '../context.ts'

/** Milliseconds that the companion may take to take leave. */
const LEAVING = 1_000

/** A session of the companion on this machine, as a client of its socket. */
export interface TalkLine {
  send(message: ClientMessage): void
  /** Resolves when it is on its way: whoever sends faster than is read waits. */
  sound(samples: Float32Array): Promise<void>
  close(): Promise<void>
}

export interface LineHooks {
  message(message: ServerMessage): void
  /** Mono, of the rate that was asked for. */
  sound(samples: Float32Array<ArrayBuffer>): void
  /** It has ended, and not by `close`. */
  ended(failure: SeamError): void
}

/** What the connection is to be like, by the names of the session protocol. */
export type LineWish = Readonly<Record<string, string | number | boolean | undefined>>

/** Resolves when the companion has said what holds. @throws SeamError what it said instead; offline */
export async function openLine(
  { config, signal }: Context,
  session: string,
  wish: LineWish,
  hooks: LineHooks,
): Promise<TalkLine> {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(wish)) if (value !== undefined) query.set(key, String(value))
  const address = `ws://127.0.0.1:${config.settings['server.port']}/ws/session/${encodeURIComponent(session)}?${query}`
  const authorization = `Bearer ${ensureToken(config.folders.state)}`
  const socket = new WebSocket(address, { headers: { authorization }, perMessageDeflate: false })
  const started = Promise.withResolvers<void>()
  let isOpen = false
  let isLeaving = false
  let last: SeamError | undefined
  const over = (failure: SeamError) => {
    if (isOpen && !isLeaving) hooks.ended(failure)
    started.reject(failure)
  }
  const abort = () => started.reject(new SeamError('cancelled', 'Stopped.'))
  signal.addEventListener('abort', abort, { once: true })
  socket.on('unexpected-response', (_request, answer) => void refusalOf(answer).then(over, over))
  socket.on('error', error => over(new SeamError('offline', `The companion can’t be reached: ${error.message}.`)))
  socket.on('close', (_code, reason) => {
    const said = reason.toString()
    over(last ?? new SeamError('offline', `The companion has ended the session.${said ? ` It says: ${said}` : ''}`))
  })
  socket.on('message', (data, isBinary) => {
    if (isBinary) return hooks.sound(samplesOf(data as Buffer))
    const message = JSON.parse(String(data)) as ServerMessage
    // Without a turn it is about the connection itself.
    if (message.type === 'error' && message.turn === undefined) last = fromErrorData(message as ErrorData)
    if (message.type === 'session_started') {
      isOpen = true
      started.resolve()
    }
    hooks.message(message)
  })
  try {
    await started.promise
  } catch (error) {
    socket.terminate()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
  return {
    send: message => socket.readyState === socket.OPEN && socket.send(JSON.stringify(message)),
    sound: samples =>
      new Promise(resolve => {
        if (socket.readyState !== socket.OPEN) return resolve()
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
        // That it has ended is told by its end.
        socket.send(bytes, () => resolve())
      }),
    close: () =>
      new Promise(resolve => {
        isLeaving = true
        if (socket.readyState === socket.CLOSED) return resolve()
        const late = setTimeout(() => socket.terminate(), LEAVING)
        socket.once('close', () => {
          clearTimeout(late)
          resolve()
        })
        socket.close(1000)
      }),
  }
}

/** Float32, little-endian, as every machine that Node runs on has them. A copy: the buffer is the socket's. */
function samplesOf(bytes: Buffer): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint8Array.from(bytes.subarray(0, bytes.length - (bytes.length % 4))).buffer)
}

const REFUSALS: Readonly<Record<number, Failure>> = { 400: 'bad-input', 404: 'not-found' }

async function refusalOf(answer: IncomingMessage): Promise<SeamError> {
  let text = ''
  for await (const piece of answer.setEncoding('utf8') as AsyncIterable<string>) text += piece
  const message = text.trim() || `The companion answered ${answer.statusCode}.`
  return new SeamError(REFUSALS[answer.statusCode ?? 0] ?? 'refused', message)
}
