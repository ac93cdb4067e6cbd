import { expect, it } from 'vitest'
import { light } from '../features/contract-testing.ts'
import { contractVoices, readLang } from './contract-offers.ts'

it('names voices by their plugin, however the plugin calls them', () => {
  const voice = { name: 'Heart', lang: 'en-us-nyc', gender: 'female' } as const
  const offers = {
    voices: [
      { ...voice, id: 'af_heart' },
      { ...voice, id: 'kokoro/am_adam' },
    ],
  }
  expect(contractVoices([light('kokoro', 'tts', { displayName: 'Kokoro', offers })])).toMatchObject([
    { id: 'kokoro/af_heart', name: 'Heart (Kokoro)', lang: 'en-us' },
    { id: 'kokoro/am_adam', name: 'Heart (Kokoro)' },
  ])
})

it.each([
  ['en-us', 'en-us'],
  ['de', 'de'],
  ['zh-hant-tw', 'zh-hant-tw'],
  ['en-gb-x-rp', 'en-gb'],
  ['en-us-nyc', 'en-us'],
  ['chr-us-qaaa-x-west', 'chr-us'],
  ['', 'und'],
  ['English', 'english'],
  ['no such language', 'und'],
  ['__proto__', 'und'],
])('a plugin’s language “%s” is %s, which every browser can name', (told, lang) => {
  expect(readLang(told)).toBe(lang)
  expect(() => new Intl.DisplayNames('en', { type: 'language' }).of(lang)).not.toThrow()
})
