import { describe, expect, it } from 'vitest'
import { choicesAt, comings } from './fit.ts'
import { plugin } from './fixture.ts'
import { formatType } from './media-types.ts'

const clean = plugin('clean')
const voice = plugin('voice', {
  output: ['audio/pcm;rate=24000;channels=1', 'audio/pcm;rate=24000;channels=1;format=f32le'],
})
const phone = plugin('phone', { input: ['audio/pcm;rate=8000;channels=1'], output: ['audio/wav'] })
const louder = plugin('louder', { input: ['audio/pcm;format=f32le'], output: ['audio/pcm;format=f32le'] })
const mp3 = plugin('mp3', { input: ['audio/pcm', 'audio/pcm;format=f32le'], output: ['audio/mpeg'] })
const tee = plugin('tee', { input: ['*/*'], output: ['*/*'] })
const broken = plugin('broken', { problem: 'plugin.toml can’t be read.', input: [], output: [] })
const all = [broken, clean, voice, phone, louder, mp3, tee]

const fitting = (steps: Parameters<typeof choicesAt>[1], at: number, input?: string) =>
  choicesAt(all, steps, at, input).flatMap(({ plugin, refusal }) => (refusal ? [] : [plugin.id]))

describe('at the beginning', () => {
  it('everything fits that can be used, while nothing is known of the input', () => {
    expect(fitting([], 0)).toEqual(['clean', 'voice', 'phone', 'louder', 'mp3', 'tee'])
  })
  it('what reads the input fits', () => {
    expect(fitting([], 0, 'text/plain')).toEqual(['clean', 'voice', 'tee'])
    expect(fitting([], 0, 'audio/wav')).toEqual(['tee'])
    expect(fitting([], 0, 'audio/pcm;rate=8000;channels=1')).toEqual(['phone', 'mp3', 'tee'])
  })
  it('what is no type says nothing', () => expect(fitting([], 0, 'sound')).toHaveLength(6))
})

describe('after a step', () => {
  it('what reads any of its types fits', () => {
    expect(fitting([clean, voice], 2)).toEqual(['louder', 'mp3', 'tee'])
    expect(fitting([mp3], 1)).toEqual(['tee'])
  })
  it('a type goes through whatever takes anything', () => {
    expect(fitting([voice, tee], 2)).toEqual(['mp3', 'tee'])
    expect(fitting([tee], 1, 'audio/wav')).toEqual(['tee'])
    expect(fitting([tee], 1)).toEqual(['clean', 'voice', 'tee'])
  })
  it('whose plugin is gone, everything fits', () => expect(fitting([undefined], 1)).toHaveLength(6))
})

it('before a step, what it writes must be read there, too', () => {
  expect(fitting([voice], 0, 'text/plain')).toEqual(['clean', 'tee'])
  expect(fitting([clean, voice, mp3], 2)).toEqual(['louder', 'tee'])
})

it('those that do not fit come last, and say why', () => {
  const refused = choicesAt(all, [voice, mp3], 1, 'text/plain').filter(({ refusal }) => refusal)
  expect(refused.map(({ plugin, refusal }) => [plugin.id, refusal?.kind])).toEqual([
    ['broken', 'broken'],
    ['clean', 'reads'],
    ['voice', 'reads'],
    ['phone', 'reads'],
    ['mp3', 'writes'],
  ])
  expect(refused[1]?.refusal).toEqual({
    kind: 'reads',
    from: ['audio/pcm;rate=24000;channels=1;format=s16le', 'audio/pcm;rate=24000;channels=1;format=f32le'],
    to: ['text/plain'],
  })
  expect(refused[4]?.refusal).toEqual({ kind: 'writes', from: ['audio/mpeg'], to: mp3.input })
})

it('what comes is known before each step and after the last', () => {
  const shown = comings([clean, undefined, mp3], 'text/plain').map(types => types?.map(formatType))
  expect(shown).toEqual([['text/plain'], ['text/plain'], undefined, ['audio/mpeg']])
})
