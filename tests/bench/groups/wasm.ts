import { openBench } from '../browser.ts'
import { kokoroJs } from '../peers.ts'
import { against, median, type Row } from '../rows.ts'
import { LENGTHS } from '../sentences.ts'

interface Spoken {
  readonly first: number
  readonly wall: number
  readonly audio: number
}

/** Synthesis in WASM against kokoro-js: the same sentences, the same weights, the same browser, in turns. */
export async function wasm({ quick }: { quick: boolean }): Promise<Row[]> {
  await kokoroJs()
  const bench = await openBench()
  const rows: Row[] = []
  try {
    const repeats = quick ? 2 : 5
    for (const [name, text] of Object.entries(LENGTHS)) {
      const ours: number[] = []
      const theirs: number[] = []
      await bench.call('speech', 'speak', 2, [text])
      for (let i = 0; i < repeats; i++) {
        const peer = await bench.call<Spoken>('peer', 'speak', 2, text)
        const own = await bench.call<Spoken>('speech', 'speak', 2, [text])
        // The peer keeps the silence at both ends, so its sound is the longer: both are held to the same length.
        theirs.push(peer.wall / peer.audio)
        ours.push(own.wall / peer.audio)
      }
      rows.push(against(`WASM real-time factor, ${name}, 2 threads`, median(ours), 's/s', median(theirs), 0.4))
    }
    const texts = Array.from({ length: quick ? 4 : 8 }, () => LENGTHS['7 s'])
    const peer = await bench.call<Spoken>('peer', 'speak', 2, LENGTHS['7 s'])
    const bulk = await bench.call<Spoken>('speech', 'bulk', texts)
    const again = await bench.call<Spoken>('peer', 'speak', 2, LENGTHS['7 s'])
    const theirs = (peer.wall + again.wall) / 2 / peer.audio
    rows.push(
      against('export over two single-thread workers', bulk.wall / texts.length / peer.audio, 's/s', theirs, 0.33),
    )
    return rows
  } finally {
    await bench.close()
  }
}
