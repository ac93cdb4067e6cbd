import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { parsePipeline, type Pipeline, type PipelineNode } from './cr.ts'
import { editCr, formatCr, type CrEdit } from './cr-edit.ts'

const FILE = `# My audiobook.
name = "book" # the name
version = "1"

# What cleans the text.
# Two lines of it.
[[nodes]] # first
id = "clean" # an id
plugin = "normalize"
# before the options
[nodes.options] # options
  lang = "en" # the language
  # between
  words = "a # no comment"
# behind the options

# What speaks.
[[nodes]]
id = 'tts'
plugin = "kokoro-tts"
options = { voice = "af_heart", "speed" = 1.5 } # inline

[[nodes]]
  id = "long"
  plugin = "copy"
  options.text = """
[[nodes]]
id = "no node"
"""""
  options.list = """a""" # one line

[[nodes]]
id = "bare"
plugin = "copy"
# the end
`

const edit = (text: string, ...edits: CrEdit[]) => editCr(text, edits, 'book.cr')
const option = (node: string, name: string, value?: string | number | boolean): CrEdit => ({
  kind: 'option',
  node,
  option: name,
  value,
})

/** Lines that differ: what went and what came. */
function changes(before: string, after: string) {
  const [a, b] = [before.split('\n'), after.split('\n')]
  let from = 0
  while (from < a.length && a[from] === b[from]) from++
  let end = 0
  while (end < a.length - from && end < b.length - from && a.at(-1 - end) === b.at(-1 - end)) end++
  return [a.slice(from, a.length - end), b.slice(from, b.length - end)]
}

const faultOf = (work: () => unknown): SeamError => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(SeamError)
    return error as SeamError
  }
  return expect.unreachable('It was taken.')
}

