import { MAX_DRIFT } from '#dsp/rate-controller.ts'
import { NO_CLICK, simulate, STRETCH_SLACK } from '../../../web/audio/dsp/testing/network.ts'
import { atMost, reported, type Row } from '../rows.ts'

/** Seconds that the network stands still, thrice in each simulation. */
const STALL = 0.7

/** The player's rate controller over bad networks: 20 % lost in bursts, clocks 200 ppm apart, and stalls. */
export function drift({ quick }: { quick: boolean }): Promise<Row[]> {
  const seeds = quick ? 25 : 1000
  let [worst, uncounted, clicks, resyncs] = [0, 0, 0, 0]
  for (let seed = 1; seed <= seeds; seed++) {
    const heard = simulate(seed, STALL)
    worst = Math.max(worst, heard.drift)
    uncounted = Math.max(uncounted, heard.uncounted)
    clicks += heard.step < NO_CLICK ? 0 : 1
    resyncs += heard.resyncs
  }
  return Promise.resolve([
    atMost(`drift over ${seeds} bad networks, worst`, worst * 1000, 'ms', MAX_DRIFT * 1000),
    atMost('time left out or drawn out that is not counted, worst', uncounted * 1000, 'ms', STRETCH_SLACK * 1000),
    atMost('networks with a click above −40 dB', clicks, 'networks', 0),
    reported('times that sound was left out at once', resyncs, 'times'),
  ])
}
