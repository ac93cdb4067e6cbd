import { describe, expect, it } from 'vitest'
import { cardinal, fraction, ordinal, plural, roman, year } from './numbers.ts'

describe('numbers in words', () => {
  it('names numbers of 36 digits and reads longer ones digit by digit', () => {
    expect(cardinal('1'.padEnd(36, '0'), false)).not.toContain('zero')
    expect(cardinal('1'.padEnd(37, '0'), false)).toHaveLength(37)
  })
  it('says and in British English only', () => {
    expect(cardinal('101', false)).toEqual(['one', 'hundred', 'one'])
    expect(cardinal('101', true)).toEqual(['one', 'hundred', 'and', 'one'])
  })
  it.each([
    ['0', 'zeroth'],
    ['12', 'twelfth'],
    ['100', 'one hundredth'],
  ])('ordinal %s', (digits, said) => expect(ordinal(digits, false).join(' ')).toBe(said))
  it.each([
    ['1100', 'eleven hundred'],
    ['1099', 'one thousand ninety nine'],
    ['2000', 'two thousand'],
    ['2009', 'two thousand nine'],
    ['2010', 'twenty ten'],
    ['1776', 'seventeen seventy six'],
  ])('year %s', (digits, said) => expect(year(digits, false).join(' ')).toBe(said))
  it.each([
    [1, 2, 'one half'],
    [3, 4, 'three quarters'],
    [2, 3, 'two thirds'],
    [5, 16, 'five sixteenths'],
  ])('%i/%i', (top, bottom, said) => expect(fraction(top, bottom, false).join(' ')).toBe(said))
  it('makes plurals', () => {
    expect(plural(['nineteen', 'ninety'])).toEqual(['nineteen', 'nineties'])
    expect(plural(['six'])).toEqual(['sixes'])
  })
  it.each([
    ['XIV', 14],
    ['MCMXCIV', 1994],
    ['IIII', undefined],
    ['VX', undefined],
    ['', undefined],
  ])('roman %s', (text, value) => expect(roman(text)).toBe(value))
})
