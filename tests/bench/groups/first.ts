import { openBench } from '../browser.ts'
import { kokoroJs } from '../peers.ts'
import { against, median, type Row } from '../rows.ts'
import { PARAGRAPH } from '../sentences.ts'

/** Time to the first sound of a paragraph, model loaded, against kokoro-js `stream()`. */
export async function first({ quick }: { quick: boolean }): Promise<Row[]> {
  await kokoroJs()
  const bench = await openBench()
  try {
    const ours: number[] = []
    const theirs: number[] = []
    await bench.call('speech', 'speak', 2, ['Hello there.'])
    for (let i = 0; i < (quick ? 1 : 3); i++) {
      theirs.push(await bench.call<number>('peer', 'first', 2, PARAGRAPH))
      const [sentence] = PARAGRAPH.split(/(?<=\.) /)
      ours.push((await bench.call<{ first: number }>('speech', 'speak', 2, [sentence], 0)).first)
    }
    return [against('time to first sound, paragraph of 120 words', median(ours), 's', median(theirs), 0.15)]
  } finally {
    await bench.close()
  }
}
