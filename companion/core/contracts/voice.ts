import { Intake } from '#dsp/intake.ts'
import { readContractVoice, type AudioData, type WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { EngineInfo, Segment, SpeechEngine, Voice } from '#protocol/speech.ts'
import { gathered, SPEECH_RATE, stretched } from '../speakers/speak-text.ts'
import { readSound } from './sound.ts'
import { spokenParts } from './spoken-text.ts'
import type { Slot } from './types.ts'
import { isAudio } from './wire/values.ts'

/** Paces at which sound that is made of sound still sounds well. */
const SLOWEST = 0.5
const FASTEST = 2

export interface ContractSpeechOptions {
  readonly info: EngineInfo
  readonly slot: Pick<Slot, 'load' | 'stream'>
  /** Those that are known, by their ids among all voices: `NAME/VOICE`. */
  voices(): readonly Voice[]
}

/** A contract plugin as one of the voices: mono at 24 kHz whatever it sends, at any pace. Words have no times. */
export class ContractSpeech implements SpeechEngine {
  readonly info: EngineInfo
  readonly #slot: ContractSpeechOptions['slot']
  readonly #voices: ContractSpeechOptions['voices']

  constructor({ info, slot, voices }: ContractSpeechOptions) {
    this.info = info
    this.#slot = slot
    this.#voices = voices
  }

  supports(): boolean {
    return true
  }

  async load({ signal }: Run = {}): Promise<void> {
    await this.#slot.load(signal)
  }

  async voices(): Promise<readonly Voice[]> {
    return this.#voices()
  }

  async *speak(segments: AsyncIterable<Segment>, { signal }: Run = {}): AsyncGenerator<PcmChunk> {
    for await (const segment of segments) yield* this.#speakOne(segment, signal)
  }

  /** The plugin is the host's: nothing of it is ours. */
  async close(): Promise<void> {}

  async *#speakOne(segment: Segment, signal: AbortSignal | undefined): AsyncGenerator<PcmChunk> {
    requireSentence(segment)
    let frames = 0
    const chunk = (samples: Float32Array<ArrayBuffer>, last = false): PcmChunk => {
      const at = frames / SPEECH_RATE
      frames += samples.length
      return { samples, sampleRate: SPEECH_RATE, channels: 1, segment: segment.id, at, last }
    }
    const sound = this.#sound(segment, signal)
    if (segment.speed === 1) for await (const { samples } of sound) yield chunk(samples)
    else for (const samples of stretched(await gathered(sound), segment.speed)) yield chunk(samples)
    yield chunk(new Float32Array(0), true)
  }

  /** The sentence at the voice's own pace. */
  async *#sound(
    segment: Segment,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ readonly samples: Float32Array<ArrayBuffer> }> {
    const [{ id }] = segment.voice as [Segment['voice'][number]]
    const voice = readContractVoice(id)?.voice ?? id
    for (const part of spokenParts(segment)) {
      if ('pause' in part) yield { samples: new Float32Array(Math.round(part.pause * SPEECH_RATE)) }
      else yield* this.#synthesize(part.text, voice, signal)
    }
  }

  async *#synthesize(text: string, voice: string, signal: AbortSignal | undefined) {
    const run = signal ? { signal } : {}
    const items = this.#slot.stream('synthesize', { text, ...(voice !== '' && { voice_id: voice }) }, run)
    const intake = new Intake(SPEECH_RATE, 1)
    for await (const { samples, sampleRate, channels } of readSound(audioOf(items), signal)) {
      const taken = intake.take(samples, sampleRate, channels)
      if (taken.frames > 0) yield { samples: taken.samples.slice(0, taken.frames) as Float32Array<ArrayBuffer> }
    }
    const rest = intake.finish()
    if (rest.frames > 0) yield { samples: rest.samples.slice(0, rest.frames) as Float32Array<ArrayBuffer> }
  }
}

async function* audioOf(items: AsyncIterable<WireValue>): AsyncGenerator<AudioData> {
  for await (const item of items) {
    if (!isAudio(item)) throw new SeamError('engine', 'The plugin sent something else than sound.')
    yield item
  }
}

/** @throws SeamError bad-input */
function requireSentence({ text, voice, speed }: Segment): void {
  if (voice.length === 0) throw new SeamError('bad-input', 'No voice was chosen. Choose one, and try again.')
  if (text.trim() === '') throw new SeamError('bad-input', 'There is no text to speak. Type some, then try again.')
  if (speed >= SLOWEST && speed <= FASTEST) return
  throw new SeamError('bad-input', `The speed is ${speed}; it must be a number from ${SLOWEST} to ${FASTEST}.`)
}
