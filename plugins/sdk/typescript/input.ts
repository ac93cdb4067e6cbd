import type { Readable } from 'node:stream'
import { HostGone, PluginError } from './errors.ts'
import { FrameFault, FrameParser, MAX_HANDSHAKE, type FramePiece } from './frames.ts'

/** Bytes read ahead. More stays with the host, which then waits. */
const READ_AHEAD = 1 << 20
/** What a piece in the queue costs besides its bytes. */
const PIECE_COST = 64
/** Small pieces that wait together are handed out together, up to this. */
const JOINED = 1 << 18

/** Standard input as the handshake and the payload after it. */
export class FrameInput {
  readonly #source: Readable
  readonly #parser = new FrameParser()
  readonly #abort = new AbortController()
  readonly #handshake = Promise.withResolvers<Buffer>()
  #opening: Buffer[] | undefined = []
  #openingBytes = 0
  #queue: Buffer[] = []
  #queued = 0
  #ended = false
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(source: Readable) {
    this.#source = source
    // Whoever never asks for the handshake must not be ended by its absence.
    this.#handshake.promise.catch(() => undefined)
    source.on('data', (chunk: Buffer) => this.#take(chunk))
    source.on('end', () => this.#end())
    source.on('error', () => this.#ended || this.stop('The input broke off.'))
    source.on('close', () => this.#end())
  }

  /**
   * Fires when the host gives up: its end of the pipe closed in the middle of a frame. It is seen while no more than
   * 1 MiB waits to be read.
   */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The first frame. @throws PluginError BAD_HANDSHAKE; HostGone when none came */
  handshake(): Promise<Buffer> {
    return this.#handshake.promise
  }

  /** The payload as it comes: slices of any size, whose borders mean nothing. @throws HostGone, PluginError */
  async *payload(): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (this.#queue.length > 0) yield this.#next()
      else if (this.#ended) return
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  /** The payload as text; characters across frame borders stay whole. @throws PluginError BAD_INPUT */
  async *text(): AsyncGenerator<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    let done = 0
    const decode = (bytes?: Buffer) => {
      try {
        return decoder.decode(bytes, { stream: bytes !== undefined })
      } catch (cause) {
        const where = bytes ? `after byte ${done.toLocaleString('en')}` : 'at its end'
        throw new PluginError('BAD_INPUT', `The text is not valid UTF-8 ${where}. Save it as UTF-8 and try again.`, {
          cause,
        })
      }
    }
    for await (const bytes of this.payload()) {
      const text = decode(bytes)
      done += bytes.length
      if (text !== '') yield text
    }
    const rest = decode()
    if (rest !== '') yield rest
  }

  /** Nobody wants the output any more: `signal` fires, and whoever reads is told. */
  stop(why: string): void {
    if (this.#abort.signal.aborted) return
    const gone = new HostGone(why)
    if (!this.#failure) this.#fail(gone)
    this.#abort.abort(gone)
  }

  #next(): Buffer {
    const taken: Buffer[] = []
    let size = 0
    let rest = 0
    while (rest < this.#queue.length && (rest === 0 || size + this.#queue[rest]!.length <= JOINED)) {
      size += this.#queue[rest]!.length
      taken.push(this.#queue[rest++]!)
    }
    this.#queue = this.#queue.slice(rest)
    this.#queued -= size + rest * PIECE_COST
    if (this.#queued < READ_AHEAD / 2) this.#source.resume()
    return taken.length === 1 ? taken[0]! : Buffer.concat(taken, size)
  }

  #take(chunk: Buffer): void {
    if (this.#failure) return
    try {
      for (const piece of this.#parser.feed(chunk)) this.#sort(piece)
    } catch (error) {
      if (!(error instanceof FrameFault) && !(error instanceof PluginError)) throw error
      this.#fail(error instanceof PluginError ? error : new PluginError('BAD_FRAME', error.message))
    }
    if (this.#queued > READ_AHEAD) this.#source.pause()
    this.#wake?.()
  }

  #sort({ control, bytes, last }: FramePiece): void {
    if (this.#opening) this.#open(control, bytes, last)
    // This revision sends no control frames to plugins; a later one may.
    else if (!control && bytes.length > 0) {
      this.#queue.push(bytes)
      this.#queued += bytes.length + PIECE_COST
    }
  }

  #open(control: boolean, bytes: Buffer, last: boolean): void {
    this.#openingBytes += bytes.length
    if (control || this.#openingBytes > MAX_HANDSHAKE) {
      throw new PluginError('BAD_HANDSHAKE', 'The first frame is no handshake. Run this plugin with Voxloom.')
    }
    this.#opening!.push(bytes)
    if (!last) return
    this.#handshake.resolve(Buffer.concat(this.#opening!))
    this.#opening = undefined
  }

  #end(): void {
    if (this.#ended || this.#failure) return
    if (this.#parser.insideFrame || this.#opening) return this.stop('The input ended in the middle of a frame.')
    this.#ended = true
    this.#wake?.()
  }

  #fail(error: Error): void {
    this.#failure = error
    this.#handshake.reject(error)
    this.#wake?.()
  }
}
