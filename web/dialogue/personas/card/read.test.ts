import { describe, expect, it } from 'vitest'
import { DEFAULT_SPEECH, EMPTY_LORE_ENTRY } from '../defaults.ts'
import {
  MAX_CARD_DEPTH,
  MAX_GREETINGS,
  MAX_LORE_ENTRIES,
  MAX_LORE_KEY,
  MAX_LORE_KEYS,
  MAX_PERSONA_NAME,
  MAX_PERSONA_TEXT,
  MAX_VOICES,
} from '../limits.ts'
import { decodeJson, parseCardJson } from './parse.ts'
import { readCard } from './read.ts'
import { dataOf, entry, NOW, v1, v2 } from './test-data.ts'
import { writeCard } from './write.ts'

describe('reading a card', () => {
  it('takes every field of version 2 that a talk needs', () => {
    const { persona, problems } = readCard(v2, 'iris')
    expect(problems).toEqual([])
    expect(persona).toEqual({
      id: 'iris',
      name: 'Iris',
      prompt: 'Be {{char}}.',
      description: 'A gardener.',
      personality: 'Dry.',
      postHistory: 'Stay brief.',
      greeting: 'Mind the roses.',
      otherGreetings: ['Oh, a visitor.'],
      ...DEFAULT_SPEECH,
      lorebook: {
        entries: [
          { ...EMPTY_LORE_ENTRY, keys: ['rose'], content: 'Roses are her pride.', order: 5, priority: 5, from: 0 },
        ],
        scanDepth: 3,
        tokenBudget: 200,
        recursive: true,
      },
      card: v2,
    })
  })

  it('takes version 1, which has six fields and no frame', () => {
    expect(readCard(v1).persona).toMatchObject({
      name: 'Iris',
      description: 'A gardener.',
      greeting: 'Mind the roses.',
    })
  })

  it('takes a newer version for what is known of it, and says so', () => {
    const { persona, problems } = readCard({ ...v2, spec: 'chara_card_v3', spec_version: '3.4' })
    expect(persona.name).toBe('Iris')
    expect(problems).toEqual([expect.stringContaining('newer version')])
  })

  it('reads its own fields, and puts figures into their range', () => {
    const own = { voice: [{ id: 'bm_lewis', weight: 2 }, { id: '', weight: 1 }, 'x'], speed: 9, lang: 'EN-gb' }
    const card = { ...v2, data: { ...v2.data, extensions: { voxloom: { ...own, temperature: -1, spoken: false } } } }
    expect(readCard(card).persona).toMatchObject({
      voice: [{ id: 'bm_lewis', weight: 2 }],
      speed: 2,
      lang: 'en-gb',
      temperature: 0,
      spoken: false,
    })
  })

  it.each([
    ['text', 'a text'],
    ['a list', []],
    ['null', null],
    ['an empty object', {}],
    ['a name alone', { name: 'Iris' }],
    ['another spec', { spec: 'settings', name: 'x', description: 'y' }],
    ['a frame around nothing', { data: { theme: 'dark' } }],
  ])('refuses %s', (_what, value) => {
    expect(() => readCard(value)).toThrow('holds no character card')
  })

  it('says what a lorebook alone is', () => {
    expect(() => readCard({ spec: 'lorebook_v3', data: { entries: [] } })).toThrow('It is a lorebook')
  })

  it('names fields of the wrong kind, keeps what could be read, and gives them back as they came', () => {
    const card = {
      ...v2,
      data: {
        ...v2.data,
        description: 5,
        alternate_greetings: ['Hello.', { text: 'no' }],
        character_book: { entries: [entry, 'broken', { ...entry, keys: { a: 1 }, insertion_order: 'first' }] },
      },
    }
    const { persona, problems } = readCard(card)
    expect(persona.description).toBeUndefined()
    expect(persona.otherGreetings).toEqual(['Hello.'])
    expect(persona.lorebook?.entries.map(each => each.from)).toEqual([0, 2])
    expect(problems.join('\n')).toContain('“data.description” holds a number where text belongs')
    expect(problems.join('\n')).toContain('“data.alternate_greetings” holds')
    expect(problems.join('\n')).toContain('Entry 2 of the lorebook is no object')
    expect(problems.join('\n')).toContain('“data.character_book.entries[2].keys” holds an object')
    expect(dataOf(writeCard(persona, NOW))).toMatchObject({
      description: 5,
      alternate_greetings: ['Hello.', { text: 'no' }],
      character_book: { entries: [entry, 'broken', { keys: { a: 1 }, insertion_order: 'first' }] },
    })
  })

  it('keeps script as the text that it is', () => {
    const script = '<img src=x onerror=alert(1)><script>alert(2)</script>{{constructor}}'
    const { persona } = readCard({ ...v1, name: script, description: script })
    expect([persona.name, persona.description]).toEqual([script, script])
  })

  it('never reaches a prototype', () => {
    const card = parseCardJson(
      JSON.stringify({ ...v2, data: { ...v2.data, extensions: {} } }).replace(
        '"extensions":{}',
        '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"extensions":{"__proto__":{"polluted":1}}',
      ),
    )
    const written = JSON.stringify(writeCard(readCard(card).persona, NOW))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
    expect(written).toContain('"__proto__":{"polluted":1}')
    expect(written).toContain('"constructor":{"prototype":{"polluted":1}}')
  })

  it('uses texts up to their limit and says what is longer', () => {
    const text = (length: number) => readCard({ ...v1, description: 'x'.repeat(length) })
    expect(text(MAX_PERSONA_TEXT).problems).toEqual([])
    const long = text(MAX_PERSONA_TEXT + 1)
    expect(long.problems).toEqual([expect.stringContaining(`more than ${MAX_PERSONA_TEXT} characters`)])
    expect(long.persona.description).toHaveLength(MAX_PERSONA_TEXT)
    expect(dataOf(writeCard(long.persona, NOW))['description']).toHaveLength(MAX_PERSONA_TEXT + 1)
  })

  it('uses entries, keys and greetings up to their limits, and loses none of the others', () => {
    const read = (entries: number, keys: number, greetings: number) =>
      readCard({
        ...v2,
        data: {
          ...v2.data,
          alternate_greetings: Array.from({ length: greetings }, (_, at) => `Hello ${at}`),
          character_book: {
            entries: Array.from({ length: entries }, () => ({ ...entry, keys: Array.from({ length: keys }, String) })),
          },
        },
      })
    expect(read(1, MAX_LORE_KEYS, MAX_GREETINGS).problems).toEqual([])
    expect(read(1, MAX_LORE_KEYS + 1, MAX_GREETINGS + 1).problems).toHaveLength(2)
    expect(read(MAX_LORE_ENTRIES, 1, 0).problems).toEqual([])
    const { persona, problems } = read(MAX_LORE_ENTRIES + 1, 1, 0)
    expect(problems).toEqual([expect.stringContaining(`the first ${MAX_LORE_ENTRIES} are used`)])
    expect(persona.lorebook?.entries).toHaveLength(MAX_LORE_ENTRIES)
    const book = dataOf(writeCard(persona, NOW))['character_book'] as { entries: unknown[] }
    expect(book.entries).toHaveLength(MAX_LORE_ENTRIES + 1)
  })

  it('uses names, keys and voices up to their limits, and says what is longer', () => {
    const read = (name: number, key: number, voices: number) =>
      readCard({
        ...v2,
        data: {
          ...v2.data,
          name: 'n'.repeat(name),
          extensions: { voxloom: { voice: Array.from({ length: voices }, (_, at) => ({ id: `v${at}`, weight: 1 })) } },
          character_book: { entries: [{ ...entry, keys: ['k'.repeat(key)] }] },
        },
      })
    expect(read(MAX_PERSONA_NAME, MAX_LORE_KEY, MAX_VOICES).problems).toEqual([])
    const { persona, problems } = read(MAX_PERSONA_NAME + 1, MAX_LORE_KEY + 1, MAX_VOICES + 1)
    expect(problems).toHaveLength(3)
    expect(persona.name).toHaveLength(MAX_PERSONA_NAME)
    expect(persona.lorebook?.entries[0]?.keys[0]).toHaveLength(MAX_LORE_KEY)
    expect(persona.voice).toHaveLength(MAX_VOICES)
  })

  it('takes nesting up to the limit, and refuses one level more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(Array.isArray(parseCardJson(nested(MAX_CARD_DEPTH)))).toBe(true)
    expect(() => parseCardJson(nested(MAX_CARD_DEPTH + 1))).toThrow('nests deeper')
    expect(() => parseCardJson(nested(200_000))).toThrow(/nests deeper|not valid JSON/)
  })

  it.each([
    ['UTF-8 with a byte order mark', (text: string) => new TextEncoder().encode(`\ufeff${text}`)],
    ['UTF-16, little end first', (text: string) => utf16(`\ufeff${text}`, true)],
    ['UTF-16, big end first', (text: string) => utf16(`\ufeff${text}`, false)],
    ['UTF-16 without a mark', (text: string) => utf16(text, true)],
    ['UTF-16, big end first, without a mark', (text: string) => utf16(text, false)],
  ])('reads %s', (_what, encode) => {
    const card = { ...v1, name: 'Ìrïs 🌹' }
    expect(parseCardJson(decodeJson(encode(JSON.stringify(card))))).toEqual(card)
  })

  it('refuses bytes that are no text', () => {
    expect(() => decodeJson(Uint8Array.of(0x7b, 0xff, 0x7d))).toThrow('UTF-8')
  })
})

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at++) view.setUint16(2 * at, text.charCodeAt(at), littleEndian)
  return bytes
}
