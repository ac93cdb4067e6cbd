import type { Recogniser } from '#engine/transcribe/recogniser.ts'
import { createTranscriber } from '#engine/transcribe/stream.ts'
import { createEnergyDetector } from '#engine/vad/energy.ts'
import type { Transcriber } from '#protocol/transcribe.ts'

/**
 * A recogniser of stretches as one of whole sounds. Speech is found by its loudness: a trained detector would work in
 * the companion's own process, and hold up everybody else.
 */
export const transcriberOf = (recogniser: Recogniser): Transcriber =>
  createTranscriber({ recogniser, detector: createEnergyDetector() })
