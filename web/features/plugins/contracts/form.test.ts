import { expect, it } from 'vitest'
import { z } from 'zod'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import type { JsonSchema } from '#protocol/contracts.ts'
import { draftOf, readDraft, type Draft } from './form.ts'
import { fieldsOf, type Field } from './schema.ts'

const method = (contract: string, name: string) =>
  fieldsOf(
    z.toJSONSchema(CONTRACT_METHODS[contract]!.find(each => each.name === name)!.params, { io: 'input' }) as JsonSchema,
  )
const kinds = (fields: readonly Field[]) =>
  fields.map(({ name, kind, required }) => `${name}: ${kind}${required ? '!' : ''}`)
const read = (fields: readonly Field[], draft: Draft) => {
  const { params, faults } = readDraft(fields, draft)
  return { params, faults: Object.fromEntries([...faults].map(([name, { key }]) => [name, key])) }
}

it('asks for what each method of the contracts takes', () => {
  expect(kinds(method('tts', 'synthesize'))).toEqual(['text: text!', 'voice_id: line'])
  expect(kinds(method('stt', 'transcribe'))).toEqual(['audio: sound!', 'language: line'])
  expect(kinds(method('llm', 'chat'))).toEqual([
    'messages: json!',
    'model: line',
    'max_tokens: integer',
    'temperature: number',
    'stop_sequences: json',
  ])
  expect(method('tts', 'get_voices')).toEqual([])
})

it('finds a field for whatever a plugin writes into its schema', () => {
  const fields = fieldsOf({
    type: 'object',
    required: ['a', 'b', 'switch'],
    $defs: { pace: { type: 'number', minimum: 0.5, maximum: 2 } },
    properties: {
      a: { enum: ['x', 2, null] },
      b: { type: 'boolean', default: true },
      switch: { type: ['boolean', 'null'] },
      pace: { $ref: '#/$defs/pace' },
      away: { $ref: 'https://example.org/schema' },
      key: { type: 'string', format: 'password' },
      token: { type: 'string', writeOnly: true },
      one: { const: 'only' },
      maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
      either: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
      nested: { properties: { x: { type: 'string' } } },
      odd: true,
      none: null,
    },
  })
  expect(kinds(fields)).toEqual([
    'a: choice!',
    'b: boolean',
    'switch: boolean!',
    'pace: number',
    'away: any',
    'key: secret',
    'token: secret',
    'one: choice',
    'maybe: integer',
    'either: any',
    'nested: json',
    'odd: any',
    'none: any',
  ])
  expect(fieldsOf(undefined)).toEqual([])
  expect(fieldsOf({ properties: 'none' })).toEqual([])
})

const limited = fieldsOf({
  properties: {
    pace: { type: 'number', minimum: 0.5, maximum: 2 },
    count: { type: 'integer' },
    name: { type: 'string', minLength: 2, maxLength: 3 },
    kind: { enum: ['a', 3] },
    list: { type: 'array' },
    object: { type: 'object' },
    free: {},
  },
  required: ['kind'],
})

it('holds each limit, and says which one was passed', () => {
  const good = { pace: '0,5', count: '3', name: '👋👋👋', kind: '3', list: '[1]', object: '{"a":1}', free: '{"b":2}' }
  expect(read(limited, good)).toEqual({
    params: { pace: 0.5, count: 3, name: '👋👋👋', kind: 3, list: [1], object: { a: 1 }, free: { b: 2 } },
    faults: {},
  })
  const bad: [Draft, string][] = [
    [{ pace: '0.49' }, 'min'],
    [{ pace: '2.01' }, 'max'],
    [{ pace: 'fast' }, 'number'],
    [{ count: '1.5' }, 'integer'],
    [{ name: 'a' }, 'short'],
    [{ name: 'abcd' }, 'long'],
    [{ kind: 'c' }, 'choice'],
    [{ list: '{}' }, 'array'],
    [{ list: '[1' }, 'jsonAt'],
    [{ object: '[]' }, 'object'],
    [{ object: 'null' }, 'object'],
  ]
  for (const [draft, fault] of bad) {
    const [name] = Object.keys(draft)
    expect(read(limited, { kind: 'a', ...draft }).faults, JSON.stringify(draft)).toEqual({ [name!]: fault })
  }
})

it('leaves out what was left empty, and asks for what must be there', () => {
  expect(read(limited, { pace: '', name: '' })).toEqual({ params: {}, faults: { kind: 'required' } })
  expect(read(limited, { kind: 'a', free: 'plain words' })).toEqual({
    params: { kind: 'a', free: 'plain words' },
    faults: {},
  })
})

it('a switch that must be set is off until it is touched', () => {
  const fields = fieldsOf({ required: ['loud'], properties: { loud: { type: 'boolean' }, soft: { type: 'boolean' } } })
  expect(read(fields, {})).toEqual({ params: { loud: false }, faults: {} })
  expect(read(fields, { loud: true, soft: false }).params).toEqual({ loud: true, soft: false })
})

it('keeps a secret that nobody touched, and removes one that was emptied', () => {
  const fields = fieldsOf({ properties: { key: { type: 'string', format: 'password', minLength: 8 } } })
  expect(read(fields, {}).params).toEqual({})
  expect(read(fields, { key: '' })).toEqual({ params: { key: '' }, faults: {} })
  expect(read(fields, { key: 'short' }).faults).toEqual({ key: 'short' })
})

it('sends sound as bytes, and not what the page knows of it', () => {
  const sound = { encoding: 'base64', mime: 'audio/wav', data: 'AAAA', label: 'a.wav', seconds: 1 } as const
  expect(read(method('stt', 'transcribe'), { audio: sound }).params).toEqual({
    audio: { encoding: 'base64', mime: 'audio/wav', data: 'AAAA' },
  })
})

it('what was kept comes back as it was', () => {
  const values = { pace: 1.5, name: 'ab', kind: 3, list: [1, { a: 'b' }], object: { a: 1 }, free: 'words' }
  expect(read(limited, draftOf(limited, values))).toEqual({ params: values, faults: {} })
})

it('text that must be there may be empty where a call is made, and not where something is set', () => {
  const fields = fieldsOf({
    required: ['text', 'voice', 'sound'],
    properties: {
      text: { type: 'string' },
      voice: { type: 'string', minLength: 1 },
      sound: { properties: { encoding: { const: 'base64' } } },
      note: { type: 'string' },
    },
  })
  for (const text of [undefined, '']) {
    expect(readDraft(fields, { text, voice: 'a' }, 'sent').params).toEqual({ text: '', voice: 'a' })
    expect([...readDraft(fields, { text }, 'sent').faults.keys()]).toEqual(['voice', 'sound'])
    expect([...readDraft(fields, { text }).faults.keys()]).toEqual(['text', 'voice', 'sound'])
  }
})

it('says where JSON goes wrong when that is known', () => {
  const fields = fieldsOf({ properties: { list: { type: 'array' } } })
  const fault = (list: string) => readDraft(fields, { list }).faults.get('list')
  expect(fault('hello')).toEqual({ key: 'json' })
  expect(fault('[\n  1,\n  two\n]')?.key).toMatch(/^json/)
  expect(fault('[1\n 2]')).toEqual({ key: 'jsonAt', values: { line: '2', column: '2' } })
})
