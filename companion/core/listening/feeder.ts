import type { SoundChunk } from '#protocol/transcribe.ts'
import { WINDOW, type ToListener } from './messages.ts'

/** Seconds of one piece: short enough that an abort is heard soon, long enough that messages cost nothing. */
const PIECE = 0.5

/** Hands a sound to a listener no faster than it is heard. Nothing is read before `start`. */
export class Feeder {
  readonly #sound: AsyncIterable<SoundChunk>
  readonly #number: number
  /** Seconds of each piece that is under way. */
  readonly #under: number[] = []
  #heard = 0
  #stopped = false
  #wake: () => void = () => undefined

  /** @param number what the listener calls the sound */
  constructor(sound: AsyncIterable<SoundChunk>, number: number) {
    this.#sound = sound
    this.#number = number
  }

  /** Seconds that the listener has heard. */
  get heard(): number {
    return this.#heard
  }

  /** Resolves when all was sent, or after `stop`. @throws whatever the sound throws */
  async start(send: (message: ToListener) => void): Promise<void> {
    const sound = this.#number
    for await (const chunk of this.#sound) {
      for (const piece of piecesOf(chunk)) {
        while (this.#under.length >= WINDOW && !this.#stopped) {
          await new Promise<void>(resolve => (this.#wake = resolve))
        }
        if (this.#stopped) return
        this.#under.push(piece.samples.length / piece.channels / piece.sampleRate)
        send({ kind: 'sound', sound, chunk: piece })
      }
      if (this.#stopped) return
    }
    send({ kind: 'over', sound })
  }

  /** The listener has heard a piece. */
  more(): void {
    this.#heard += this.#under.shift() ?? 0
    this.#wake()
  }

  /** Nobody listens any longer: the sound is left at its next chunk. */
  stop(): void {
    this.#stopped = true
    this.#wake()
  }
}

function* piecesOf({ samples, sampleRate, channels }: SoundChunk): Generator<SoundChunk> {
  const length = Math.max(1, Math.round(PIECE * sampleRate)) * channels
  for (let at = 0; at < samples.length; at += length) {
    yield { samples: samples.subarray(at, at + length), sampleRate, channels }
  }
}
