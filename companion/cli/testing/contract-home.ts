import { join } from 'node:path'
import { contractFixture } from '../../core/contracts/testing/fixture.ts'
import { openCommandHome, type CommandHome, type Outcome } from './command.ts'

/** A voice that says how it is set up, an ear, a model, and one of a contract that nobody knows. */
export const VOICE = `
on('initialize', params => { state = { said: 0, pitch: params.config.pitch, key: params.config.key } })
const beep = count => audio(Buffer.alloc(count * 2, 'ab'), 'audio/pcm;rate=8000;channels=1;format=s16le')
on('synthesize', async ({ text, voice_id }, { token }) => {
  if (voice_id === 'nobody') throw fail(1001, 'There is no voice “nobody”.')
  state.said++
  if (!token) return beep(text.length)
  for (const letter of text) item(token, beep(1))
  return null
}, { streams: true })
on('get_voices', () => [{ id: 'one', name: 'One', pitch: state.pitch, key: state.key }])
on('get_voice_info', ({ voice_id }) => ({ id: voice_id, said: state.said }))`
const EAR = `
on('transcribe', ({ audio }) => ({ text: audio.mime + ' ' + audio.bytes.toString('latin1', 0, 4) + ' ' + audio.bytes.readUInt32LE(24) + ' ' + audio.bytes.length }))
on('get_languages', () => [{ id: 'en', name: 'English' }])`
const MIND = `
on('complete', ({ prompt, max_tokens, stop_sequences }) => prompt + ' ' + max_tokens + ' ' + stop_sequences)
on('chat', ({ messages }) => messages.at(-1).content)
on('get_models', () => [{ id: 'small' }])
on('stream_complete', async ({ prompt }, { token }) => { for (const word of prompt.split(' ')) item(token, word + ' '); return null }, { streams: true })`
const OWN = `on('mix', params => params)`
export const SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    pitch: { type: 'integer', minimum: 50, maximum: 500, default: 220, title: 'Pitch' },
    key: { type: 'string', writeOnly: true },
    mood: { type: 'string', enum: ['glad', 'sad'] },
  },
}

/** A home with contract plugins, and no companion. */
export interface ContractHome extends CommandHome {
  /** `voxloom contracts …` with the home's plugins. */
  contracts(args: readonly string[], input?: string): Promise<Outcome>
}

export function openContractHome(): ContractHome {
  const home = openCommandHome({ VOXLOOM_PORT: '1' })
  const parent = join(home.folder, 'plugins')
  contractFixture(VOICE, { parent, name: 'wren', manifest: { config_schema: SCHEMA, description: 'Beeps.' } })
  contractFixture(EAR, { parent, name: 'ear', contract: 'stt' })
  contractFixture(MIND, { parent, name: 'mind', contract: 'llm' })
  contractFixture(OWN, { parent, name: 'mixer', contract: 'mix' })
  contractFixture('', { parent, name: 'odd', manifest: { contract: 'NOT ONE' } })
  return { ...home, contracts: (args, input) => home.run(['contracts', ...args, '--plugins', 'plugins'], input) }
}
