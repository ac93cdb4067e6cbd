import { openBench } from '../browser.ts'
import { atMost, type Row } from '../rows.ts'
import { PARAGRAPH, SPOKEN } from '../sentences.ts'

/** Memory of a tab that speaks for an hour: the most after warm-up over the least. */
export async function memory({ quick }: { quick: boolean }): Promise<Row[]> {
  const bench = await openBench()
  try {
    const minutes = quick ? 4 : 60
    const texts = [...SPOKEN, ...PARAGRAPH.split(/(?<=\.) /)]
    const samples: number[] = []
    let spoken = 0
    for (let minute = 0; minute < minutes; minute++) {
      spoken += await bench.call<number>('speech', 'soak', texts, 60, spoken)
      samples.push(await bench.tabMemory())
      console.error(`  minute ${minute + 1}: ${Math.round(samples.at(-1)! / 1e6)} MB, ${spoken} sentences`)
    }
    const settled = samples.slice(Math.max(1, Math.floor(samples.length / 6)))
    const growth = 100 * (Math.max(...settled) / Math.min(...settled) - 1)
    return [atMost(`growth of tab memory over ${minutes} minutes of synthesis`, growth, '%', 10)]
  } finally {
    await bench.close()
  }
}
