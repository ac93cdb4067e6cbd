import { MAX_CONTROL } from '#protocol/plugins.ts'
import { mayBeError, parseErrorFrame, type PluginError } from './error-frame.ts'
import { HEADER_BYTES, isWithinLimit, readHeader } from './frame.ts'

/** A header that no plugin may send. `bytes` are what stood there: often text of a stray print. */
export class FrameFault extends Error {
  override readonly name = 'FrameFault'
  readonly bytes: Buffer

  constructor(bytes: Buffer, length: number, control: boolean) {
    const limit = control ? 'a control frame may have 65,536' : 'a frame may have 8,388,608'
    super(`it announced ${length.toLocaleString('en')} bytes, and ${limit}`)
    this.bytes = bytes
  }
}

export type Scanned =
  | { readonly kind: 'payload'; readonly bytes: Buffer }
  | { readonly kind: 'error'; readonly error: PluginError }
  /** A control frame of a type that this revision does not know. */
  | { readonly kind: 'unknown' }

/**
 * Takes frames apart as they arrive, in any slices. Payload comes out as it comes in, without being collected: its
 * borders mean nothing. Only what may be an error is collected and, when it looks like one of the first draft, held back
 * until the next frame or the end shows what it is.
 */
export class FrameScanner {
  #header = Buffer.alloc(HEADER_BYTES)
  #headerHas = 0
  /** Bytes of the present frame still to come. */
  #left = 0
  #control = false
  #collecting: Buffer[] | undefined
  #held: { readonly bytes: Buffer; readonly error: PluginError } | undefined
  /** Frames begun. */
  frames = 0
  /** Content of the last frame begun, bytes. */
  lastLength = 0

  /** Whether the bytes so far end inside a frame. */
  get insideFrame(): boolean {
    return this.#headerHas > 0 || this.#left > 0
  }

  /** The frame that is an error if the process fails, and payload if it does not. Taken once. */
  takeHeld(): { readonly bytes: Buffer; readonly error: PluginError } | undefined {
    const held = this.#held
    this.#held = undefined
    return held
  }

  /** @throws FrameFault */
  *feed(chunk: Buffer): Generator<Scanned> {
    let at = 0
    while (at < chunk.length) {
      if (this.#left === 0) {
        const take = Math.min(HEADER_BYTES - this.#headerHas, chunk.length - at)
        chunk.copy(this.#header, this.#headerHas, at, at + take)
        this.#headerHas += take
        at += take
        if (this.#headerHas < HEADER_BYTES) return
        const header = readHeader(this.#header)
        if (!isWithinLimit(header)) {
          const stray = Buffer.concat([this.#header, chunk.subarray(at, at + 60)])
          throw new FrameFault(stray, header.length, header.control)
        }
        this.#headerHas = 0
        this.#left = header.length
        this.#control = header.control
        this.#collecting = undefined
        this.frames++
        this.lastLength = header.length
        // Something follows, so what was held back was payload.
        const held = this.takeHeld()
        if (held) yield { kind: 'payload', bytes: held.bytes }
        if (header.length === 0 && header.control) yield { kind: 'unknown' }
        continue
      }
      if (
        !this.#collecting &&
        (this.#control || (this.lastLength <= MAX_CONTROL && this.#left === this.lastLength && mayBeError(chunk[at]!)))
      ) {
        this.#collecting = []
      }
      const piece = chunk.subarray(at, at + Math.min(this.#left, chunk.length - at))
      at += piece.length
      this.#left -= piece.length
      if (!this.#collecting) yield { kind: 'payload', bytes: piece }
      else {
        // A copy: the chunk's memory is reused for what comes next.
        this.#collecting.push(Buffer.from(piece))
        if (this.#left === 0) yield* this.#whole(Buffer.concat(this.#collecting))
      }
    }
  }

  *#whole(content: Buffer): Generator<Scanned> {
    this.#collecting = undefined
    const error = parseErrorFrame(content)
    if (this.#control) yield error ? { kind: 'error', error } : { kind: 'unknown' }
    else if (error) this.#held = { bytes: content, error }
    else yield { kind: 'payload', bytes: content }
  }
}
