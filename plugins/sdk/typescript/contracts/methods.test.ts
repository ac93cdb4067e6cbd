import { expect, it } from 'vitest'
import { z } from 'zod'
import { CONTRACT_ERRORS, RPC_ERRORS } from '#protocol/contract-errors.ts'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import { CONTRACT_REVISION } from '#protocol/contracts.ts'
import { ERROR_CODES } from './errors.ts'
import { REVISION } from './lifecycle.ts'
import { checkedParameters, PARAMETERS } from './methods.ts'
import type { Value } from './types.ts'

const AUDIO = { mime: 'audio/wav', bytes: Buffer.from('RIFF') }
const MESSAGE = { role: 'user', content: 'Hi' }
const GOOD: Readonly<Record<string, Readonly<Record<string, Record<string, Value>>>>> = {
  tts: { synthesize: { text: '' }, get_voices: {}, get_voice_info: { voice_id: 'a' } },
  stt: {
    transcribe: { audio: AUDIO, language: 'de-CH' },
    get_languages: {},
    start_stream: {},
    feed_audio: { session_id: 'a', chunk: AUDIO },
    end_stream: { session_id: 'a' },
  },
  llm: {
    complete: { prompt: '', max_tokens: 1, temperature: 0 },
    chat: { messages: [MESSAGE], temperature: 2, stop_sequences: ['.'] },
    get_models: {},
    stream_complete: { prompt: 'a', model: 'b' },
  },
}

it('knows the revision, the methods of the contracts with their parameters, and the codes', () => {
  const known = Object.entries(CONTRACT_METHODS).map(([contract, methods]) => [
    contract,
    Object.fromEntries(
      methods.map(({ name, params }) => {
        const { properties = {}, required = [] } = z.toJSONSchema(params, { io: 'input' })
        return [name, Object.fromEntries(Object.keys(properties).map(key => [key, required.includes(key)]))]
      }),
    ),
  ])
  const ours = Object.entries(PARAMETERS).map(([contract, methods]) => [
    contract,
    Object.fromEntries(
      Object.entries(methods).map(([name, rules]) => [
        name,
        Object.fromEntries(Object.entries(rules).map(([key, rule]) => [key, !rule.endsWith('?')])),
      ]),
    ),
  ])
  expect(ours).toEqual(known)
  expect(REVISION).toBe(CONTRACT_REVISION)
  expect(ERROR_CODES).toEqual({
    ...RPC_ERRORS,
    ...Object.fromEntries(CONTRACT_ERRORS.map(({ name, code }) => [name, code])),
  })
})

it.each(
  Object.entries(GOOD).flatMap(([contract, methods]) =>
    Object.entries(methods).map(([name, params]) => [contract, name, params] as const),
  ),
)('takes good parameters of %s %s', (contract, name, params) => {
  expect(checkedParameters(contract, name, { ...params, unknown: 1 })).toMatchObject(params)
})

it('fills in what the caller left out', () => {
  expect(checkedParameters('llm', 'complete', { prompt: 'a', model: null })).toEqual({
    prompt: 'a',
    max_tokens: 1024,
    temperature: 0.7,
  })
})

it.each([
  ['tts', 'synthesize', {}, '“synthesize” needs “text”: text.'],
  ['tts', 'synthesize', { text: 5 }, '“text” of “synthesize” must be text.'],
  ['tts', 'get_voice_info', { voice_id: '' }, '“voice_id” of “get_voice_info” must be a name.'],
  ['stt', 'transcribe', { audio: 'UklGR' }, '“audio” of “transcribe” must be sound, { "encoding", "mime", … }.'],
  ['llm', 'chat', { messages: [] }, '“messages” of “chat” must be a list of { "role", "content" }.'],
  ['llm', 'chat', { messages: [{ role: 'tool', content: '' }] }, 'list of'],
  ['llm', 'complete', { prompt: '', max_tokens: 0 }, 'a whole number of 1 or more'],
  ['llm', 'complete', { prompt: '', temperature: 2.1 }, 'a number from 0 to 2'],
  ['llm', 'complete', { prompt: '', stop_sequences: '.' }, 'a list of texts'],
  ['llm', 'stream_complete', {}, '“stream_complete” needs “prompt” or “messages”.'],
])('refuses bad parameters of %s %s: %j', (contract, name, params, words) => {
  expect(() => checkedParameters(contract, name, params)).toThrow(
    expect.objectContaining({ code: -32602, message: expect.stringContaining(words) }),
  )
})