describe('an option', () => {
  it.each([
    ['in its table', option('clean', 'lang', 'de'), ['  lang = "en" # the language'], ['  lang = "de" # the language']],
    [
      'whose value looks like a comment',
      option('clean', 'words', '#'),
      ['  words = "a # no comment"'],
      ['  words = "#"'],
    ],
    [
      'in an inline table',
      option('tts', 'speed', 2),
      ['options = { voice = "af_heart", "speed" = 1.5 } # inline'],
      ['options = { voice = "af_heart", "speed" = 2 } # inline'],
    ],
    [
      'with a dotted key',
      option('long', 'list', 'b'),
      ['  options.list = """a""" # one line'],
      ['  options.list = "b" # one line'],
    ],
    [
      'of several lines',
      option('long', 'text', 'short'),
      ['  options.text = """', '[[nodes]]', 'id = "no node"', '"""""'],
      ['  options.text = "short"'],
    ],
  ])('%s is set where it stands', (_, change, before, after) => {
    expect(changes(FILE, edit(FILE, change))).toEqual([before, after])
  })

  it.each([
    ['a table', option('clean', 'more', true), ['  more = true']],
    [
      'an inline table',
      option('tts', 'pitch', -1),
      ['options = { voice = "af_heart", "speed" = 1.5, pitch = -1 } # inline'],
    ],
    ['dotted keys', option('long', 'n', 3), ['  options.n = 3']],
    ['nothing', option('bare', 'a b', 'x'), ['', '[nodes.options]', '"a b" = "x"']],
  ])('is added to %s', (_, change, added) => {
    expect(changes(FILE, edit(FILE, change))[1]).toEqual(added)
  })

  it.each([
    ['a table', option('clean', 'lang'), ['  lang = "en" # the language'], []],
    ['an inline table', option('tts', 'voice'), expect.anything(), ['options = { "speed" = 1.5 } # inline']],
    ['an inline table, last', option('tts', 'speed'), expect.anything(), ['options = { voice = "af_heart" } # inline']],
    ['dotted keys', option('long', 'text'), expect.anything(), []],
  ])('is taken out of %s', (_, change, gone, come) => {
    expect(changes(FILE, edit(FILE, change))).toEqual([gone, come])
  })

  it('that is not there is taken away without a trace', () => {
    for (const node of ['clean', 'tts', 'long', 'bare']) expect(edit(FILE, option(node, 'nothing'))).toBe(FILE)
  })

  it('goes into tables that are empty, and comes out of them again', () => {
    for (const text of [
      'name = "a"\n[[nodes]]\nid = "x"\nplugin = "p"\noptions = {}\n',
      'name = "a"\n[[nodes]]\nid = "x"\nplugin = "p"\n[nodes.options] # none yet',
      'name = "a"\n[[nodes]]\nid = "x"\nplugin = "p"\n[nodes."options"]\n',
      'name = "a"\r\n[[ nodes ]]\r\nid = "x"\r\nplugin = "p"\r\n',
    ]) {
      const one = edit(text, option('x', 'a', 1), option('x', 'b', '"'))
      expect(parsePipeline(one, 'x').nodes[0]!.options).toEqual({ a: 1, b: '"' })
      expect(parsePipeline(edit(one, option('x', 'a'), option('x', 'b')), 'x').nodes[0]!.options).toEqual({})
      if (text.includes('\r')) expect(one.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    }
  })

  it('of a table over several lines keeps its comments', () => {
    const text =
      'name = "a"\n[[nodes]]\nid = "x"\nplugin = "p"\noptions = {\n  a = 1, # one, two\n  b = "1", # in, = {\n  c = """# no\n""",\n}\n'
    let after: string
    try {
      parsePipeline(text, 'x')
      after = edit(text, option('x', 'a', 7))
    } catch (error) {
      // TOML 1.0 has no such tables; then there is nothing to keep.
      expect((error as SeamError).message).toContain('can’t be read')
      return
    }
    expect(after).toBe(text.replace('a = 1,', 'a = 7,'))
  })
})

describe('the head', () => {
  it.each([
    ['name', 'other', ['name = "book" # the name'], ['name = "other" # the name']],
    ['version', '2', ['version = "1"'], ['version = "2"']],
    ['description', 'Long.', [], ['description = "Long."']],
  ] as const)('%s', (key, value, before, after) => {
    expect(changes(FILE, edit(FILE, { kind: 'head', key, value }))).toEqual([before, after])
  })
})

describe('a node', () => {
  const node: PipelineNode = { id: 'new', plugin: 'copy', options: { a: 1 } }
  const ids = (text: string) => parsePipeline(text, 'x').nodes.map(({ id }) => id)
  const comments = (text: string) => text.match(/#.*$/gm)!.map(comment => comment.trim())

  it('is added at any place, before the comments of the next', () => {
    for (const [to, order] of [
      [0, ['new', 'clean', 'tts', 'long', 'bare']],
      [1, ['clean', 'new', 'tts', 'long', 'bare']],
      [4, ['clean', 'tts', 'long', 'bare', 'new']],
    ] as const) {
      const after = edit(FILE, { kind: 'add', node, to })
      expect(ids(after)).toEqual(order)
      expect(comments(after)).toEqual(comments(FILE))
      expect(after).not.toContain('\n\n\n')
    }
    expect(edit(FILE, { kind: 'add', node, to: 1 })).toContain('a = 1\n\n# What speaks.\n[[nodes]]\n')
  })

  it('takes its own comments along when it goes, and leaves those of others', () => {
    const after = edit(FILE, { kind: 'remove', node: 'clean' })
    expect(ids(after)).toEqual(['tts', 'long', 'bare'])
    expect(after).toMatch(
      /^# My audiobook\.\nname = "book" # the name\nversion = "1"\n\n# behind the options\n\n# What speaks\./,
    )
    expect(edit(FILE, { kind: 'remove', node: 'bare' })).toMatch(/# one line\n\n# the end\n$/)
  })

  it('moves with its comments', () => {
    for (const [to, order] of [
      [0, ['tts', 'clean', 'long', 'bare']],
      [1, ['clean', 'tts', 'long', 'bare']],
      [2, ['clean', 'long', 'tts', 'bare']],
      [3, ['clean', 'long', 'bare', 'tts']],
    ] as const) {
      const after = edit(FILE, { kind: 'move', node: 'tts', to })
      expect(ids(after)).toEqual(order)
      expect(comments(after).toSorted()).toEqual(comments(FILE).toSorted())
      expect(after).toContain('# What speaks.\n[[nodes]]\nid = \'tts\'\nplugin = "kokoro-tts"\noptions = {')
    }
    expect(edit(FILE, { kind: 'move', node: 'tts', to: 1 })).toBe(FILE)
  })
})

describe('what can’t be done', () => {
  const inline = 'name = "a"\nnodes = [{ id = "x", plugin = "p" }] # all\n'

  it.each([
    [inline, option('x', 'a', 1), 'unsupported', 'set the option “a” of the node “x” to 1'],
    [inline, { kind: 'remove', node: 'x' } as CrEdit, 'bad-input', 'There are no nodes'],
    [FILE, option('nobody', 'a', 1), 'not-found', 'book.cr has no node “nobody”'],
    [FILE, { kind: 'head', key: 'name', value: 'a b' } as CrEdit, 'bad-input', '“name” must be'],
    [FILE, { kind: 'add', node: { id: 'tts', plugin: 'p', options: {} }, to: 0 } as CrEdit, 'bad-input', 'Two nodes'],
    ['name = "a"\n', option('x', 'a', 1), 'bad-input', 'There are no nodes'],
    ['[[', option('x', 'a', 1), 'bad-input', 'can’t be read'],
  ])('%j: %j', (text, change, code, words) => {
    const error = faultOf(() => edit(text, change))
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)])
  })

  it('leaves text of which the last node goes', () => {
    const one = 'name = "a"\n[[nodes]]\nid = "x"\nplugin = "p"\n'
    expect(faultOf(() => edit(one, { kind: 'remove', node: 'x' })).message).toContain('There are no nodes')
    expect(edit(`${inline}`, { kind: 'head', key: 'name', value: 'b' })).toBe(inline.replace('"a"', '"b"'))
  })
})

