import fc from 'fast-check'
import { parse } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { MAX_CHANGES_IN_PLACE, updateCr, writeCr } from './cr-write.ts'

const FILE = `# My audiobook.
name = "book" # the name
version = "1"

# What cleans the text.
[[nodes]] # first
id = "clean" # an id
plugin = "normalize" # a plugin
[nodes.options] # options
  lang = "en" # the language
  # between
  words = "a # no comment"

# What speaks.
[[nodes]]
id = 'tts'
plugin = "kokoro-tts"
options = { voice = "af_heart", "speed" = 1.5 } # inline

[[nodes]]
id = "bare"
plugin = "copy"
# the end
`
const clean = { id: 'clean', plugin: 'normalize', options: { lang: 'en', words: 'a # no comment' } }
const tts = { id: 'tts', plugin: 'kokoro-tts', options: { voice: 'af_heart', speed: 1.5 } }
const bare = { id: 'bare', plugin: 'copy' }
const book = { name: 'book', version: '1', nodes: [clean, tts, bare] }

/** Lines that went and lines that came, wherever they stand. */
function changes(text: string | undefined) {
  expect(text).toBeDefined()
  const [before, after] = [FILE.split('\n'), text!.split('\n')]
  return [before.filter(line => !after.includes(line)), after.filter(line => !before.includes(line))]
}

