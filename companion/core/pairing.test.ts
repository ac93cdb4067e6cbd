import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { MOST_PAIRINGS, Pairings } from './pairing.ts'
import { LONGEST_ORIGIN, mayPair } from './pairing-origin.ts'
import { scratch } from './testing/plugins.ts'

const origin = 'https://studio.example'
const other = 'https://other.example'

function open(folder = scratch()) {
  const said: string[] = []
  const pairings = new Pairings(folder, message => said.push(message))
  const file = join(folder, 'pairings.json')
  return { folder, file, said, pairings, text: () => readFileSync(file, 'utf8') }
}

describe('a pairing', () => {
  it('admits its token for its origin alone, also after a restart', () => {
    const { folder, pairings } = open()
    const token = pairings.add(origin)
    pairings.add(other)
    for (const each of [pairings, open(folder).pairings]) {
      expect(each.admits(origin, token)).toBe(true)
      expect([each.admits(other, token), each.admits(origin, 'x'), each.admits(origin, '')]).toEqual([
        false,
        false,
        false,
      ])
      expect([each.has(origin), each.has('https://studio.example:444')]).toEqual([true, false])
    }
  })

  it('lies on the disk as a hash that only the user may read, whole at any moment', () => {
    const { folder, file, pairings, text } = open()
    const token = pairings.add(origin)
    expect(token).toHaveLength(43)
    expect(text()).not.toContain(token)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['pairings.json'])
  })

  it('knows when it was used, also after a restart in good order', () => {
    const { folder, pairings } = open()
    const token = pairings.add(origin)
    expect(pairings.list()).toEqual([{ origin, paired: expect.any(String) }])
    pairings.admits(origin, token)
    pairings.close()
    expect(open(folder).pairings.list()).toEqual([{ origin, paired: expect.any(String), used: expect.any(String) }])
  })

  it('ends alone, with its origin, or with all', () => {
    const { folder, pairings } = open()
    const [first, second] = [pairings.add(origin), pairings.add(origin)]
    pairings.add(other)
    expect(pairings.remove(origin, 'x')).toEqual([])
    expect(pairings.remove(origin, first)).toHaveLength(1)
    expect([pairings.admits(origin, first), pairings.admits(origin, second)]).toEqual([false, true])
    expect(pairings.remove(origin).map(each => each.origin)).toEqual([origin])
    expect(open(folder).pairings.list()).toHaveLength(1)
    expect(pairings.remove()).toHaveLength(1)
    expect(open(folder).pairings.list()).toEqual([])
  })

  it('that can’t be written is none, and one whose end can’t be written has not ended', () => {
    const { file, pairings } = open()
    const token = pairings.add(origin)
    rmSync(file)
    mkdirSync(file)
    expect(() => pairings.add(other)).toThrow(SeamError)
    expect(() => pairings.remove()).toThrow(SeamError)
    expect([pairings.has(other), pairings.admits(origin, token)]).toEqual([false, true])
  })
})

it('there are as many as the limit, and not one more until one ends', () => {
  const { pairings } = open()
  for (let at = 0; at < MOST_PAIRINGS; at++) pairings.add(`https://${at}.example`)
  expect(() => pairings.add(origin)).toThrow(/100 pages are paired already/)
  expect(pairings.has(origin)).toBe(false)
  pairings.remove('https://0.example')
  pairings.add(origin)
  expect(pairings.list()).toHaveLength(MOST_PAIRINGS)
})

it.each(['{', '[]', '{"pairings":[{"origin":"http://evil.example","hash":"","paired":""}]}'])(
  'a damaged file pairs nobody and is told of: %s',
  text => {
    const { folder, file } = open()
    writeFileSync(file, text)
    const { pairings, said } = open(folder)
    expect(pairings.list()).toEqual([])
    expect(said).toEqual([expect.stringMatching(/damaged.*voxloom pair/)])
    pairings.add(origin)
    expect(open(folder).said).toEqual([])
  },
)

describe('origins', () => {
  const long = (letters: number) => `https://${'a'.repeat(letters - 'https://'.length)}`
  it.each([
    origin,
    'https://localhost',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://[::1]:1',
    long(LONGEST_ORIGIN),
  ])('that may be paired: %s', each => expect(mayPair(each)).toBe(true))
  it.each([
    'http://studio.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.example',
    'https://studio.example/',
    'https://Studio.example',
    'https://a:b@studio.example',
    'file://',
    'chrome-extension://abc',
    'null',
    '',
    long(LONGEST_ORIGIN + 1),
  ])('that may not: %s', each => expect(mayPair(each)).toBe(false))
})
