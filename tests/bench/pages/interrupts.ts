import { seeded } from '#dsp/fixtures.ts'
import { LEVEL, STORY } from './barge-in.ts'
import type { Clock } from './clock.ts'
import { openDialogue } from './dialogue.ts'
import { partnerOf, promptModel, steadyVoice } from './script.ts'
import { wait } from './turns.ts'

/** Frames of a quantum: the one after an interrupt at the latest fades out, and nothing is heard after it. */
const quantum = 128
/** Above what a filter leaves on the other side of zero when sound begins. */
const PRESENT = LEVEL / 5

export interface InterruptFigures {
  /** Replies that were broken off after they had begun to be written. */
  readonly interrupts: number
  /** Samples of broken-off replies that were heard, or written, after that. */
  readonly stale: number
}

interface Flush {
  readonly mark: number
  /** The level of the reply that was broken off. */
  readonly level: number
}

/**
 * Breaks replies off at random moments, in every way that a user can, and counts what is heard of them afterwards. Each
 * reply that is written has the other sign than the one before it.
 */
export async function interrupts(count: number): Promise<InterruptFigures> {
  const random = seeded(count)
  const flushes: Flush[] = []
  let written = LEVEL
  let speaking = LEVEL
  let sounded = false
  let late = 0
  const dialogue = await openDialogue(
    partnerOf(
      promptModel(() => STORY),
      steadyVoice(() => (speaking = -written)),
    ),
  )
  const { conversation, sink, player, clock } = dialogue
  sink.onWrite = ({ segment, samples }) => {
    if (!segment.startsWith(`r${conversation.revision}.`)) late += samples.length
    written = speaking
    sounded = true
  }
  sink.onFlushed = () => {
    const mark = clock.mark()
    if (sounded) flushes.push({ mark, level: written })
    sounded = false
  }
  try {
    for (let n = 0; flushes.length < count; n++) {
      // In the middle of a reply this breaks it off and asks for the next one in the same breath.
      conversation.write(`Tell me story ${n}.`)
      await wait(random() * 250)
      const how = random()
      if (how < 0.4) {
        conversation.interrupt()
        await wait(random() * 60)
      } else if (how < 0.6) {
        conversation.pressKey()
        await wait(random() * 20)
        conversation.cancel()
      } else if (how < 0.7) {
        player.pause()
        await wait(random() * 20)
        conversation.cancel()
        await player.play()
      }
    }
    conversation.cancel()
    await wait(200)
    await clock.settled()
    return { interrupts: flushes.length, stale: staleSamples(clock, flushes) + late }
  } finally {
    await dialogue.close()
  }
}

/** Samples of a reply's sign from the second quantum after its flush to the next flush. */
function staleSamples(clock: Clock, flushes: readonly Flush[]): number {
  let stale = 0
  for (const [index, { mark, level }] of flushes.entries()) {
    const following = flushes[index + 1]?.mark
    const from = clock.frameOf(mark)! + 2 * quantum
    const to = following === undefined ? clock.length : clock.frameOf(following)!
    for (const sample of clock.heard(from, to)) if (sample * Math.sign(level) > PRESENT) stale += 1
  }
  return stale
}
