import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'
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
  /** A voice failed: what it has not said of this reply is only to be read. */
  failed(error: SeamError, voice: VoiceBlend): Promise<void>
}

/** Speaks each reply as far as its voice is here and works: what is not spoken can be read all the same. */
export function spokenOrRead({ speech, canSpeak, told, failed }: SpokenReplies): SpeechEngine {
  async function* speak(segments: AsyncIterable<Segment>, run?: Run): AsyncGenerator<PcmChunk> {
    const all = segments[Symbol.asyncIterator]()
    let next: Promise<IteratorResult<Segment>> | undefined
    // Kept until it is taken: a voice that fails may have asked for the next one already.
    const ask = () => (next ??= all.next())
    /** Sentences that were not said to their end, with the seconds of them that were. */
    const unsaid = new Map<SegmentId, number>()
    async function* from() {
      for (let found = await ask(); !found.done; found = await ask()) {
        next = undefined
        unsaid.set(found.value.id, 0)
        yield found.value
      }
    }

    const first = await ask()
    if (first.done) return
    const { voice } = first.value
    const isSilent = !(await canSpeak(voice))
    told(isSilent)
    if (!isSilent) {
      try {
        for await (const chunk of speech.speak(from(), run)) {
          yield chunk
          if (chunk.last) unsaid.delete(chunk.segment)
          else unsaid.set(chunk.segment, chunk.at + chunk.samples.length / chunk.channels / chunk.sampleRate)
        }
        return
      } catch (cause) {
        const error = toSeamError(cause)
        if (run?.signal?.aborted || error.code === 'cancelled') throw error
        await failed(error, voice)
      }
    }
    for (const [id, at] of unsaid) yield silenceOf(id, at)
    for await (const { id } of from()) yield silenceOf(id)
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

function silenceOf(segment: SegmentId, at = 0): PcmChunk {
  const { seconds, sampleRate } = SILENCE
  return {
    samples: new Float32Array(Math.round(seconds * sampleRate)),
    sampleRate,
    channels: 1,
    segment,
    at,
    last: true,
    standIn: true,
  }
}
