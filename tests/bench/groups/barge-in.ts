import { CONFIRM_AFTER } from '#dialogue/barge-in.ts'
import { speak } from '../../support/speaking.ts'
import { openBench, type Bench } from '../browser.ts'
import type { BargeInTimes } from '../pages/barge-in.ts'
import type { InterruptFigures } from '../pages/interrupts.ts'
import { encodePcm } from '../pages/pcm.ts'
import type { HeardBargeIns } from '../pages/real-ears.ts'
import { atMost, percentile, reported, type Row } from '../rows.ts'
import { FAKE_DEVICE } from './path.ts'

const SILENT_WITHIN = 100
const SAID = 'Stop, tell me about the ships.'

/** Somebody breaks into a reply: how soon it is silent at a tap behind the player, and what is heard of it after that. */
export async function bargeIn({ quick }: { quick: boolean }): Promise<Row[]> {
  const bench = await openBench(FAKE_DEVICE)
  try {
    return [
      ...(await told(bench, quick ? 5 : 50)),
      ...(await spoken(bench, quick ? 5 : 50)),
      await stale(bench, quick ? 50 : 500),
    ]
  } finally {
    await bench.close()
  }
}

async function told(bench: Bench, count: number): Promise<Row[]> {
  const { key, word, ducked, voice } = await bench.call<BargeInTimes>('barge-in', 'bargeIns', count)
  const rows = (name: string, times: readonly number[]): Row[] => [
    atMost(`${name}, p95`, percentile(times, 0.95), 'ms', SILENT_WITHIN),
    reported('the same, median', percentile(times, 0.5), 'ms'),
  ]
  return [
    ...rows('barge-in by key to silence at the tap', key),
    ...rows('by a word that stops', word),
    ...rows('speech to a softer reply', ducked),
    ...rows(`speech to silence, beyond the ${CONFIRM_AFTER} ms that confirm it`, voice),
  ]
}

async function spoken(bench: Bench, count: number): Promise<Row[]> {
  const { samples, sampleRate } = await speak(SAID)
  const said = encodePcm([samples])
  const { ducked, silent } = await bench.call<HeardBargeIns>('real-ears', 'spokenBargeIns', said, sampleRate, count)
  return [
    reported(
      'with the real detector, first sound in the microphone to a softer reply, p95',
      percentile(ducked, 0.95),
      'ms',
    ),
    reported('the same, median', percentile(ducked, 0.5), 'ms'),
    reported('to silence, p95', percentile(silent, 0.95), 'ms'),
    reported('the same, median', percentile(silent, 0.5), 'ms'),
  ]
}

async function stale(bench: Bench, count: number): Promise<Row> {
  const { interrupts, stale } = await bench.call<InterruptFigures>('interrupts', 'interrupts', count)
  return atMost(`samples of a cancelled reply heard after ${interrupts} random interrupts`, stale, 'samples', 0)
}
