import type { SoundChunk, Transcriber } from '#protocol/transcribe.ts'
import type { SpeechDetector } from '../vad/detector.ts'
import type { HearingEvent, HearRun } from './events.ts'
import { captionsOf } from './captions.ts'
import { hear } from './hearing.ts'
import { HEARING_RATE, type Recogniser } from './recogniser.ts'

export interface TranscriberParts {
  readonly recogniser: Recogniser
  readonly detector: SpeechDetector
}

/** A transcriber that also tells what it hears between the captions. */
export interface ListeningTranscriber extends Transcriber {
  /** Everything as it is heard; several sounds may be listened to at once. `transcribe` keeps the captions of it. */
  listen(sound: AsyncIterable<SoundChunk>, run?: HearRun): AsyncIterable<HearingEvent>
  /** Seconds of work a second of sound, over the last few readings; undefined before the first. */
  readonly realTimeFactor: number | undefined
}

/** How much the latest reading counts for the measured speed. */
const LATEST = 0.3

/** A transcriber of any length of sound, around a recogniser of one stretch of speech. */
export function createTranscriber({ recogniser, detector }: TranscriberParts): ListeningTranscriber {
  let turn: Promise<unknown> = Promise.resolve()
  let realTimeFactor: number | undefined

  /** Several sounds share the recogniser: one reading at a time. */
  const recognise: Recogniser['recognise'] = (samples, run) => {
    const reading = turn.then(async () => {
      run?.signal?.throwIfAborted()
      const started = performance.now()
      const recognition = await recogniser.recognise(samples, run)
      const factor = (performance.now() - started) / 1000 / (samples.length / HEARING_RATE)
      realTimeFactor = realTimeFactor === undefined ? factor : realTimeFactor * (1 - LATEST) + factor * LATEST
      return recognition
    })
    turn = reading.catch(() => undefined)
    return reading
  }

  const listen = (sound: AsyncIterable<SoundChunk>, run: HearRun = {}) =>
    hear(
      { recognise, realTimeFactor: () => realTimeFactor, longest: recogniser.longest, detector: detector.another() },
      sound,
      run,
    )

  return {
    info: recogniser.info,
    get realTimeFactor() {
      return realTimeFactor
    },
    supports: () => true,
    load: run => recogniser.load(run),
    listen,
    transcribe: (sound, run) => captionsOf(listen(sound, run)),
    async close() {
      await turn
      await Promise.all([recogniser.close(), detector.close()])
    },
  }
}
