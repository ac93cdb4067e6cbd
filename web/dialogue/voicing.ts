import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import type { Sentence } from './chunker.ts'
import { Channel, until } from './flow.ts'
import type { SpokenSentence } from './heard.ts'
import type { DialogueSink, Partner } from './types.ts'

/** Seconds of sound that are given to the sink at once: so much may be lost or late when a reply is broken off. */
export const PIECE = 0.32
/** Seconds of sound that are made ahead and kept until the sink has room. */
export const MADE_AHEAD = 20
/** Silence after what was said, seconds. */
const PAUSES: Readonly<Record<Sentence['rest'], number>> = { clause: 0.05, sentence: 0.3, paragraph: 0.6 }

export interface VoicingParts {
  readonly sentences: AsyncIterable<SpokenSentence>
  readonly partner: Partner
  readonly sink: DialogueSink
  readonly signal: AbortSignal
  /** Resolves when the reply may be heard. */
  readonly released: Promise<void>
  /** Seconds of sound that the listener still has. */
  buffered(): number
  /** Whether nothing comes after it. */
  isLast(sentence: SpokenSentence): boolean
  /** Before each piece: anything that is wrong throws here, and nothing is written. */
  writing(sentence: SpokenSentence): void
  /** A piece was taken by the sink. */
  wrote(): void
}

/** Speaks sentences as they come, and writes their sound no faster than the sink takes it. Resolves when all was heard. */
export async function voice(parts: VoicingParts): Promise<void> {
  const { sink, signal, partner } = parts
  const spoken = new Map<string, SpokenSentence>()
  const made = new Channel<PcmChunk>(
    MADE_AHEAD,
    ({ samples, sampleRate, channels }) => samples.length / channels / sampleRate,
  )
  let failure: unknown

  async function* segments(): AsyncGenerator<Segment> {
    for await (const sentence of parts.sentences) {
      spoken.set(sentence.id, sentence)
      yield segmentOf(sentence, partner, parts.buffered())
    }
  }
  const make = async () => {
    try {
      for await (const chunk of until(partner.speech.speak(segments(), { signal }), signal)) {
        const sentence = spoken.get(chunk.segment)
        if (!sentence) continue
        if (chunk.standIn && sentence.words.length === 0) sentence.before ??= chunk.at
        sentence.words = [...sentence.words, ...(chunk.words ?? [])]
        sentence.seconds = Math.max(sentence.seconds, chunk.at + secondsOf(chunk))
        sentence.made ||= chunk.last
        await made.push(chunk)
      }
    } catch (error) {
      failure = error
    } finally {
      made.close()
    }
  }
  const making = make()
  const stop = () => made.close()
  signal.addEventListener('abort', stop, { once: true })
  try {
    await parts.released
    for await (const chunk of made.read()) {
      const sentence = spoken.get(chunk.segment)
      if (!sentence) continue
      for (const piece of piecesOf(chunk)) {
        parts.writing(sentence)
        sentence.written = true
        await sink.write(piece)
        parts.wrote()
      }
      // The turn is the user's as soon as the last word was said.
      if (!chunk.last || parts.isLast(sentence)) continue
      parts.writing(sentence)
      await sink.writeSilence(PAUSES[sentence.sentence.rest])
    }
    signal.throwIfAborted()
    // What was made before a failure is heard before it is told.
    if (spoken.size > 0) await sink.flush()
    signal.throwIfAborted()
    if (failure !== undefined) throw failure
  } finally {
    signal.removeEventListener('abort', stop)
    made.close()
    void making
  }
}

const secondsOf = ({ samples, sampleRate, channels }: PcmChunk): number => samples.length / channels / sampleRate

function segmentOf({ id, sentence }: SpokenSentence, partner: Partner, buffered: number): Segment {
  const { text, rest } = sentence
  const lower = text.toLowerCase()
  return {
    id,
    text,
    lang: partner.lang,
    voice: partner.voice,
    speed: partner.speed,
    lexicon: (partner.lexicon ?? []).filter(({ word }) => lower.includes(word.toLowerCase())),
    pauseAfter: PAUSES[rest],
    buffered,
  }
}

/** A chunk in pieces of at most PIECE seconds. Each has a buffer of its own: sinks may keep what they are given. */
function* piecesOf(chunk: PcmChunk): Generator<PcmChunk> {
  const { samples, sampleRate, channels } = chunk
  const size = Math.max(1, Math.floor(PIECE * sampleRate)) * channels
  for (let from = 0; from < samples.length; from += size) {
    const to = Math.min(samples.length, from + size)
    yield {
      ...chunk,
      samples: samples.slice(from, to),
      at: chunk.at + from / channels / sampleRate,
      last: chunk.last && to === samples.length,
    }
  }
}
