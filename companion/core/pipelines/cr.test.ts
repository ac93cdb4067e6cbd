import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { checkPipeline, MAX_NODES, MAX_PIPELINE, parsePipeline } from './cr.ts'

const node = (at: number, more = '') => `[[nodes]]\nid = "n${at}"\nplugin = "copy"\n${more}`
const nodes = (count: number) => Array.from({ length: count }, (_, at) => node(at)).join('')
const HEAD = 'name = "book"\n'

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(SeamError)
    expect((error as SeamError).code).toBe('bad-input')
    return (error as SeamError).message
  }
  return expect.unreachable('It was taken.')
}

const fault = (text: string) => messageOf(() => parsePipeline(text, 'book.cr'))

describe('a pipeline', () => {
  it('is read with what it leaves out filled in', () => {
    const text = `${HEAD}${node(1, '[nodes.options]\nvoice = "af_heart"\nspeed = 1.5\n')}${node(2)}`
    expect(parsePipeline(text, 'book.cr')).toEqual({
      name: 'book',
      version: '1',
      description: '',
      nodes: [
        { id: 'n1', plugin: 'copy', options: { voice: 'af_heart', speed: 1.5 } },
        { id: 'n2', plugin: 'copy', options: {} },
      ],
    })
  })

  it('comes as JSON just as well', () => {
    const data = { name: 'book', version: '2', description: 'd', nodes: [{ id: 'a', plugin: 'b', options: { c: 1 } }] }
    expect(checkPipeline(JSON.parse(JSON.stringify(data)), 'It')).toEqual(data)
    for (const other of [null, [], 'text', 7, new Date(0)]) {
      expect(messageOf(() => checkPipeline(other, 'It'))).toContain('is not a table')
    }
    expect(messageOf(() => checkPipeline({ name: 'a', nodes: {} }, 'It'))).toContain('“nodes” must be a list')
    expect(messageOf(() => checkPipeline({ name: 'a', nodes: [null] }, 'It'))).toContain('Node 1 is not a table')
  })

  it.each([
    [`${HEAD}verison = "1"\n${nodes(1)}`, 'no key “verison”. Did you mean “version”?'],
    [HEAD + node(1, 'optoins = {}\n'), 'Node 1: There is no key “optoins”. Did you mean “options”?'],
    [`${HEAD}edges = []\n${nodes(1)}`, 'There is no “edges”: nodes run in the order'],
    [HEAD + node(1, 'next = "n2"\n'), 'There is no “next”: nodes run in the order'],
    [HEAD + node(1) + node(1), 'Two nodes have the id “n1”'],
    [HEAD, 'There are no nodes'],
    [`${HEAD}nodes = []\n`, 'There are no nodes'],
    [`${HEAD}nodes = "x"\n`, '“nodes” must be a list'],
    [nodes(1), '“name” is missing: write name ='],
    [`name = "${'a'.repeat(65)}"\n${nodes(1)}`, '“name” must be'],
    [`name = "../x"\n${nodes(1)}`, '“name” must be'],
    [`${HEAD}version = 1\n${nodes(1)}`, '“version” must be text'],
    [`${HEAD}description = ["a"]\n${nodes(1)}`, '“description” must be text'],
    [`${HEAD}[[nodes]]\nplugin = "copy"\n`, 'Node 1 needs an “id”'],
    [`${HEAD}[[nodes]]\nid = "a b"\nplugin = "copy"\n`, 'Node 1 needs an “id”'],
    [`${HEAD}[[nodes]]\nid = "a"\n`, 'Node 1 needs a “plugin”'],
    [HEAD + node(1, 'options = [1]\n'), 'Node 1: “options” must be a table'],
    [HEAD + node(1, 'options = { a = 1, b = [1] }\n'), 'the option “b” must be text, a number, or true or false'],
    [HEAD + node(1, 'options.a.b = 1\n'), 'the option “a” must be'],
    [HEAD + node(1, 'options.a = 1979-05-27\n'), 'the option “a” must be'],
    [`${HEAD}[[nodes]\n`, 'line 2, column'],
  ])('is refused: %j', (text, words) => {
    const message = fault(text)
    expect(message).toContain(words)
    expect(message).toMatch(/^book\.cr/)
  })

  it('says all that is wrong at once', () => {
    const message = fault(`name = 7\nedges = 1\n[[nodes]]\nfrom = 1\n`)
    for (const words of ['“name”', '“edges”', '“from”', '“id”', '“plugin”']) expect(message).toContain(words)
  })

  it('has 32 nodes at most', () => {
    expect(MAX_NODES).toBe(32)
    expect(parsePipeline(HEAD + nodes(32), 'book.cr').nodes).toHaveLength(32)
    expect(fault(HEAD + nodes(33))).toContain('There are 33 nodes; 32 are allowed.')
  })

  it('has a text of 1 MiB at most', () => {
    const text = HEAD + nodes(1)
    const filled = (size: number) => `${text}#${'x'.repeat(size - text.length - 1)}`
    expect(MAX_PIPELINE).toBe(1_048_576)
    expect(parsePipeline(filled(MAX_PIPELINE), 'book.cr').name).toBe('book')
    expect(fault(filled(MAX_PIPELINE + 1))).toContain('1048577 characters')
  })
})

