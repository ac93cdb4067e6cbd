import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'

/** What stands for a sentence that nobody speaks: the dialogue goes on from what its listener has heard. */
const SILENCE = { seconds: 0.02, sampleRate: 24_000 }

export interface SpokenReplies {
  readonly speech: SpeechEngine
  /** Whether what a voice needs is here. @throws SeamError */
  canSpeak(voice: VoiceBlend): Promise<boolean>
  /** A reply begins to be spoken, or is only to be read. */
  told(isSilent: boolean): void
}

/** Speaks each reply if its voice is here by then; one whose voice is not can be read all the same. */
export function spokenOrRead({ speech, canSpeak, told }: SpokenReplies): SpeechEngine {
  async function* speak(segments: AsyncIterable<Segment>, run?: Run): AsyncGenerator<PcmChunk> {
    const all = segments[Symbol.asyncIterator]()
    const first = await all.next()
    if (first.done) return
    const isSilent = !(await canSpeak(first.value.voice))
    told(isSilent)
    async function* from() {
      yield first.value
      for (let next = await all.next(); !next.done; next = await all.next()) yield next.value
    }
    if (isSilent) for await (const { id } of from()) yield silenceOf(id)
    else yield* speech.speak(from(), run)
  }
  return {
    info: speech.info,
    supports: device => speech.supports(device),
    load: run => speech.load(run),
    voices: () => speech.voices(),
    speak,
    close: () => speech.close(),
  }
}

function silenceOf(segment: string): PcmChunk {
  const { seconds, sampleRate } = SILENCE
  return {
    samples: new Float32Array(Math.round(seconds * sampleRate)),
    sampleRate,
    channels: 1,
    segment,
    at: 0,
    last: true,
    standIn: true,
  }
}
