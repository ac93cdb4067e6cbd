import type { AudioData, WireValue } from '#protocol/contracts.ts'
import { toPcm16, wavHeader } from '../../wav.ts'

/** A method with what it is given. */
export interface SampleCall {
  readonly method: string
  readonly params: Readonly<Record<string, WireValue>>
}

/** What plugins of a contract are tried with. */
export interface ContractSamples {
  /** Every method that a plugin of the contract must have, the work first. */
  readonly calls: readonly SampleCall[]
  /** The work without what it needs. */
  readonly incomplete: SampleCall
  /** Some seconds of work, with items where the contract has them. */
  readonly work: SampleCall
  /** So much that there is time to break it off. */
  readonly long: SampleCall
  /** Something that is not there, or can’t be read, and the code that says so. */
  readonly absent: SampleCall & { readonly code: number }
  /** The method that lists what there is, and the parameter of the work that takes one of it. */
  readonly listed: { readonly by: string; readonly parameter: string }
}

const RATE = 16_000
/** Characters beyond ASCII: a border between two reads may lie inside of one. */
const SENTENCE = 'Naïve: “café”.'
const SENTENCES = [
  'The quick brown fox jumps over the lazy dog.',
  'Nobody had expected that it would rain for the whole week.',
  'In the end, the letter was found behind the old clock.',
  'He bought three apples, two pears and a loaf of bread.',
]
const sentences = (count: number) => Array.from({ length: count }, (_, at) => SENTENCES[at % 4]).join(' ')
const NOBODY = 'there-is-no-such-one'

/** A quiet tone as a recorded file has it. */
function recording(seconds: number): AudioData {
  const samples = Float32Array.from(
    { length: seconds * RATE },
    (_, at) => 0.1 * Math.sin((2 * Math.PI * 220 * at) / RATE),
  )
  const pcm = toPcm16(samples)
  return { mime: 'audio/wav', bytes: new Uint8Array(Buffer.concat([wavHeader(RATE, pcm.length), pcm])) }
}
const noRecording = (): AudioData => ({ mime: 'audio/wav', bytes: new Uint8Array(Buffer.from('This is no sound.')) })

const question = 'Say “yes”, and nothing else.'
const sampling = { max_tokens: 16, temperature: 0 }

const SAMPLES: Readonly<Record<string, () => ContractSamples>> = {
  tts: () => ({
    calls: [
      { method: 'synthesize', params: { text: SENTENCE } },
      { method: 'get_voices', params: {} },
    ],
    incomplete: { method: 'synthesize', params: {} },
    work: { method: 'synthesize', params: { text: sentences(3) } },
    long: { method: 'synthesize', params: { text: sentences(40) } },
    absent: { method: 'synthesize', params: { text: SENTENCE, voice_id: NOBODY }, code: 1001 },
    listed: { by: 'get_voices', parameter: 'voice_id' },
  }),
  stt: () => ({
    calls: [
      { method: 'transcribe', params: { audio: recording(1) } },
      { method: 'get_languages', params: {} },
    ],
    incomplete: { method: 'transcribe', params: {} },
    work: { method: 'transcribe', params: { audio: recording(5) } },
    long: { method: 'transcribe', params: { audio: recording(30) } },
    absent: { method: 'transcribe', params: { audio: noRecording() }, code: 1101 },
    listed: { by: 'get_languages', parameter: 'language' },
  }),
  llm: () => ({
    calls: [
      { method: 'complete', params: { prompt: question, ...sampling } },
      { method: 'chat', params: { messages: [{ role: 'user', content: question }], ...sampling } },
      { method: 'get_models', params: {} },
    ],
    incomplete: { method: 'complete', params: {} },
    work: { method: 'stream_complete', params: { prompt: question, ...sampling } },
    long: { method: 'complete', params: { prompt: 'Tell a very long story.', max_tokens: 1024, temperature: 0.7 } },
    absent: { method: 'complete', params: { prompt: question, model: NOBODY, ...sampling }, code: 1201 },
    listed: { by: 'get_models', parameter: 'model' },
  }),
}

/** Undefined for a contract of which only its plugins know what it takes. */
export const samplesOf = (contract: string): ContractSamples | undefined =>
  Object.hasOwn(SAMPLES, contract) ? SAMPLES[contract]!() : undefined