describe('whatever is given', () => {
  const judged = (work: () => unknown) => {
    try {
      work()
    } catch (error) {
      expect(error).toBeInstanceOf(SeamError)
      expect((error as SeamError).code).toBe('bad-input')
      expect((error as SeamError).message.length).toBeLessThan(20_000)
    }
  }

  it('as text is a pipeline or a sentence', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => judged(() => parsePipeline(text, 'It'))),
    )
    const parts = ['[[', ']]', '[', ']', 'nodes', '.', '=', '{', '}', '"', "'''", '\n', 'id', '"a"', '#', ',', '1979-']
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), all =>
        judged(() => parsePipeline(all.join(''), 'It')),
      ),
    )
  })

  it('as JSON is a pipeline or a sentence', () => {
    const keys = fc.constantFrom('id', 'plugin', 'options', 'next', '__proto__', 'constructor')
    const one = fc.oneof(fc.dictionary(keys, fc.jsonValue()), fc.jsonValue())
    const data = fc.record(
      {
        name: fc.oneof(fc.constant('a'), fc.jsonValue()),
        version: fc.jsonValue(),
        description: fc.jsonValue(),
        nodes: fc.oneof(fc.array(one, { maxLength: 40 }), fc.jsonValue()),
        edges: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    fc.assert(fc.property(fc.oneof(data, fc.jsonValue()), given => judged(() => checkPipeline(given, 'It'))))
  })

  it('is answered in few words, however long its names and however deep its tables are', () => {
    const long = 'x'.repeat(300_000)
    for (const text of [
      `${HEAD}[[nodes]]\nid = "${long}"\nplugin = "a"\n[[nodes]]\nid = "${long}"\nplugin = "a"\n`,
      HEAD + node(1, `[nodes.options]\n${long}.a = 1\n`),
      HEAD + node(1, `options${'.a'.repeat(100_000)} = 1\n`),
      HEAD + node(1, `options.a = ${'['.repeat(900)}${']'.repeat(900)}\n`),
    ]) {
      expect(fault(text).length).toBeLessThan(1000)
    }
  })

  it('is read again as it was meant, when it is one', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,10}$/)
    const option = fc.oneof(fc.string(), fc.integer(), fc.boolean())
    const step = fc.record({
      id: name,
      plugin: fc.string({ minLength: 1, maxLength: 8 }),
      options: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), option, { noNullPrototype: true, maxKeys: 4 }),
    })
    const list = fc.uniqueArray(step, { minLength: 1, maxLength: 6, selector: ({ id }) => id })
    fc.assert(
      fc.property(fc.record({ name, version: fc.string(), description: fc.string(), nodes: list }), pipeline => {
        if (JSON.stringify(pipeline).includes('__proto__')) return
        expect(parsePipeline(stringify(pipeline), 'It')).toEqual(pipeline)
      }),
    )
  })

  it('is judged in bounded time at the largest size', () => {
    const most = (part: (at: number) => string) => {
      const parts: string[] = []
      for (let size = 0, at = 0; size < 1_040_000; at++) size += parts[parts.push(part(at)) - 1]!.length
      return HEAD + parts.join('')
    }
    for (const part of [
      (at: number) => node(at),
      (at: number) => `k${at} = 1\n`,
      (at: number) => (at === 0 ? `${node(1)}[nodes.options]\n` : `k${at} = 1\n`),
      () => '[[nodes]]\n',
      () => '[',
    ]) {
      judged(() => parsePipeline(most(part), 'It'))
    }
  })
})
