import { z } from 'zod'
import type { Segment } from '#protocol/speech.ts'
import type { SpeakerPool } from '../core/speakers/pool.ts'
import { readInput } from './socket-input.ts'
import type { SocketStream } from './socket-streams.ts'

/** Letters of one sentence. The page's own are far shorter; this is for whoever sends a book. */
export const MOST_LETTERS = 20_000

// Whether the voice, its language and the pace make sense is the engine's to say, in words.
const segment = z.object({
  id: z.string().max(256),
  text: z
    .string()
    .max(MOST_LETTERS, { error: `a sentence has at most ${MOST_LETTERS} letters: cut the text and send the parts` }),
  lang: z.string().max(35),
  voice: z
    .array(z.object({ id: z.string().max(64), weight: z.number().positive() }))
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

/** The companion's own voice over the socket. */
export function speechStreams(speakers: SpeakerPool): Readonly<Record<string, SocketStream>> {
  return {
    /** A Segment in; for each chunk of sound what a PcmChunk says of itself, with `bytes`, then the samples (f32le). */
    'speech.speak': async function* (input, signal) {
      for await (const { samples, ...head } of speakers.speak(readInput(segment, input) as Segment, signal)) {
        yield { ...head, bytes: samples.byteLength }
        if (samples.byteLength > 0) yield new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
      }
    },
  }
}
