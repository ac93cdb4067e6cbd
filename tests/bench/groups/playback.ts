import { openBench } from '../browser.ts'
import { atMost, type Row } from '../rows.ts'

/** Seams without a missing or repeated sample, and playback while the page is busy. */
export async function playback({ quick }: { quick: boolean }): Promise<Row[]> {
  const bench = await openBench()
  try {
    const seams = await bench.call<{ wrongSamples: number }>('audio', 'seams', 200)
    const seconds = quick ? 30 : 600
    const { underruns } = await bench.call<{ underruns: number }>('audio', 'blockedMain', seconds)
    return [
      atMost('missing or repeated samples at 200 seams', seams.wrongSamples, 'samples', 0),
      atMost(`underruns, page blocked 100 ms each second for ${seconds} s`, underruns, 'underruns', 0),
    ]
  } finally {
    await bench.close()
  }
}
