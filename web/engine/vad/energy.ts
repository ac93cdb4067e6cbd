import type { SpeechDetector } from './detector.ts'
import { loudness } from './level.ts'

const FRAME = 512
/** Frames whose quietest one stands for the background; long enough that even fluent speech has a gap in it. */
const BLOCK = 12
const BLOCKS = 8
/** dBFS. Taken for the background until it was heard: sound may begin with a word. */
const ASSUMED_BACKGROUND = -55
/** dB by which speech stands out from the background, and the least loudness of speech, dBFS. */
const MARGIN = 10
const LEAST = -50
/** dB over which the answer goes from unlikely to likely. */
const SLOPE = 2.5

/**
 * Finds speech by its loudness over the background (the least loudness of the last three seconds). It takes any loud
 * sound for speech: it stands in where the weights of a trained detector are not here.
 */
export function createEnergyDetector(): SpeechDetector {
  const quietest = new Float32Array(BLOCKS)
  let frames = 0
  const detector: SpeechDetector = {
    frame: FRAME,
    async probability(samples) {
      const level = 20 * Math.log10(loudness(samples) + 1e-9)
      const block = Math.floor(frames / BLOCK) % BLOCKS
      if (frames % BLOCK === 0) quietest[block] = level
      else quietest[block] = Math.min(quietest[block]!, level)
      frames += 1
      const background = quietest.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY)
      const threshold = Math.max(background + MARGIN, LEAST)
      return 1 / (1 + Math.exp((threshold - level) / SLOPE))
    },
    reset() {
      quietest.fill(ASSUMED_BACKGROUND)
      frames = 0
    },
    another: createEnergyDetector,
    close: async () => {},
  }
  detector.reset()
  return detector
}
