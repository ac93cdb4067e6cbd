import { describe, expect, it } from 'vitest'
import { defaultPreferences, MAX_THREADS, pickLocale, readPreferences } from './preferences.ts'

const defaults = defaultPreferences(['en-GB'])

describe('the language', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr', 'DE'], 'de'],
    [['fr', 'it'], 'en'],
    [[], 'en'],
  ])('for a browser that asks for %j is %s', (wanted, locale) => expect(pickLocale(wanted)).toBe(locale))
})

describe('stored choices', () => {
  it('come back as they were', () => {
    const chosen = { ...defaults, theme: 'dark', speed: 1.25, threads: 2, hub: false, voice: 'bm_george' } as const
    expect(readPreferences(JSON.stringify(chosen), defaults)).toEqual(chosen)
  })

  it.each([null, '', 'null', '[]', '7', '{"theme":', '"dark"'])('that are %j give the defaults', stored =>
    expect(readPreferences(stored, defaults)).toEqual(defaults),
  )

  it('that make no sense are replaced one by one', () => {
    const stored = JSON.stringify({
      theme: 'pink',
      locale: 'xx',
      device: 3,
      voice: '',
      hub: 'yes',
      speed: 'fast',
      lang: 'en-gb',
    })
    expect(readPreferences(stored, defaults)).toEqual({ ...defaults, lang: 'en-gb' })
  })

  it.each([
    ['speed', 0.5, 0.5],
    ['speed', 0.49, 1],
    ['speed', 2, 2],
    ['speed', 2.01, 1],
    ['threads', MAX_THREADS, MAX_THREADS],
    ['threads', MAX_THREADS + 1, 0],
    ['threads', -1, 0],
    ['threads', 2.7, 2],
  ] as const)('%s %d is read as %d', (key, stored, read) =>
    expect(readPreferences(JSON.stringify({ [key]: stored }), defaults)[key]).toBe(read),
  )
})
