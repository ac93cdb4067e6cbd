import { openBench } from '../browser.ts'
import { atLeast, type Row } from '../rows.ts'

/** Ten minutes of sound to MP3, in seconds of sound a second. */
export async function encoding({ quick }: { quick: boolean }): Promise<Row[]> {
  const bench = await openBench()
  try {
    const speed = await bench.call<number>('encoding', 'mp3', quick ? 60 : 600)
    return [atLeast('MP3 export', speed, '× real time', 50)]
  } finally {
    await bench.close()
  }
}
