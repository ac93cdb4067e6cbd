import { seeded } from '#dsp/fixtures.ts'
import { openRecogniser } from '../../support/recogniser.ts'
import { sounding } from '../../support/sounding.ts'
import { distance, wordsOf } from '../../support/words.ts'
import { openBench } from '../browser.ts'
import { prose } from '../prose.ts'
import { atMost, percentile, reported, type Row } from '../rows.ts'
import { decodePcm } from '../pages/pcm.ts'
import type { HeardReply } from '../pages/heard.ts'
import { FAKE_DEVICE } from './path.ts'

/** Sentences that the replies are made of, and how many of them each has. */
const SENTENCES = 40
const EACH = 2
/** Seconds of the first words, and characters that the voice speaks in a second. */
const EARLIEST = 0.4
const PACE = 15

/** What the history says was heard of a reply, against a transcript of what a tap behind the player recorded. */
export async function heard({ quick }: { quick: boolean }): Promise<Row[]> {
  const count = quick ? 5 : 30
  const random = seeded(count)
  const sentences = prose(SENTENCES)
  const recogniser = await openRecogniser()
  const bench = await openBench(FAKE_DEVICE)
  try {
    const differences: number[] = []
    for (let n = 0; n < count; n++) {
      const reply = Array.from({ length: EACH }, (_, i) => sentences[(n + i) % SENTENCES]).join(' ')
      const seconds = EARLIEST + random() * (0.8 * (reply.length / PACE) - EARLIEST)
      const { heard, sound, sampleRate } = await bench.call<HeardReply>('heard', 'breakOff', reply, seconds)
      const said = sounding(decodePcm(sound), sampleRate)
      const transcript = await recogniser.transcribe(said, sampleRate)
      const difference = wordsApart(reply, heard, transcript)
      differences.push(difference)
      if (Math.abs(difference) > 1)
        console.error(
          `  ${difference} words after ${(said.length / sampleRate).toFixed(1)} s: ` +
            `history “…${heard.slice(-60)}”, tap “…${transcript.slice(-60)}”`,
        )
    }
    const apart = differences.map(Math.abs)
    const share = (most: number) => (100 * apart.filter(each => each <= most).length) / apart.length
    console.error(`  words more in the history than at the tap: ${differences.toSorted((a, b) => a - b).join(' ')}`)
    return [
      atMost(`heard words, history against the tap, ${count} interruptions, p95`, percentile(apart, 0.95), 'words', 1),
      atMost('the worst of them', Math.max(...apart), 'words', 1),
      reported('the same word in both', share(0), '%'),
      reported('at most one word apart', share(1), '%'),
    ]
  } finally {
    await bench.close()
  }
}

/**
 * Words that the history has more than the tap. The tap's place in the reply is where the words up to it are most like
 * the transcript; a word that was cut off is often heard as another, and of places that are as likely the one nearest to
 * the history's counts.
 */
function wordsApart(reply: string, heard: string, transcript: string): number {
  const [all, told, recorded] = [wordsOf(reply), wordsOf(heard).length, wordsOf(transcript)]
  let best = { edits: Infinity, difference: Infinity }
  for (let count = 0; count <= all.length; count++) {
    const edits = distance(all.slice(0, count), recorded)
    const difference = told - count
    const nearer = edits === best.edits && Math.abs(difference) < Math.abs(best.difference)
    if (edits < best.edits || nearer) best = { edits, difference }
  }
  return best.difference
}
