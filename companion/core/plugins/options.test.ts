import { describe, expect, it } from 'vitest'
import type { PluginOption } from '#protocol/plugins.ts'
import { MAX_OPTION_TEXT, optionFaults, readOption, settleOptions } from './options.ts'

const settle = (option: PluginOption, value: unknown) => settleOptions({ a: option }, { a: value }, 'Node “n”')

describe('an option', () => {
  it.each([
    [{ type: 'string' }, 'x', 1],
    [{ type: 'string' }, '', null],
    [{ type: 'string' }, 'x'.repeat(MAX_OPTION_TEXT), 'x'.repeat(MAX_OPTION_TEXT + 1)],
    [{ type: 'string' }, 'naïve\n', 'a\0b'],
    [{ type: 'string', min: 2, max: 3 }, 'ab', 'a'],
    [{ type: 'string', min: 2, max: 3 }, 'abc', 'abcd'],
    [{ type: 'string', max: 1 }, '🦜', '🦜🦜'],
    [{ type: 'string', enum: ['a', 'b'] }, 'b', 'c'],
    [{ type: 'boolean' }, false, 'false'],
    [{ type: 'boolean' }, true, 1],
    [{ type: 'integer' }, -3, 0.5],
    [{ type: 'integer' }, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1],
    [{ type: 'integer', min: 1, max: 3 }, 1, 0],
    [{ type: 'integer', min: 1, max: 3 }, 3, 4],
    [{ type: 'number' }, 0.5, '0.5'],
    [{ type: 'number' }, 0, Number.NaN],
    [{ type: 'number' }, -1e300, Number.POSITIVE_INFINITY],
    [{ type: 'number', min: 0.5, max: 2 }, 0.5, 0.49],
    [{ type: 'number', min: 0.5, max: 2 }, 2, 2.01],
    [{ type: 'integer', enum: [8000, 16_000] }, 8000, 8001],
    [{ type: 'string' }, 'x', new Date(0)],
    [{ type: 'number' }, 1, [1]],
  ] satisfies [PluginOption, unknown, unknown][])('%j takes %j and not %j', (option, good, bad) => {
    expect(settle(option, good)).toEqual({ config: { a: good }, problems: [] })
    const { config, problems } = settle(option, bad)
    expect(config).toEqual({})
    expect(problems).toEqual([expect.stringMatching(/^Node “n”: the option “a” .+; it is .+\.$/s)])
    expect(problems[0]!.length).toBeLessThan(300)
  })

  it('falls back to its default, is left out without one, and is missed when it is required', () => {
    const options = {
      standard: { type: 'string', default: '!' },
      open: { type: 'number' },
      needed: { type: 'boolean', required: true },
      both: { type: 'integer', required: true, default: 3 },
    } as const
    expect(settleOptions(options, {}, 'It')).toEqual({
      config: { standard: '!', both: 3 },
      problems: ['It: the option “needed” must be set.'],
    })
    expect(settleOptions(options, { needed: false, open: 0 }, 'It').config).toEqual({
      standard: '!',
      both: 3,
      needed: false,
      open: 0,
    })
  })

  it('that nobody knows is told with the nearest, and no more of them than help', () => {
    const options = { voice: { type: 'string' } } as const
    expect(settleOptions(options, { voise: 'x' }, 'It').problems).toEqual([
      'It: there is no option “voise”. Did you mean “voice”?',
    ])
    expect(settleOptions(options, { zzzzzz: 1 }, 'It').problems[0]).toContain('There are voice.')
    expect(settleOptions({}, { toString: 1, __proto__: 2 }, 'It').problems).toEqual([
      'It: there is no option “toString”. It has none.',
    ])
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`o${at}`, 1]))
    expect(settleOptions(options, many, 'It').problems).toHaveLength(20)
  })
})

describe('options of a manifest', () => {
  it.each([
    [{ type: 'integer', min: 3, max: 2 }, 'above its max'],
    [{ type: 'boolean', min: 0 }, 'no meaning'],
    [{ type: 'string', enum: ['a', 1] }, 'lists 1, which is no string'],
    [{ type: 'integer', enum: [1, 1.5] }, 'lists 1.5'],
    [{ type: 'number', default: '1' }, 'The default of the option “a” must be a number'],
    [{ type: 'string', default: 'c', enum: ['a'] }, 'must be one of a'],
    [{ type: 'integer', default: 4, max: 3 }, 'at most 3'],
  ] satisfies [PluginOption, string][])('%j are refused', (option, words) => {
    expect(optionFaults({ a: option })).toEqual([expect.stringContaining(words)])
  })

  it('may have equal edges', () => {
    expect(optionFaults({ a: { type: 'integer', min: 2, max: 2, default: 2, enum: [2] } })).toEqual([])
  })
})

describe('text as an option', () => {
  it.each([
    ['boolean', 'true', true],
    ['boolean', 'false', false],
    ['boolean', 'yes', 'yes'],
    ['string', '1', '1'],
    ['integer', ' 12 ', 12],
    ['number', '-0.5', -0.5],
    ['number', '', ''],
    ['number', 'Infinity', 'Infinity'],
    ['number', 'a', 'a'],
  ] as const)('%s %j is %j', (type, text, expected) => {
    expect(readOption({ type }, text)).toBe(expected)
  })
})
