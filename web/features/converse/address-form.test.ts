import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const familiar = /(?<!\p{L})(?:du|dich|dir|dein(?:e[mnrs]?)?)(?!\p{L})/iu

it('German speaks to the user in one form, in every room', () => {
  const texts = globSync('web/{app,features/*}/locales/de.json').map(
    file => [file, readFileSync(file, 'utf8')] as const,
  )
  expect(texts.length).toBeGreaterThan(2)
  for (const [file, text] of texts) {
    expect(
      text.split('\n').filter(line => familiar.test(line)),
      file,
    ).toEqual([])
  }
})
