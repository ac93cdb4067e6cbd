import { expect, it } from 'vitest'
import type { Voice } from '#protocol/speech.ts'
import { nearestTo } from './contract-stand-in.ts'

const voice = (id: string, lang: string, gender: Voice['gender']): Voice => ({ id, name: id, lang, gender })
const voices = [
  voice('us_her', 'en-us', 'female'),
  voice('us_him', 'en-us', 'male'),
  voice('gb_her', 'en-gb', 'female'),
  voice('fr_her', 'fr-fr', 'female'),
]

it.each([
  ['en-us', 'male', 'us_him', 'en-us'],
  ['en-gb', 'male', 'gb_her', 'en-gb'],
  ['en', 'male', 'us_him', 'en-us'],
  ['fr', 'neutral', 'fr_her', 'fr-fr'],
  // Read by whoever there is, as its own language.
  ['de', 'male', 'us_him', 'de'],
] as const)('a sentence in %s by a %s voice is spoken by %s', (lang, gender, id, as) => {
  expect(nearestTo({ lang }, { gender }, voices)).toEqual({ voice: [{ id, weight: 1 }], lang: as })
})

it('one whose voice is not known is spoken all the same, and none where there is no voice', () => {
  expect(nearestTo({ lang: 'en-us' }, undefined, voices).voice).toEqual([{ id: 'us_her', weight: 1 }])
  expect(() => nearestTo({ lang: 'en-us' }, undefined, [])).toThrow('no other voice')
})
