import { ESPEAK_VOICES } from '#text/g2p/espeak.ts'
import type { EngineInfo } from '#protocol/speech.ts'
import { REWRITE_VERSION } from './graph/version.ts'

/** Kokoro-82M v1.0: StyleTTS 2 with an iSTFTNet vocoder, 24 kHz. https://huggingface.co/hexgrad/Kokoro-82M (Apache-2.0) */
export const KOKORO_SAMPLE_RATE = 24_000

/** Samples of sound a duration frame stands for: 25 ms. */
export const SAMPLES_PER_FRAME = 600

/** Longest input without its two pads: the style tables have 510 rows, one for each length. */
export const MAX_TOKENS = 510

/** Raised when chunking, trimming or timing changes what the same input sounds like. */
const PATH_VERSION = '1'

export const kokoroInfo: EngineInfo = {
  id: 'kokoro-82m',
  name: 'Kokoro',
  version: `${PATH_VERSION}.${REWRITE_VERSION}`,
  // The last five are read by eSpeak, with any of the voices.
  languages: ['en-us', 'en-gb', 'ja', ...Object.keys(ESPEAK_VOICES)],
  sampleRate: KOKORO_SAMPLE_RATE,
}
