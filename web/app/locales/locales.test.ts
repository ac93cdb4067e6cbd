import { globSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LOCALES } from '../../ui/preferences.ts'

interface Messages {
  [key: string]: string | Messages
}

function flatten(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap<[string, string]>(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flatten(value, `${prefix}${key}.`),
  )
}

/** What a sentence is filled with: `{name}`, and how many forms it has for counting. */
function shape(sentence: string): string {
  const places = [...sentence.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  return `${[...new Set(places)].sort().join(' ')} in ${sentence.split(' | ').length} forms`
}

const files = globSync('web/{app,features/*}/locales/*.json')
const folders = [...new Set(files.map(file => dirname(file)))].filter(folder =>
  files.some(file => dirname(file) === folder && basename(file) === 'en.json'),
)
const read = (folder: string, locale: string) =>
  new Map(flatten(JSON.parse(readFileSync(`${folder}/${locale}.json`, 'utf8')) as Messages))

describe('languages', () => {
  it('are found', () => {
    expect(folders).toContain('web/app/locales')
    expect(folders.length).toBeGreaterThan(2)
  })

  const others = LOCALES.filter(locale => locale !== 'en')
  it.each(folders.flatMap(folder => others.map(locale => [folder, locale] as const)))(
    '%s says in %s all that it says in English, filled with the same values',
    (folder, locale) => {
      const english = read(folder, 'en')
      const other = read(folder, locale)
      expect([...other.keys()].sort()).toEqual([...english.keys()].sort())
      for (const [key, sentence] of english) {
        expect(`${key}: ${shape(other.get(key)!)}`).toBe(`${key}: ${shape(sentence)}`)
        expect(other.get(key)!.trim(), key).not.toBe('')
      }
    },
  )
})
