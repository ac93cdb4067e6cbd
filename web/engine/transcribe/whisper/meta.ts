import type { TranscriberInfo } from '#protocol/transcribe.ts'
import { ANY_LANGUAGE, WHISPER_LANGUAGES } from './languages.ts'

export const WHISPER_ID = 'whisper-base'

/** Whisper: a transformer that reads a spectrogram of 30 s. https://arxiv.org/abs/2212.04356 (MIT) */
export const whisperInfo: TranscriberInfo = {
  id: WHISPER_ID,
  name: 'Whisper Base',
  version: '1',
  languages: [ANY_LANGUAGE, ...WHISPER_LANGUAGES],
  wordTimes: true,
  // Half a minute is read for every word, however short the sound: too slow for captions while somebody speaks.
  live: false,
}

/** Seconds of sound at once: all that the encoder takes. */
export const LONGEST = 30

/** Seconds below which there is no word to be heard. */
export const SHORTEST = 0.1

/** Seconds of a frame of the encoder: two of the spectrogram, which has one each 160 samples. */
export const FRAME = 0.02

/** Frames by which the decoder turns to a word too late, measured on synthesised speech whose words' times are known. */
export const LAG = 5

/** The most that people say in a second, in tokens: scripts without words of their own in the vocabulary need many. */
const TOKENS_PER_SECOND = 15
/** What a short clip may have beyond that. */
const TOKENS_ALWAYS = 8
/** Half of what the decoder has places for, as its makers have it. */
const MOST_TOKENS = 224

/** The most tokens that this much sound can hold. */
export const mostTokens = (seconds: number) =>
  Math.min(MOST_TOKENS, Math.ceil(seconds * TOKENS_PER_SECOND) + TOKENS_ALWAYS)
