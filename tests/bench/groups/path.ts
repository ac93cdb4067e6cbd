import { openBench } from '../browser.ts'
import type { PathFigures } from '../pages/path.ts'
import { atMost, percentile, reported, type Row } from '../rows.ts'

/** A device that takes sound and gives it as a real one does, where there is none. */
export const FAKE_DEVICE = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']

/** The way of sound from a write, over the ring and the worklet, to a tap behind the player. */
export async function path({ quick }: { quick: boolean }): Promise<Row[]> {
  const bench = await openBench(FAKE_DEVICE)
  try {
    const { times, device } = await bench.call<PathFigures>('path', 'writes', quick ? 30 : 200)
    return [
      atMost('ring and worklet, write to heard at the tap, p95', percentile(times, 0.95), 'ms', 40),
      reported('the same, median', percentile(times, 0.5), 'ms'),
      reported('from there to the ear, as the browser tells it', device, 'ms'),
    ]
  } finally {
    await bench.close()
  }
}
