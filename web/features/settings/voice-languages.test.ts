import { expect, it } from 'vitest'
import type { Voice } from '#protocol/speech.ts'
import { voiceLanguages } from './voice-languages.ts'

const voice = (lang: string, name = 'Voice'): Voice => ({ id: `${lang} ${name}`, name, lang, gender: 'neutral' })

it('names each language once, in the user’s own, in their order', () => {
  const voices = [voice('es'), voice('de'), voice('es', 'Another'), voice('en')]
  expect(voiceLanguages(voices, 'de', 'Andere')).toEqual([
    { value: 'de', label: 'Deutsch' },
    { value: 'en', label: 'Englisch' },
    { value: 'es', label: 'Spanisch' },
  ])
})

it('a language that nobody can name is called as its plugin calls it, and none at all comes last', () => {
  const voices = [voice('und', 'Hum'), voice('qdb', 'Lang Belta (eSpeak NG)'), voice('fr', 'Siwis')]
  expect(voiceLanguages(voices, 'en', 'Other')).toEqual([
    { value: 'fr', label: 'French' },
    { value: 'qdb', label: 'Lang Belta (eSpeak NG)' },
    { value: 'und', label: 'Other' },
  ])
})
