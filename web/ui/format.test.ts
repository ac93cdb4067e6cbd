import { describe, expect, it } from 'vitest'
import { formatBytes, formatClock, formatDate, formatDuration, formatNumber, formatPercent } from './format.ts'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

describe('sizes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [9_949, '9.9 kB'],
    [92_361_271, '92 MB'],
    [999_400_000, '999 MB'],
    [999_500_000, '1 GB'],
    [-5, '0 bytes'],
  ])('%d is %s', (bytes, text) => expect(plain(formatBytes(bytes, 'en'))).toBe(text))

  it('follow the language', () => expect(plain(formatBytes(1_500_000, 'de'))).toBe('1,5 MB'))
})

describe('clocks', () => {
  it.each([
    [0, '0:00'],
    [7.9, '0:07'],
    [187, '3:07'],
    [3599.99, '59:59'],
    [3600, '1:00:00'],
    [3723, '1:02:03'],
    [36_000, '10:00:00'],
    [NaN, '0:00'],
    [Infinity, '0:00'],
    [-1, '0:00'],
  ])('%d s is %s', (seconds, text) => expect(formatClock(seconds)).toBe(text))
})

describe('durations', () => {
  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [59.4, '59 seconds'],
    [59.5, '1 minute'],
    [3569, '59 minutes'],
    [3570, '1 hour'],
    [9_000, '2.5 hours'],
    [172_800, '2 days'],
    [NaN, '0 seconds'],
  ])('%d s is %s', (seconds, text) => expect(formatDuration(seconds, 'en')).toBe(text))

  it('follow the language', () => expect(plain(formatDuration(120, 'de'))).toBe('2 Minuten'))
})

it('shares, numbers and dates follow the language', () => {
  expect(plain(formatPercent(0.356, 'de'))).toBe('36 %')
  expect(formatNumber(1.5, 'de', 2)).toBe('1,50')
  expect(formatDate('not a date', 'en')).toBe('')
  expect(formatDate('2026-03-04T05:06:07Z', 'en')).toContain('2026')
})
