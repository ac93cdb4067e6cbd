import type { SoundChunk } from '#protocol/transcribe.ts'
import { lengthOf } from './transcribing.ts'

/** Seconds that live captions may be behind; past it, the rest is read from the recording afterwards. */
export const MOST_BEHIND = 90

/** Sound that waits for whoever reads it, as it comes from a microphone that does not wait. */
export interface SoundQueue {
  /** The samples are copied. @returns false when too much waits: the queue has ended with what was in it */
  push(chunk: SoundChunk): boolean
  end(): void
  /** Whether some of the sound was left out at the end. */
  readonly overflowed: boolean
  /** For one reader. */
  readonly sound: AsyncIterable<SoundChunk>
}

export function createSoundQueue(most = MOST_BEHIND): SoundQueue {
  const waiting: SoundChunk[] = []
  let seconds = 0
  let ended = false
  let overflowed = false
  let wake: (() => void) | undefined

  const end = () => {
    ended = true
    wake?.()
  }
  async function* read(): AsyncGenerator<SoundChunk> {
    for (;;) {
      const next = waiting.shift()
      if (next) {
        seconds -= lengthOf(next)
        yield next
      } else if (ended) return
      else await new Promise<void>(resolve => (wake = resolve))
    }
  }
  return {
    push(chunk) {
      if (ended) return false
      if (seconds + lengthOf(chunk) > most) {
        overflowed = true
        end()
        return false
      }
      waiting.push({ ...chunk, samples: chunk.samples.slice() })
      seconds += lengthOf(chunk)
      wake?.()
      return true
    },
    end,
    get overflowed() {
      return overflowed
    },
    sound: { [Symbol.asyncIterator]: read },
  }
}
