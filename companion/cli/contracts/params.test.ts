import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { JsonSchema, MethodInfo } from '#protocol/contracts.ts'
import { describeMethods } from '../../core/contracts/methods.ts'
import { MAX_SOUND } from '../../core/contracts/sound-file.ts'
import { scratch } from '../../core/testing/plugins.ts'
import { wavHeader } from '../../core/wav.ts'
import { paramsOf } from './params.ts'

const { signal } = new AbortController()

function methodTaking(properties: Readonly<Record<string, JsonSchema>>): MethodInfo {
  const params = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties }
  return { name: 'odd', about: '', required: false, streams: false, params, result: {} }
}

const read = (method: MethodInfo, options: Readonly<Record<string, string>>, params?: string) =>
  paramsOf(method, { options: new Map(Object.entries(options)), params, signal })

const known = (contract: string, name: string) => describeMethods(contract, undefined).find(each => each.name === name)!

it('reads options by what the parameter takes', async () => {
  const method = methodTaking({
    count: { type: 'integer' },
    level: { type: 'number' },
    loud: { type: 'boolean' },
    words: { type: 'array' },
    map: { type: 'object' },
    line: { type: 'string' },
    any: {},
    two_words: { type: 'string' },
  })
  const options = { count: '7', level: '-0.5', loud: 'true', words: '["a"]', map: '{"a":1}', line: '7', any: '[1' }
  expect(await read(method, { ...options, 'two-words': 'x' })).toEqual({
    count: 7,
    level: -0.5,
    loud: true,
    words: ['a'],
    map: { a: 1 },
    line: '7',
    any: '[1',
    two_words: 'x',
  })
  for (const [name, text, sentence] of [
    ['count', 'many', 'takes a whole number'],
    ['level', '', 'takes a number'],
    ['loud', 'yes', 'true or false'],
    ['words', '[', '--words is “[”, and takes JSON: a list'],
    ['lin', 'x', 'Did you mean “--line”?'],
    ['entirely', 'x', 'It takes --count, --level'],
  ] as const) {
    await expect(read(method, { [name]: text })).rejects.toThrow(sentence)
  }
})

it('takes an object of JSON, and options over it', async () => {
  const chat = known('llm', 'chat')
  const messages = [{ role: 'user', content: 'Hey' }]
  const params = JSON.stringify({ messages, temperature: 1 })
  expect(await read(chat, { temperature: '0' }, params)).toEqual({ messages, temperature: 0 })
  for (const wrong of ['[1]', 'null', '"a"']) await expect(read(chat, {}, wrong)).rejects.toThrow('one object of JSON')
  await expect(read(chat, {}, '{')).rejects.toThrow('--params is “{”, and takes JSON: an object')
})

it('takes nothing where a contract’s method takes nothing, and anything where nobody described it', async () => {
  await expect(read(known('tts', 'get_voices'), { text: 'a' })).rejects.toThrow('It takes nothing.')
  const { params: _, ...own } = methodTaking({})
  expect(await read({ ...own, params: { type: 'object', properties: {} } }, { gain: '2', name: 'low' })).toEqual({
    gain: 2,
    name: 'low',
  })
})

it('brings sound to what plugins hear, and says what is none or too much', async () => {
  const folder = scratch()
  const transcribe = known('stt', 'transcribe')
  const write = (name: string, rate: number, bytes: number) => {
    const path = join(folder, name)
    writeFileSync(path, Buffer.concat([wavHeader(rate, bytes), Buffer.alloc(bytes, 1)]))
    return path
  }
  const { audio } = (await read(transcribe, { audio: write('a.wav', 48_000, 96_000) })) as {
    audio: { mime: string; bytes: Uint8Array }
  }
  expect(audio.mime).toBe('audio/wav')
  expect(Buffer.from(audio.bytes).readUInt32LE(24)).toBe(16_000)
  expect(Math.abs(audio.bytes.length - 44 - 32_000)).toBeLessThanOrEqual(8)
  const most = (await read(transcribe, { audio: write('most.wav', 16_000, MAX_SOUND) })) as { audio: typeof audio }
  expect(most.audio.bytes.length).toBe(MAX_SOUND + 44)
  await expect(read(transcribe, { audio: write('more.wav', 16_000, MAX_SOUND + 2) })).rejects.toThrow('34 minutes')
  await expect(read(transcribe, { audio: join(folder, 'none.wav') })).rejects.toMatchObject({ code: 'not-found' })
})
