import type { SoundChunk } from '#protocol/transcribe.ts'
import { WINDOW, type ToListener } from './messages.ts'

/** Seconds of one piece: short enough that an abort is heard soon, long enough that messages cost nothing. */
const PIECE = 0.5

/** Hands a sound to a listener no faster than it is taken. Nothing is read before `start`. */
export class Feeder {
  readonly #sound: AsyncIterable<SoundChunk>
  #credit = WINDOW
  #stopped = false
  #wake: () => void = () => undefined

  constructor(sound: AsyncIterable<SoundChunk>) {
    this.#sound = sound
  }

  /** Resolves when all was sent, or after `stop`. @throws whatever the sound throws */
  async start(send: (message: ToListener) => void): Promise<void> {
    for await (const chunk of this.#sound) {
      for (const piece of piecesOf(chunk)) {
        while (this.#credit === 0 && !this.#stopped) await new Promise<void>(resolve => (this.#wake = resolve))
        if (this.#stopped) return
        this.#credit -= 1
        send({ kind: 'sound', chunk: piece })
      }
      if (this.#stopped) return
    }
    send({ kind: 'over' })
  }

  /** The listener has taken a piece. */
  more(): void {
    this.#credit += 1
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
