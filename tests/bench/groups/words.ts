import { openRecogniser } from '../../support/recogniser.ts'
import { distance } from '../../support/words.ts'
import { openBench } from '../browser.ts'
import { decodePcm } from '../pages/pcm.ts'
import { kokoroJs } from '../peers.ts'
import { against, type Row } from '../rows.ts'
import { SPOKEN } from '../sentences.ts'
import { spelling } from '../spelling.ts'

/** Speech heard back: words that the recogniser got wrong, ours against kokoro-js on the same sentences. */
export async function words({ quick }: { quick: boolean }): Promise<Row[]> {
  await kokoroJs()
  const asSpoken = await spelling()
  const recogniser = await openRecogniser()
  const bench = await openBench()
  try {
    let total = 0
    let ours = 0
    let theirs = 0
    for (const text of quick ? SPOKEN.slice(0, 10) : SPOKEN) {
      const expected = asSpoken(text)
      total += expected.length
      const own = asSpoken(await recogniser.transcribe(decodePcm(await bench.call('speech', 'sound', text)), 24_000))
      const peer = asSpoken(await recogniser.transcribe(decodePcm(await bench.call('peer', 'sound', 2, text)), 24_000))
      const errors = distance(expected, own)
      ours += errors
      theirs += distance(expected, peer)
      if (errors > 0) console.error(`  ${errors} in “${text}” heard as “${own.join(' ')}”`)
    }
    return [against(`word error rate over ${total} words, heard back`, ours / total, 'errors/word', theirs / total, 1)]
  } finally {
    await bench.close()
  }
}