describe('any pipeline', () => {
  const scalar = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.constantFrom('', '#', '"""', "'''", '\n', '\\', ' = [', '}', '\r\n\t'),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(0.5, -1e300, 2 ** 60, 1e21),
  )
  const key = fc.oneof(fc.stringMatching(/^[a-z][a-z0-9_-]{0,6}$/), fc.constantFrom('a b', 'a.b', '"', 'ü', ''))
  const node = fc.record({
    id: fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/),
    plugin: fc.stringMatching(/^[a-z]{1,6}$/),
    options: fc.dictionary(key, scalar, { maxKeys: 4, noNullPrototype: true }),
  })
  const nodes = fc.uniqueArray(node, { minLength: 1, maxLength: 5, selector: ({ id }) => id })
  const pipeline = nodes.map((list): Pipeline => ({ name: 'any', version: '1', description: '', nodes: list }))

  it('is written so that it is read as it was', () => {
    fc.assert(fc.property(pipeline, one => void expect(parsePipeline(formatCr(one), 'x')).toEqual(one)))
    const odd = { name: 'a', version: '1', description: 'd', nodes: [{ id: 'x', plugin: 'p', options: { a: null } }] }
    expect(faultOf(() => formatCr(odd)).code).toBe('bad-input')
  })

  it('is edited to what was meant', () => {
    fc.assert(
      fc.property(pipeline, node, key, scalar, fc.nat(5), fc.nat(5), (one, more, name, value, which, to) => {
        const target = one.nodes[which % one.nodes.length]!
        let text = `# top\n${formatCr(one).replace(/^plugin.*$/gm, '$& # why')}# end`
        text = edit(text, { kind: 'option', node: target.id, option: name, value })
        const places = one.nodes.length
        text = edit(text, { kind: 'move', node: target.id, to: to % places })
        if (!one.nodes.some(({ id }) => id === more.id)) {
          text = edit(text, { kind: 'add', node: more, to: to % (places + 1) }, { kind: 'remove', node: more.id })
        }
        const expected = one.nodes.filter(({ id }) => id !== target.id)
        expected.splice(to % places, 0, { ...target, options: { ...target.options, [name]: value } })
        expect(parsePipeline(text, 'x')).toEqual({ ...one, nodes: expected })
        expect(text.match(/# why/g)).toHaveLength(places)
      }),
    )
  })
})
