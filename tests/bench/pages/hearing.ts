import type { HearingEvent, HearRun } from '#engine/transcribe/events.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { wait } from './turns.ts'

// What is done with any recogniser, in the page as in Node.

export interface Sound {
  readonly samples: Float32Array
  readonly sampleRate: number
}

interface Hearer {
  listen(sound: AsyncIterable<SoundChunk>, run: HearRun): AsyncIterable<HearingEvent>
  transcribe(sound: AsyncIterable<SoundChunk>): AsyncIterable<Caption>
}

export interface Read {
  readonly text: string
  /** Seconds of work. */
  readonly took: number
}

/** Seconds of a chunk as microphones give them, and of the silence after the last word. */
const LIVE_CHUNK = 0.02
const SILENCE = 1

/** Reads a whole sound as fast as can be. */
export async function read(hearer: Hearer, sound: Sound): Promise<Read> {
  const began = performance.now()
  const said: string[] = []
  for await (const { final, text } of hearer.transcribe(chunks(sound, 1))) if (final) said.push(text)
  return { text: said.join(' '), took: (performance.now() - began) / 1000 }
}

/**
 * Hears one utterance at the pace at which it is said, as in a talk. @returns milliseconds from the end of the turn, which
 * is when the silence after it has lasted for long enough, to the final caption
 */
export async function hearLive(hearer: Hearer, { samples, sampleRate }: Sound): Promise<number> {
  const all = new Float32Array(samples.length + SILENCE * sampleRate)
  all.set(samples)
  const began = performance.now()
  const sound = chunks({ samples: all, sampleRate }, LIVE_CHUNK, async end => {
    const due = began + end * 1000 - performance.now()
    if (due > 0) await wait(due)
  })
  let [end, final] = [0, 0]
  // Where a pause has parted it into several, the last one counts.
  for await (const event of hearer.listen(sound, { live: true, rules: CONVERSATION_RULES })) {
    // Not when that is told: who is busy reading tells it late.
    if (event.kind === 'speech-end') end = began + (event.at + CONVERSATION_RULES.hardEnd) * 1000
    if (event.kind === 'final') final = performance.now()
  }
  if (final === 0) throw new Error('Nothing was heard.')
  return final - end
}

/** @param before waits until a chunk that ends there, in seconds, has been said */
async function* chunks(
  { samples, sampleRate }: Sound,
  seconds: number,
  before?: (end: number) => Promise<void>,
): AsyncGenerator<SoundChunk, void, undefined> {
  const size = Math.round(seconds * sampleRate)
  for (let at = 0; at < samples.length; at += size) {
    await before?.((at + size) / sampleRate)
    yield { samples: samples.slice(at, at + size), sampleRate, channels: 1 }
  }
}
