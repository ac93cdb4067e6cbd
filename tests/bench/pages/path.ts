import { seeded } from '../../../web/audio/dsp/fixtures.ts'
import { Clock } from './clock.ts'
import { STEADY_RATE } from './script.ts'
import { talkPlayer } from './talk.ts'
import { wait } from './turns.ts'

/** −40 dB: what is softer is taken for silence. */
const AUDIBLE = 0.01
const LEVEL = 0.5
/** Seconds of each piece. */
const PIECE = 0.1

export interface PathFigures {
  /** Milliseconds from each write to its first audible sample at the tap. */
  readonly times: readonly number[]
  /** Milliseconds that the browser says it takes from the tap to the ear. */
  readonly device: number
  /** Hz. */
  readonly deviceRate: number
}

/** Writes pieces of sound into a silent player of a talk, at odd times. */
export async function writes(count: number): Promise<PathFigures> {
  const random = seeded(count)
  const player = await talkPlayer()
  const clock = await Clock.behind(player.output)
  const times: number[] = []
  try {
    for (let n = 0; n < count; n++) {
      await wait(30 + random() * 30)
      await clock.settled()
      const samples = new Float32Array(PIECE * STEADY_RATE).fill(LEVEL)
      const from = clock.length
      const at = Date.now()
      await player.write({ samples, sampleRate: STEADY_RATE, channels: 1, segment: `${n}`, at: 0, last: true })
      await player.flush()
      await clock.settled()
      const first = clock.heard(from).findIndex(sample => Math.abs(sample) > AUDIBLE)
      if (first < 0) throw new Error('What was written was not heard.')
      times.push(clock.timeOf(from + first) - at)
    }
    const { baseLatency, outputLatency, sampleRate } = clock.context
    return { times, device: (outputLatency || baseLatency) * 1000, deviceRate: sampleRate }
  } finally {
    clock.stop()
    await player.close()
  }
}
