import { expect, test } from 'vitest'
import { MAX_OVERRIDE_IPA, MAX_OVERRIDE_WORD, MAX_PAUSE_SECONDS, parseMarks, pauseMark } from './parse.ts'

test('pauses in seconds and milliseconds', () => {
  const text = 'One. [pause 1.5s] Two. [pause 500ms] Three [Pause 2 s].'
  const { pauses, plain, marks } = parseMarks(text)
  expect(pauses).toEqual([
    { at: 5, seconds: 1.5 },
    { at: 23, seconds: 0.5 },
    { at: 43, seconds: 2 },
  ])
  expect(plain).toHaveLength(text.length)
  expect(plain.replace(/ +/g, ' ')).toBe('One. Two. Three .')
  expect(marks.map(mark => text.slice(mark.from, mark.to))).toEqual(['[pause 1.5s]', '[pause 500ms]', '[Pause 2 s]'])
})

test('an override keeps its word where it stands', () => {
  const text = 'Ask [Nguyen](/wˈɪn/) and [Ng Lee](/ɪŋ lˈi/).'
  const { overrides, plain } = parseMarks(text)
  expect(overrides.map(({ from, to, ipa }) => [text.slice(from, to), plain.slice(from, to), ipa])).toEqual([
    ['Nguyen', 'Nguyen', 'wˈɪn'],
    ['Ng Lee', 'Ng Lee', 'ɪŋ lˈi'],
  ])
  expect(plain).toBe('Ask  Nguyen' + ' '.repeat(9) + ' and  Ng Lee' + ' '.repeat(11) + '.')
})

test.each([
  '[pause]',
  '[pause s]',
  '[pause -1s]',
  '[pause 1h]',
  '[pause 1.5s',
  '[word](http://a.b/)',
  '[](/a/)',
  '[ ](/a/)',
  '[word](//)',
  '[word](/a/',
  '[a\nb](/a/)',
])('malformed %j is read as text', text => {
  expect(parseMarks(text)).toEqual({ plain: text, pauses: [], overrides: [], marks: [] })
})

test('limits: at each, and one past it', () => {
  expect(parseMarks(`[pause ${MAX_PAUSE_SECONDS}s]`).pauses).toEqual([{ at: 0, seconds: MAX_PAUSE_SECONDS }])
  expect(parseMarks(`[pause ${MAX_PAUSE_SECONDS * 1000}ms]`).pauses).toHaveLength(1)
  expect(parseMarks(`[pause ${MAX_PAUSE_SECONDS * 1000 + 1}ms]`).pauses).toEqual([])
  expect(parseMarks(`[${'a'.repeat(MAX_OVERRIDE_WORD)}](/${'b'.repeat(MAX_OVERRIDE_IPA)}/)`).overrides).toHaveLength(1)
  expect(parseMarks(`[${'a'.repeat(MAX_OVERRIDE_WORD + 1)}](/b/)`).overrides).toEqual([])
  expect(parseMarks(`[a](/${'b'.repeat(MAX_OVERRIDE_IPA + 1)}/)`).overrides).toEqual([])
})

test('a pause written by us is read back', () => {
  for (const seconds of [0, 0.25, 0.999, 1, 1.5, 29.999, 30])
    expect(parseMarks(pauseMark(seconds)).pauses[0]?.seconds).toBeCloseTo(seconds, 3)
  expect(pauseMark(99)).toBe('[pause 30s]')
})

test('twenty times the brackets take about twenty times as long', () => {
  const cost = (count: number) => {
    const text = '[a'.repeat(count)
    return Math.min(
      ...Array.from({ length: 4 }, () => {
        const began = performance.now()
        parseMarks(text)
        return performance.now() - began + 0.2
      }),
    )
  }
  expect(cost(200_000) / cost(10_000)).toBeLessThan(150)
})
