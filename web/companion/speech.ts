import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment } from '#protocol/speech.ts'
import { SocketLine, type OpenSocket } from './socket-line.ts'
import { chunksOf, type SpokenItem } from './spoken-chunks.ts'

interface SpeechCalls {
  'speech.speak': { input: Segment; item: SpokenItem }
}

/** The voice that the companion speaks with. */
export interface CompanionSpeech {
  /** The chunks of one sentence, as they are made. @throws SeamError offline when the companion goes away, not-found (weights), engine, bad-input */
  speak(segment: Segment, run?: Run): AsyncIterable<PcmChunk>
  /** Seconds of work a second of sound, as seen from here; undefined before the first sentence that had it to itself. */
  readonly realTimeFactor: number | undefined
  close(): void
}

export interface CompanionSpeechOptions {
  readonly open: OpenSocket
}

export function createCompanionSpeech({ open }: CompanionSpeechOptions): CompanionSpeech {
  const line = new SocketLine<SpeechCalls>(open)
  let speaking = 0
  let realTimeFactor: number | undefined

  async function* speak(segment: Segment, run: Run = {}): AsyncGenerator<PcmChunk> {
    await line.open()
    const started = performance.now()
    let alone = ++speaking === 1
    let seconds = 0
    try {
      const items = line.stream(
        far => far.stream('speech.speak', segment, run),
        'The companion went away in the middle of a sentence.',
      )
      for await (const chunk of chunksOf(items)) {
        seconds += chunk.samples.length / chunk.sampleRate
        alone &&= speaking === 1
        yield chunk
      }
      if (alone && seconds > 0) realTimeFactor = (performance.now() - started) / 1000 / seconds
    } finally {
      speaking--
    }
  }

  return {
    speak,
    get realTimeFactor() {
      return realTimeFactor
    },
    close: () => line.close(),
  }
}
