import { describe, expect, it } from 'vitest'
import type { OptionValue, PluginOption } from '#protocol/plugins.ts'
import { faultOf, readField, stepOf } from './options.ts'

const text: PluginOption = { type: 'string', min: 1, max: 3 }
const whole: PluginOption = { type: 'integer', min: 8, max: 320, default: 96 }
const factor: PluginOption = { type: 'number', min: 0.5, max: 2 }
const choice: PluginOption = { type: 'string', enum: ['auto', 'ffmpeg'] }
const onOff: PluginOption = { type: 'boolean', default: true }

describe('a value', () => {
  it.each<[PluginOption, OptionValue | undefined]>([
    [text, 'a'],
    [text, '日本語'],
    [whole, 8],
    [whole, 320],
    [whole, undefined],
    [factor, 0.5],
    [choice, 'auto'],
    [onOff, false],
    [{ type: 'string', required: true, default: 'x' }, undefined],
  ])('of %j may be %j', (option, value) => expect(faultOf(option, value)).toBeUndefined())

  it.each<[PluginOption, OptionValue | undefined, string]>([
    [text, '', 'short'],
    [text, 'abcd', 'long'],
    [text, 1, 'text'],
    [whole, 7, 'min'],
    [whole, 321, 'max'],
    [whole, 8.5, 'integer'],
    [whole, 'many', 'integer'],
    [factor, 'fast', 'number'],
    [factor, 2.01, 'max'],
    [choice, 'lame', 'choice'],
    [onOff, 'yes', 'switch'],
    [{ type: 'string', required: true }, undefined, 'required'],
  ])('of %j may not be %j: %s', (option, value, key) => expect(faultOf(option, value)?.key).toBe(key))

  it('tells its limit', () => expect(faultOf(whole, 1000)).toEqual({ key: 'max', values: { n: 320 } }))
})

it.each<[PluginOption, string, OptionValue]>([
  [whole, '128', 128],
  [factor, '1,5', 1.5],
  [factor, ' .5 ', 0.5],
  [factor, '-2', -2],
  [factor, '1e', '1e'],
  [factor, '', ''],
  [factor, 'fast', 'fast'],
  [text, ' 1 ', ' 1 '],
  [onOff, 'true', true],
  [onOff, 'false', false],
])('the field of %j with %j holds %j', (option, typed, value) => expect(readField(option, typed)).toBe(value))

it('steps are as fine as the range', () => {
  expect(
    [factor, whole, { type: 'number' } as const, { type: 'number', min: 0, max: 100 } as const].map(stepOf),
  ).toEqual([0.05, 1, 1, 1])
})
