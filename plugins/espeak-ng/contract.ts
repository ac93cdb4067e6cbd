import { PassThrough } from 'node:stream'
import { ContractError, defineContract, serveContract, type Voice } from '../sdk/typescript/contracts.ts'
import { PluginError } from '../sdk/typescript/errors.ts'
import { listVoices, type Voices } from './contract-voices.ts'
import { findEspeak, readAloud, type Reading } from './read-aloud.ts'
import { RATE } from './wav-samples.ts'

/** Characters of one call: ten minutes, as a rule. */
export const MAX_TEXT = 10_000
const MIME = `audio/pcm;rate=${RATE};channels=1;format=s16le`

let program = ''
let known: Voices = { voices: [], variants: [] }
let settings: Omit<Reading, 'text'>

export const plugin = defineContract({
  contract: 'tts',
  async initialize({ voice, speed, pitch }) {
    settings = { voice: String(voice), speed: Number(speed), pitch: Number(pitch) }
    try {
      program = findEspeak()
      known = await listVoices(program)
    } catch (error) {
      throw told(error)
    }
    voiceOf(settings.voice)
  },
  methods: {
    async *synthesize({ text, voice_id: voice = settings.voice }, { signal }) {
      if (text.length > MAX_TEXT) {
        const message = `The text has ${text.length} characters, and ${MAX_TEXT} can be spoken at once. Send it in parts.`
        throw new ContractError('TTS_TEXT_TOO_LONG', message)
      }
      voiceOf(voice)
      if (text.trim() === '') return yield { mime: MIME, bytes: Buffer.alloc(0) }
      for await (const bytes of samplesOf({ ...settings, text, voice }, signal)) yield { mime: MIME, bytes }
    },
    get_voices: () => known.voices,
    get_voice_info: ({ voice_id }) => ({ ...voiceOf(voice_id), rate: RATE }),
  },
  health: () => ({ message: `${known.voices.length} voices.` }),
})

/** A voice may have a variant behind it: de+f3. @throws ContractError TTS_VOICE_NOT_FOUND */
function voiceOf(id: string): Voice {
  const [base, variant] = id.split('+')
  const voice = known.voices.find(each => each.id === base)
  if (voice && variant === undefined) return voice
  if (voice && known.variants.includes(variant!)) return { ...voice, id, name: `${voice.name} ${variant}` }
  throw new ContractError('TTS_VOICE_NOT_FOUND', `espeak-ng has no voice “${id}”. Take one of “get_voices”.`)
}

/** Samples as they come; espeak-ng is held up while nobody takes them. */
async function* samplesOf(reading: Reading, signal: AbortSignal): AsyncGenerator<Buffer> {
  const pipe = new PassThrough()
  const gone = new AbortController()
  const write = (bytes: Buffer) => new Promise<void>(resolve => pipe.write(bytes, () => resolve()))
  const work = readAloud(program, reading, write, AbortSignal.any([signal, gone.signal])).then(
    () => void pipe.end(),
    (error: unknown) => void pipe.destroy(told(error)),
  )
  try {
    for await (const bytes of pipe) yield bytes as Buffer
  } finally {
    gone.abort()
    pipe.destroy()
    await work
  }
}

function told(error: unknown): Error {
  if (!(error instanceof PluginError)) return error instanceof Error ? error : new Error(String(error))
  return new ContractError(error.code === 'BAD_OPTION' ? 'TTS_VOICE_NOT_FOUND' : 'TTS_SYNTHESIS_FAILED', error.message)
}

if (import.meta.main) serveContract(plugin)
