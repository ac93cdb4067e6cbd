import { openSpeech } from '../../../companion/core/speech.ts'
import type { DialogueSink } from '#dialogue/types.ts'
import { modelsFolder } from '../../support/models.ts'
import { openBench } from '../browser.ts'
import { turns, type TurnTime } from '../pages/turns.ts'
import { atMost, percentile, reported, type Row } from '../rows.ts'
import { SPOKEN } from '../sentences.ts'

const VOICE = 'af_heart'

/** A sink that has room at once. */
const boundless: DialogueSink = {
  write: () => Promise.resolve(),
  writeSilence: () => Promise.resolve(),
  flush: () => Promise.resolve(),
  interrupt: () => undefined,
  heard: undefined,
  duck: () => {},
  hold: () => {},
}

/** From the end of a turn to the first sample of the reply: model at 0 ms, engine warm and its time taken off. */
export async function turn({ quick }: { quick: boolean }): Promise<Row[]> {
  const replies = SPOKEN.slice(0, quick ? 5 : 30)
  const engine = openSpeech({ models: modelsFolder, threads: 2 })
  const bench = await openBench()
  try {
    const natively = (speculate: boolean) => turns({ engine, sink: boundless, voice: VOICE, replies, speculate })
    const inPage = (speculate: boolean) => bench.call<TurnTime[]>('talk', 'pageTurns', replies, speculate)
    await turns({ engine, sink: boundless, voice: VOICE, replies: replies.slice(0, 2), speculate: false })
    await bench.call('talk', 'pageTurns', replies.slice(0, 2), false)
    return [
      ...rowsOf('native engine', await natively(false)),
      ...rowsOf('page', await inPage(false)),
      ahead('native engine', await natively(true)),
      ahead('page', await inPage(true)),
    ]
  } finally {
    await bench.close()
    await engine.close()
  }
}

function rowsOf(where: string, times: readonly TurnTime[]): Row[] {
  const own = times.map(({ whole, engine }) => whole - engine)
  return [
    atMost(`turn commit to first sample written, ours alone, ${where}, p95`, percentile(own, 0.95), 'ms', 60),
    reported(`the same, median, ${where}`, percentile(own, 0.5), 'ms'),
    reported(`the engine’s first sound meanwhile, median, ${where}`, engineTime(times), 'ms'),
  ]
}

const engineTime = (times: readonly TurnTime[]) =>
  percentile(
    times.map(({ engine }) => engine),
    0.5,
  )

/** The engine has begun before the turn is over, so that its time can't be told from the wait. */
const ahead = (where: string, times: readonly TurnTime[]): Row =>
  reported(
    `turn commit to first sample written, engine included, asked ahead, ${where}, median`,
    percentile(
      times.map(({ whole }) => whole),
      0.5,
    ),
    'ms',
  )
