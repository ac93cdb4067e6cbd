import { seeded, sine } from '../../../web/audio/dsp/fixtures.ts'
import { createPlayer } from '../../../web/audio/player.ts'
import type { SpeakerPlayer } from '../../../web/audio/sink.ts'
import { type Tap, tap } from '../../../web/audio/tap.ts'

const rate = 24_000
const frequency = 1000
const amplitude = 0.5

export interface SeamFigures {
  readonly seams: number
  readonly shared: boolean
  /** Hz of the device. */
  readonly deviceRate: number
  /** Samples of the device left out or given twice, over all seams. */
  readonly wrongSamples: number
  /** The largest difference from the true sine, full scale 1. */
  readonly worstError: number
  readonly underruns: number
}

export interface BlockedFigures {
  readonly seconds: number
  readonly shared: boolean
  /** Times that the main thread was blocked for 100 ms. */
  readonly blocks: number
  readonly underruns: number
  readonly wrongSamples: number
}

interface Session {
  readonly player: SpeakerPlayer
  readonly recorder: Tap
}

async function withPlayer<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
  const player = await createPlayer()
  const recorder = await tap(player.output)
  try {
    return await work({ player, recorder })
  } finally {
    recorder.stop()
    await player.close()
  }
}

/** Plays a sine cut into `seams` + 1 pieces at random places, 50 ms each on average, and compares what was heard. */
export async function seams(seams = 200): Promise<SeamFigures> {
  return withPlayer(async ({ player, recorder }) => {
    const random = seeded(seams)
    const input = sine(frequency, rate, Math.round((seams + 1) * 0.05 * rate), amplitude)
    const cuts = Array.from({ length: seams }, () => Math.floor(random() * input.length)).sort((a, b) => a - b)
    const bounds = [0, ...cuts, input.length]
    const writing: Promise<void>[] = []
    for (let n = 0; n <= seams; n++) {
      const samples = input.slice(bounds[n], bounds[n + 1])
      writing.push(player.write({ samples, sampleRate: rate, channels: 1, segment: `${n}`, at: 0, last: true }))
      // Pieces may be shorter than a quantum; a second of them lies ready before it sounds.
      if (n === Math.min(20, seams)) await Promise.all(writing).then(() => player.play())
    }
    await Promise.all(writing)
    await player.flush()
    await wait(200)
    const heard = check(recorder, input.length / rate)
    return { seams, shared: player.shared, deviceRate: recorder.sampleRate, ...heard, underruns: player.underruns }
  })
}

/** Plays half-second pieces of a sine for `seconds`, with the main thread blocked for 100 ms in each second. */
export async function blockedMain(seconds = 600): Promise<BlockedFigures> {
  return withPlayer(async ({ player, recorder }) => {
    const piece = sine(frequency, rate, rate / 2, amplitude)
    let blocks = 0
    const blocking = setInterval(() => {
      blocks += 1
      const until = performance.now() + 100
      while (performance.now() < until);
    }, 1000)
    for (let n = 0; n < seconds * 2; n++) {
      const samples = piece.slice()
      await player.write({ samples, sampleRate: rate, channels: 1, segment: `${n}`, at: 0, last: true })
      if (n === 0) await player.play()
    }
    await player.flush()
    clearInterval(blocking)
    await wait(200)
    const { wrongSamples } = check(recorder, seconds)
    return { seconds, shared: player.shared, blocks, underruns: player.underruns, wrongSamples }
  })
}

/** Follows the sine's phase through what was heard. The ramps of 5 ms at both ends are left out. */
function check(recorder: Tap, seconds: number): { wrongSamples: number; worstError: number } {
  const { sampleRate } = recorder
  const all = recorder.recorded()
  const start = all.findIndex(sample => sample !== 0)
  const step = (2 * Math.PI * frequency) / sampleRate
  const edge = Math.round(sampleRate / 100)
  const end = Math.min(all.length, start + Math.floor(seconds * sampleRate)) - edge
  let wrongSamples = Math.max(0, start + Math.floor(seconds * sampleRate) - all.length)
  let worstError = 0
  let phase: number | undefined
  for (let at = start + edge; at + edge <= end; at += edge) {
    let real = 0
    let imaginary = 0
    for (let n = at; n < at + edge; n++) {
      real += all[n]! * Math.cos(step * (n - start))
      imaginary += all[n]! * Math.sin(step * (n - start))
    }
    const now = Math.atan2(real, imaginary)
    phase ??= now
    wrongSamples += Math.round(Math.abs(Math.atan2(Math.sin(now - phase), Math.cos(now - phase))) / step)
    phase = now
    for (let n = at; n < at + edge; n++) {
      worstError = Math.max(worstError, Math.abs(all[n]! - amplitude * Math.sin(step * (n - start) + now)))
    }
  }
  return { wrongSamples, worstError }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}
