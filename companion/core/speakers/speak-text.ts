import { Stretcher } from '#dsp/stretcher.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import { inOrder } from './in-order.ts'
import type { SpeakerPool } from './pool.ts'

/** Speeds that the voice itself has. What lies outside is made of its sound, at the same pitch. */
const OWN_SPEEDS = { least: 0.5, most: 2 } as const
export const SLOWEST = 0.25
export const FASTEST = 4

/** Hz of the sound. */
export const SPEECH_RATE = kokoroInfo.sampleRate
/** Weights that speaking can't do without. */
export const SPEECH_MODELS: readonly string[] = [kokoroInfo.id, 'g2p-en']

/** Samples that a stretched sentence is given in. */
const BLOCK = 4800

/** Sentences that are begun before a process is free for them. */
const SENTENCES_AHEAD = 1

/** Who speaks sentences, several at a time where it can. */
export interface Speaking {
  readonly options: Pick<SpeakerPool['options'], 'speakers'>
  speak(segment: Segment, signal?: AbortSignal): AsyncIterable<Pick<PcmChunk, 'samples'>>
}

/** What somebody waits for: the voice's part of a speed, and what is left to be done to its sound. */
function shareSpeed(speed: number): { readonly voice: number; readonly stretch: number } {
  const voice = Math.max(OWN_SPEEDS.least, Math.min(OWN_SPEEDS.most, speed))
  return { voice, stretch: speed / voice }
}

/**
 * Sentences spoken one after the other, with the silence behind each: samples as they are made, mono at 24 kHz. While one
 * is given the next are spoken. Leaving the iteration, or the abort, stops the voice in mid-sentence.
 * @param segments read as the sound is; a speed may be SLOWEST to FASTEST
 * @throws SeamError engine, not-found (weights), cancelled
 */
export async function* speakText(
  speakers: Speaking,
  segments: AsyncIterable<Segment>,
  signal?: AbortSignal,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const left = new AbortController()
  const ended = signal ? AbortSignal.any([signal, left.signal]) : left.signal
  let isFirst = true
  const say = (segment: Segment) => {
    const { voice, stretch } = shareSpeed(segment.speed)
    // The first is wanted at once, in pieces as short as sound well.
    const sentence = { ...segment, speed: voice, ...(isFirst && { buffered: 0 }) }
    isFirst = false
    return { segment, stretch, sound: speakers.speak(sentence, ended) }
  }
  try {
    const ahead = speakers.options.speakers + SENTENCES_AHEAD
    for await (const { segment, stretch, sound } of inOrder(segments, ahead, say)) {
      if (stretch === 1) for await (const { samples } of sound) yield samples
      else yield* stretched(await gathered(sound), stretch)
      const pause = Math.round((segment.pauseAfter * SPEECH_RATE) / stretch)
      if (pause > 0) yield new Float32Array(pause)
    }
    if (signal?.aborted) throw new SeamError('cancelled', 'Cancelled.')
  } finally {
    left.abort()
  }
}

/** A whole sentence: half a minute at most. */
export async function gathered(sound: AsyncIterable<{ readonly samples: Float32Array }>): Promise<Float32Array> {
  const pieces: Float32Array[] = []
  for await (const { samples } of sound) pieces.push(samples)
  const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}

/** The same words at `rate` times the pace, at the same pitch: mono at SPEECH_RATE. */
export function* stretched(samples: Float32Array, rate: number): Generator<Float32Array<ArrayBuffer>> {
  let at = 0
  const source = {
    read(into: Float32Array, frames: number) {
      const part = samples.subarray(at, at + frames)
      into.set(part)
      at += part.length
      return part.length
    },
  }
  const stretcher = new Stretcher(source, SPEECH_RATE, 1)
  stretcher.rate = rate
  for (;;) {
    const block = new Float32Array(BLOCK)
    const count = stretcher.pull([block], BLOCK)
    if (count > 0) yield block.subarray(0, count)
    if (count < BLOCK) return
  }
}