describe('a file that is changed', () => {
  it('is the same when nothing is', () => {
    expect(updateCr(FILE, book)).toBe(FILE)
  })

  it.each([
    ['a name', { ...book, name: 'b' }, ['name = "book" # the name'], ['name = "b" # the name']],
    ['a description', { ...book, description: 'd' }, [], ['description = "d"']],
    [
      'a plugin',
      { ...book, nodes: [{ ...clean, plugin: 'p' }, tts, bare] },
      ['plugin = "normalize" # a plugin'],
      ['plugin = "p" # a plugin'],
    ],
    [
      'an option, one more and one less',
      { ...book, nodes: [{ ...clean, options: { lang: 'de', more: true } }, tts, bare] },
      ['  lang = "en" # the language', '  words = "a # no comment"'],
      ['  lang = "de" # the language', '  more = true'],
    ],
    [
      'all options of an inline table',
      { ...book, nodes: [clean, { id: 'tts', plugin: 'kokoro-tts' }, bare] },
      ['options = { voice = "af_heart", "speed" = 1.5 } # inline'],
      ['options = {  } # inline'],
    ],
    [
      'the first option',
      { ...book, nodes: [clean, tts, { ...bare, options: { a: -0 } }] },
      [],
      ['[nodes.options]', 'a = -0.0'],
    ],
    ['a node more', { ...book, nodes: [clean, { id: 'x', plugin: 'y' }, tts, bare] }, [], ['id = "x"', 'plugin = "y"']],
    ['the order', { ...book, nodes: [bare, tts, clean] }, [], []],
  ])('in %s keeps the rest', (_, pipeline, gone, come) => {
    expect(changes(updateCr(FILE, pipeline))).toEqual([gone, come])
  })

  it('loses the comments of a node that goes, and no others', () => {
    const [gone] = changes(updateCr(FILE, { ...book, nodes: [bare, clean] }))
    expect(gone!.filter(line => line.includes('#'))).toEqual([
      '# What speaks.',
      'options = { voice = "af_heart", "speed" = 1.5 } # inline',
    ])
  })

  it('may have none of its nodes any more', () => {
    const text = updateCr(FILE, { name: 'book', nodes: [{ id: 'x', plugin: 'y' }] })
    expect(parse(text!)).toEqual({ name: 'book', version: '1', nodes: [{ id: 'x', plugin: 'y' }] })
    expect(text).toContain('# My audiobook.\nname = "book" # the name\n')
  })

  it(`is changed in ${MAX_CHANGES_IN_PLACE} options of a node where they stand, and with more that node anew`, () => {
    const withOptions = (count: number) => ({
      name: 'a',
      nodes: [
        { id: 'n', plugin: 'p', options: Object.fromEntries(Array.from({ length: count }, (_, at) => [`o${at}`, at])) },
      ],
    })
    const text = '# head\nname = "a"\n# above\n[[nodes]]\nid = "n" # in it\nplugin = "p"\n'
    expect(updateCr(text, withOptions(MAX_CHANGES_IN_PLACE))).toContain('# in it')
    const anew = updateCr(text, withOptions(MAX_CHANGES_IN_PLACE + 1))
    expect(anew).not.toContain('# in it')
    expect(anew).toMatch(/^# head\nname = "a"\n# above\n\[\[nodes\]\]\nid = "n"\n/)
  })

  it.each([
    ['is no TOML', '[['],
    ['has its nodes in a list', 'name = "book"\nnodes = [{ id = "tts", plugin = "kokoro-tts" }] # all\n'],
    ['has lists for nodes', 'nodes = [1, [2]]'],
    ['has an id in escapes', FILE.replace('"clean"', '"\\u0063lean"')],
  ])('is not when it %s', (_, text) => {
    expect(updateCr(text, { ...book, nodes: [bare] })).toBeUndefined()
  })

  it('may be changed in its head however its nodes are written', () => {
    const text = 'name = "a"\nnodes = [{ id = "x", plugin = "p" }] # all\n'
    expect(updateCr(text, { name: 'b', nodes: [{ id: 'x', plugin: 'p' }] })).toBe(text.replace('"a"', '"b"'))
  })
})

describe('any two pipelines', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('', '#', '"""', "'''", '\n', '\\', ' = [', '}', '\r\n\t', '\u007f'),
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(-0, 2 ** 60, 1e21, -1e300),
  )
  const key = fc.oneof(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/),
    fc.constantFrom('a b', 'a.b', '"', 'ü', '', '__proto__', 'constructor'),
  )
  const node = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    plugin: fc.constantFrom('p', 'q'),
    options: fc.dictionary(key, scalar, { maxKeys: 5, noNullPrototype: true }),
  })
  const pipeline = fc.record({
    name: fc.constantFrom('one', 'two'),
    version: fc.constantFrom('1', '2'),
    description: fc.oneof(fc.constant(''), fc.string({ maxLength: 8 })),
    nodes: fc.uniqueArray(node, { minLength: 1, maxLength: 6, selector: ({ id }) => id }),
  })
  const said = (text: string) => {
    const { description = '', nodes, ...rest } = parse(text) as { description?: string; nodes: { options?: object }[] }
    return { ...rest, description, nodes: nodes.map(({ options = {}, ...more }) => ({ ...more, options })) }
  }
  /** JSON has no −0, and the order of options says nothing. */
  const plain = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      ),
    )

  it('are the one made of the other, with the comments of all that stays', () => {
    fc.assert(
      fc.property(pipeline, pipeline, fc.boolean(), (one, other, windows) => {
        // A comment on every line of the head and of the nodes; those of options name what they stand beside.
        let place = ''
        const commented = `# top\n${writeCr(one)}# end\n`.replace(/^(?:id|plugin|[a-d]) = .*$/gm, line => {
          const [name = ''] = line.split(' ')
          if (name === 'id') place = line.slice(6, -1)
          return `${line} # ${place}.${name}`
        })
        const text = windows && !/\r|"""|'''/.test(commented) ? commented.replaceAll('\n', '\r\n') : commented
        const after = updateCr(text, other)
        expect(after).toBeDefined()
        expect(plain(said(after!))).toEqual(plain(other))
        expect(after).toMatch(/^# top\r?\n/)
        expect(after).toContain('# end')
        for (const { id, options } of one.nodes) {
          const same = other.nodes.find(({ id: now }) => now === id)
          if (!same) continue
          expect(after).toContain(`# ${id}.id`)
          expect(after).toContain(`# ${id}.plugin`)
          for (const name of ['a', 'b', 'c', 'd']) {
            if (name in options && name in same.options) expect(after).toContain(`# ${id}.${name}`)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
