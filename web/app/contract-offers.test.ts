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

it('a voice that is called as its plugin is has its name once', () => {
  const voices = [{ id: 'only', name: 'Tone', lang: 'und', gender: 'neutral' }] as const
  expect(contractVoices([light('tone', 'tts', { displayName: 'Tone', offers: { voices } })])[0]!.name).toBe('Tone')
})

it.each([
  ['en-us', 'en-us'],
  ['de', 'de'],
  ['zh-hant-tw', 'zh-hant-tw'],
  ['en-gb-x-rp', 'en-gb'],
  ['en-us-nyc', 'en-us'],
  ['chr-us-qaaa-x-west', 'chr-us'],
  ['en-gb-scotland', 'en-gb'],
  ['es-419', 'es-419'],
  ['en-xx', 'en'],
  ['cmn-latn-pinyin', 'zh-latn'],
  ['piqd', 'und'],
  ['', 'und'],
  ['English', 'english'],
  ['no such language', 'und'],
  ['__proto__', 'und'],
])('a plugin’s language “%s” is %s, which every browser can name', (told, lang) => {
  expect(readLang(told)).toBe(lang)
  expect(() => new Intl.DisplayNames('en', { type: 'language' }).of(lang)).not.toThrow()
})
