import type { CaptionWord } from '#protocol/transcribe.ts'
import { HEARING_RATE } from '../recogniser.ts'
import { tokenFrames } from './align.ts'
import type { Decoding } from './decode.ts'
import { voicedStretches } from './loudness.ts'
import { alignedTimes, spreadTimes } from './times.ts'
import type { Spelling } from './tokenizer.ts'
import { confidenceOf, spelledWords } from './words.ts'

/** What was heard, and how loud it was. */
interface Sound {
  readonly samples: Float32Array
  /** As from `loudnessOf`. */
  readonly levels: Float32Array
  /** Seconds of a frame that the decoder attends to; Moonshine's when absent. */
  readonly frame?: number
  /** Frames by which the decoder turns to a word too late. */
  readonly lag?: number
}

/** The words of a text with their times: by what the decoder attended to, else spread over what is loud. */
export function timedWords(
  spelling: Spelling,
  { logProbabilities, attention }: Pick<Decoding, 'logProbabilities' | 'attention'>,
  { samples, levels, frame, lag = 0 }: Sound,
): CaptionWord[] {
  const words = spelledWords(spelling)
  const sound = { voiced: voicedStretches(levels), seconds: samples.length / HEARING_RATE }
  const frames = tokenFrames(attention).map(at => Math.max(0, at - lag))
  const times = frames.length > 0 ? alignedTimes(words, frames, sound, frame) : spreadTimes(words, sound)
  return words.map((word, i) => ({
    text: word.text,
    from: word.from,
    to: word.to,
    ...times[i]!,
    confidence: confidenceOf(word, logProbabilities),
  }))
}
