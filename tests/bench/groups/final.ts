import { openTranscriber } from '../../../companion/core/listening/transcriber.ts'
import { modelsFolder } from '../../support/models.ts'
import { speak } from '../../support/speaking.ts'
import { openBench } from '../browser.ts'
import { openNativeMoonshine } from '../moonshine.ts'
import { hearLive, read, type Read } from '../pages/hearing.ts'
import { encodePcm } from '../pages/pcm.ts'
import { atMost, beside, median, percentile, reported, type Row } from '../rows.ts'

/** One sentence each, of about so many seconds. */
const UTTERANCES = {
  3: 'Please turn the lights off in the kitchen before you go to bed.',
  5: 'I have been looking for the small red boat that my brother built last summer, and I still cannot find it.',
} as const

const THREADS = 2

/** Milliseconds, of an utterance of three seconds. */
const FINAL_WITHIN = 250

/** An utterance that has ended: how soon its words are final, and what reading it costs. */
export async function final({ quick }: { quick: boolean }): Promise<Row[]> {
  const repeats = quick ? 2 : 10
  const transcriber = await openTranscriber({ models: modelsFolder, threads: THREADS })
  const peer = await openNativeMoonshine()
  const bench = await openBench()
  try {
    await transcriber.load()
    const rows: Row[] = []
    for (const [length, text] of Object.entries(UTTERANCES)) {
      const sound = await speak(text)
      const [pcm, seconds] = [encodePcm([sound.samples]), sound.samples.length / sound.sampleRate]
      const name = `a ${length} s utterance (${seconds.toFixed(1)} s)`
      const page = <Answer>(work: string) => bench.call<Answer>('transcribe', work, pcm, sound.sampleRate)
      const readers = {
        wasm: () => page<Read>('transcribe'),
        native: () => read(transcriber, sound),
        peer: () => peer.transcribe(sound),
      }
      const factors = await inTurns(readers, repeats, seconds)
      rows.push(
        beside(atMost(`real-time factor, WASM, 2 threads, ${name}`, factors.wasm, 's/s', 0.15), factors.peer),
        beside(reported(`the same natively, ${name}`, factors.native, 's/s'), factors.peer),
      )
      const inPage = await live(() => page<number>('final'), repeats)
      const natively = await live(() => hearLive(transcriber, sound), repeats)
      rows.push(...delays('WASM, 2 threads', name, inPage, length === '3'), ...delays('native', name, natively, false))
    }
    return rows
  } finally {
    await bench.close()
    await peer.close()
    await transcriber.close()
  }
}

/** Seconds of work a second of sound: medians. */
async function inTurns<Name extends string>(
  readers: Record<Name, () => Promise<Read>>,
  repeats: number,
  seconds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(readers) as Name[]
  const took = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let n = -1; n < repeats; n++) {
    for (const name of names) {
      const { text, took: work } = await readers[name]()
      if (text === '') throw new Error(`${name} heard nothing.`)
      // The first round is for warming up.
      if (n >= 0) took[name].push(work / seconds)
    }
  }
  return Object.fromEntries(names.map(name => [name, median(took[name])])) as Record<Name, number>
}

async function live(hear: () => Promise<number>, repeats: number): Promise<number[]> {
  const delays: number[] = []
  for (let n = 0; n < repeats; n++) delays.push(await hear())
  return delays
}

function delays(where: string, name: string, found: readonly number[], isGoal: boolean): Row[] {
  const [title, late] = [`final transcript after the end of the turn, ${where}, ${name}, p95`, percentile(found, 0.95)]
  return [
    isGoal ? atMost(title, late, 'ms', FINAL_WITHIN) : reported(title, late, 'ms'),
    reported('the same, median', percentile(found, 0.5), 'ms'),
  ]
}
