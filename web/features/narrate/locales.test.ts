import { expect, it } from 'vitest'
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }

function flat(messages: object, path = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
}
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()
const forms = (text: string) => text.split(' | ').length

it('says everything in German that it says in English, with the same values and plural forms', () => {
  const english = flat(en)
  const german = new Map(flat(de))
  expect([...german.keys()]).toEqual(english.map(([key]) => key))
  for (const [key, text] of english) {
    expect([key, placeholders(german.get(key)!), forms(german.get(key)!)]).toEqual([
      key,
      placeholders(text),
      forms(text),
    ])
  }
})
