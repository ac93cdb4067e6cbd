import { z } from 'zod'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import type { SpeakerPool } from '../core/speakers/pool.ts'
import { offerStream, type SocketOffers } from './socket-offers.ts'
import type { StreamItem } from './socket-streams.ts'

/** Letters of one sentence. The page's own are far shorter; this is for whoever sends a book. */
export const MOST_LETTERS = 20_000
/** Letters of a voice's name. */
const LONGEST_VOICE = 64

/** A sentence. Whether the voice, its language and the pace make sense is the engine's to say, in words. */
export function segmentSchema(longestVoice: number) {
  return z.object({
    id: z.string().max(256),
    text: z
      .string()
      .max(MOST_LETTERS, { error: `a sentence has at most ${MOST_LETTERS} letters: cut the text and send the parts` }),
    lang: z.string().max(35),
    voice: z
      .array(z.object({ id: z.string().max(longestVoice), weight: z.number().positive() }))
      .min(1)
      .max(16),
    speed: z.number(),
    lexicon: z
      .array(
        z.object({
          word: z.string().max(256),
          as: z.string().max(1024).optional(),
          ipa: z.string().max(1024).optional(),
          exactCase: z.boolean().optional(),
        }),
      )
      .max(2000)
      .default([]),
    pauseAfter: z.number().min(0).default(0),
    buffered: z.number().min(0).optional(),
  })
}

export const chunkHead = z.object({
  segment: z.string(),
  sampleRate: z.int(),
  channels: z.union([z.literal(1), z.literal(2)]),
  at: z.number().meta({ description: 'Seconds from the start of the sentence to the first sample' }),
  last: z.boolean(),
  words: z
    .array(z.object({ text: z.string(), from: z.int(), to: z.int(), start: z.number(), end: z.number() }))
    .optional(),
  bytes: z.int().meta({ description: 'How many bytes of samples follow in binary messages' }),
})

export const SAMPLES = 'samples of the chunk that the last item told of: float32, little-endian, −1…1'

/** Chunks as a stream of the socket gives them. */
export async function* spokenItems(chunks: AsyncIterable<PcmChunk>): AsyncGenerator<StreamItem> {
  for await (const { samples, ...head } of chunks) {
    yield { ...head, bytes: samples.byteLength }
    if (samples.byteLength > 0) yield new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  }
}

/** The companion's own voice over the socket. */
export function speechStreams(speakers: SpeakerPool): SocketOffers {
  return {
    'speech.speak': offerStream({
      about: 'Speaks one sentence: for each chunk of sound an item, and then its samples',
      input: segmentSchema(LONGEST_VOICE),
      item: chunkHead,
      bytes: SAMPLES,
      open: (sentence, signal) => spokenItems(speakers.speak(sentence as Segment, signal)),
    }),
  }
}
