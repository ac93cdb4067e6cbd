import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeCr } from '#protocol/cr-write.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Pipeline } from '../../companion/plugin-types.ts'
import { MAX_CR, readCr } from './cr-read.ts'
import { isSame } from './steps.ts'

const book: Pipeline = {
  name: 'audiobook',
  version: '1',
  nodes: [
    { id: 'tts', plugin: 'kokoro-tts', options: { voice: 'af_heart', speed: 1.5 } },
    { id: 'mp3', plugin: 'encode-mp3' },
  ],
}

it('a pipeline is written as people write it', () => {
  expect(writeCr(book)).toBe(`name = "audiobook"
version = "1"

[[nodes]]
id = "tts"
plugin = "kokoro-tts"

[nodes.options]
voice = "af_heart"
speed = 1.5

[[nodes]]
id = "mp3"
plugin = "encode-mp3"
`)
})

it('whatever is written is read as it was', async () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 6 }).map(text => text.toWellFormed()),
    fc.constantFrom('"""', "'", '\\', '\u0000\u007f\u0085', '\r\n\t', '#', '[[nodes]]'),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 2 ** 53, 1e21, -1e-9, 123456789012345680000),
  )
  const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/)
  const option = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/), fc.constantFrom('a b', 'a.b', '"', 'ü'))
  const node = fc.record({
    id: name,
    plugin: name,
    options: fc.dictionary(option, scalar, { maxKeys: 4, noNullPrototype: true }),
  })
  const nodes = fc.uniqueArray(node, { minLength: 1, maxLength: 4, selector: ({ id }) => id })
  const pipeline = fc.record({ name, description: fc.string({ maxLength: 20 }), nodes })
  await fc.assert(
    fc.asyncProperty(pipeline, async one => {
      const read = await readCr(writeCr(one), 'a.cr')
      expect(isSame(read, one), writeCr(one)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

describe('a file that is none', () => {
  it.each([
    ['no TOML', '[[', 'line 1'],
    ['without a name', '[[nodes]]\nid = "a"\nplugin = "b"\n', '“name”'],
    ['without nodes', 'name = "a"', 'no nodes'],
    ['with a nameless node', 'name = "a"\n[[nodes]]\nplugin = "b"\n', 'Node 1 needs an “id”'],
    ['with a list for an option', 'name = "a"\n[[nodes]]\nid = "a"\nplugin = "b"\noptions.x = [1]\n', 'option “x”'],
    ['with the same id twice', `name = "a"\n${'[[nodes]]\nid = "a"\nplugin = "b"\n'.repeat(2)}`, 'same id'],
    ['too long', '#'.repeat(MAX_CR + 1), 'characters'],
  ])('%s', async (_, text, words) => {
    const error: unknown = await readCr(text, 'my.cr').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(SeamError)
    expect((error as SeamError).code).toBe('bad-input')
    expect((error as SeamError).message).toContain(words)
    expect((error as SeamError).message).toContain('my.cr')
  })

  it('may be as long as it may be', async () => {
    const text = writeCr(book)
    expect(await readCr(`${text}${'#'.repeat(MAX_CR - text.length)}`, 'a.cr')).toEqual(book)
  })
})
