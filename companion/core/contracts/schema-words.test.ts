import { expect, it } from 'vitest'
import type { JsonSchema } from '#protocol/contracts.ts'
import { MAX_DEPTH, MAX_WORDS, shownValue, wanted } from './schema-words.ts'

it.each<readonly [JsonSchema, string]>([
  [{ type: 'integer', minimum: 20, maximum: 500 }, 'a whole number from 20 to 500'],
  [{ type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'a whole number'],
  [{ type: 'number', exclusiveMinimum: 0, maximum: 2 }, 'a number of at most 2 and above 0'],
  [{ type: 'number', multipleOf: 0.5 }, 'a number in steps of 0.5'],
  [{ type: ['string', 'null'], minLength: 1 }, 'a text of at least 1 character or null'],
  [{ type: 'string', format: 'uri' }, 'a text that is a uri'],
  [{ enum: ['fast', 3] }, 'one of "fast", 3'],
  [{ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, 'an object with “a” or an object with “b”'],
  [{ type: 'array', items: {} }, 'a list'],
  [{}, 'something else'],
])('%j is told as what must be', (schema, words) => {
  expect(wanted(schema)).toBe(words)
})

it('goes into so many lists, and no deeper', () => {
  const nested = (levels: number): JsonSchema =>
    levels === 0 ? { type: 'string' } : { type: 'array', items: nested(levels - 1) }
  expect(wanted(nested(MAX_DEPTH))).toMatch(/each a text$/)
  expect(wanted(nested(MAX_DEPTH + 1))).toMatch(/each a list$/)
})

it('is cut where it is longer than it may be', () => {
  const choice = (length: number) => wanted({ const: 'x'.repeat(length) })
  expect(choice(78)).toBe(`"${'x'.repeat(78)}"`)
  expect(choice(79)).toBe(`"${'x'.repeat(78)}…`)
  // “one of ”, and “1, ” for each but the last.
  const many = (last: string) => wanted({ enum: [...Array.from({ length: 130 }, () => 1), last] })
  expect([many('a').length, many('a').endsWith('…')]).toEqual([MAX_WORDS, false])
  expect([many('ab').length, many('ab').endsWith('…')]).toEqual([MAX_WORDS, true])
})

it('shows bytes, lists and objects by their kind', () => {
  const bytes = { encoding: 'attachment', mime: 'audio/wav', attachment: 0 }
  expect([bytes, [1], { a: 1 }, 'a'].map(shownValue)).toEqual(['bytes', 'a list', 'an object', '"a"'])
})
