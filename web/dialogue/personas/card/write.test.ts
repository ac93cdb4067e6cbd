import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Persona } from '#protocol/personas.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY } from '../defaults.ts'
import type { Fields } from './fields.ts'
import { readCard } from './read.ts'
import { dataOf, entry, NOW, v2 } from './test-data.ts'
import { toVersion2, writeCard } from './write.ts'

describe('writing a card', () => {
  it('changes what was changed, and nothing else', () => {
    const { persona } = readCard({ ...v2, name: 'Iris', create_date: 'yesterday' })
    const written = writeCard({ ...persona, name: 'Iris Vale', voice: [{ id: 'bf_lily', weight: 1 }] }, NOW)
    expect(written).toEqual({
      spec: 'chara_card_v3',
      spec_version: '3.0',
      name: 'Iris Vale',
      create_date: 'yesterday',
      data: {
        ...v2.data,
        name: 'Iris Vale',
        creator: '',
        character_version: '',
        group_only_greetings: [],
        character_book: { ...v2.data.character_book, entries: [{ ...entry, use_regex: false }] },
        extensions: {
          agnai: { voice: 7 },
          voxloom: { voice: [{ id: 'bf_lily', weight: 1 }], speed: 1, lang: 'en-us' },
        },
        modification_date: NOW.getTime() / 1000,
      },
    })
  })

  it('changes, removes and adds entries, and keeps what it does not know of the others', () => {
    const strange = {
      ...entry,
      keys: ['bee'],
      selective: false,
      secondary_keys: ['kept'],
      extensions: { depth: 4 },
      odd: [1],
    }
    const card = { ...v2, data: { ...v2.data, character_book: { entries: [entry, 'broken', strange], odd: true } } }
    const { persona } = readCard(card)
    const [, bee] = persona.lorebook!.entries
    const lorebook = {
      ...persona.lorebook!,
      entries: [
        { ...bee!, content: 'Bees like her.', order: 7 },
        { ...EMPTY_LORE_ENTRY, keys: ['new'], content: 'New.' },
      ],
    }
    const book = dataOf(writeCard({ ...persona, lorebook }, NOW))['character_book'] as Fields
    expect(book['odd']).toBe(true)
    expect(book['entries']).toEqual([
      { ...strange, content: 'Bees like her.', insertion_order: 7, use_regex: false },
      'broken',
      expect.objectContaining({ keys: ['new'], content: 'New.', use_regex: false, extensions: {} }),
    ])
    expect('character_book' in dataOf(writeCard(withoutBook(persona), NOW))).toBe(false)
  })

  it('makes a card of a persona that never was one, and reads it back', () => {
    const persona: Persona = {
      id: 'a',
      name: 'Ada',
      nickname: 'A',
      prompt: 'Explain.',
      greeting: 'Hi.',
      otherGreetings: ['Hello.'],
      scenario: 'A lab.',
      voice: [
        { id: 'af_bella', weight: 0.7 },
        { id: 'af_heart', weight: 0.3 },
      ],
      speed: 1.25,
      lang: 'en-us',
      model: 'ollama:llama3.2',
      temperature: 0.4,
      spoken: false,
      lorebook: {
        ...DEFAULT_LORE,
        entries: [{ ...EMPTY_LORE_ENTRY, keys: ['a, b'], regex: true, secondaryKeys: ['c'], content: 'C.' }],
      },
    }
    const { persona: again, problems } = readCard(JSON.parse(JSON.stringify(writeCard(persona, NOW))), 'a')
    expect(problems).toEqual([])
    const { card: _card, lorebook, ...rest } = again
    expect({
      ...rest,
      lorebook: { ...lorebook, entries: lorebook!.entries.map(({ from: _from, ...each }) => each) },
    }).toEqual(persona)
  })

  it('leaves nothing of version 3 in the copy for version 2, and says so there', () => {
    const card = {
      ...v2,
      spec: 'chara_card_v3',
      data: {
        ...v2.data,
        assets: [],
        nickname: 'Rosy',
        character_book: { entries: [{ ...entry, content: '@@depth 2\n@@@role user\n\nRoses.' }] },
      },
    }
    const copy = toVersion2(writeCard(readCard(card).persona, NOW))
    expect(copy).toMatchObject({ spec: 'chara_card_v2', spec_version: '2.0' })
    expect(dataOf(copy)).toMatchObject({
      creator_notes: expect.stringMatching(/^Not for the model\.[^]*version 3/),
      character_book: { entries: [{ content: 'Roses.' }] },
    })
    expect(Object.keys(dataOf(copy))).not.toContain('assets')
    expect(dataOf(toVersion2(writeCard(readCard(v2).persona, NOW)))['creator_notes']).toBe('Not for the model.')
  })

  it('gives back whatever it does not know, at every level', () => {
    const unknown = fc.dictionary(
      fc.string({ unit: 'binary' }).map(key => `x${key}`),
      fc.jsonValue({ maxDepth: 2 }),
      { maxKeys: 3 },
    )
    const text = fc.string({ unit: 'binary', maxLength: 20 })
    const odd = fc.jsonValue({ maxDepth: 1 })
    const anEntry = fc
      .tuple(
        unknown,
        unknown,
        fc.record(
          {
            keys: fc.oneof(fc.array(text, { maxLength: 3 }), odd),
            content: fc.oneof(text, odd),
            insertion_order: fc.oneof(fc.integer(), odd),
            priority: fc.integer(),
            secondary_keys: fc.array(text, { maxLength: 2 }),
            selective: fc.boolean(),
            constant: fc.oneof(fc.boolean(), odd),
            position: fc.constantFrom('before_char', 'after_char', '', 'elsewhere'),
            name: text,
            id: fc.integer(),
          },
          { requiredKeys: [] },
        ),
      )
      .map(([more, extensions, known]) => ({ ...more, ...known, extensions }))
    const card = fc
      .tuple(
        unknown,
        unknown,
        unknown,
        unknown,
        fc.constantFrom(2, 3),
        fc.record({ name: text, first_mes: text, description: fc.oneof(text, odd) }),
        fc.option(
          fc.array(fc.oneof({ weight: 4, arbitrary: anEntry }, { weight: 1, arbitrary: odd }), { maxLength: 4 }),
        ),
        fc.option(fc.array(unknown, { maxLength: 3 })),
      )
      .map(([root, data, extensions, book, version, known, entries, assets]) => ({
        ...root,
        spec: `chara_card_v${version}`,
        spec_version: `${version}.0`,
        data: {
          ...data,
          ...known,
          ...(assets ? { assets } : {}),
          extensions,
          ...(entries ? { character_book: { ...book, extensions: book, entries } } : {}),
        },
      }))
    fc.assert(
      fc.property(card, before => {
        const { persona } = readCard(before)
        const after = JSON.parse(JSON.stringify(writeCard(persona, NOW))) as Fields
        const { voxloom: _own, ...extensions } = dataOf(after)['extensions'] as Record<string, unknown>
        // Whatever stood in the card stands there still, but for its version and dates.
        expect({
          ...after,
          spec: before.spec,
          spec_version: before.spec_version,
          data: { ...dataOf(after), extensions },
        }).toMatchObject(JSON.parse(JSON.stringify(before)) as object)
        const again = JSON.parse(JSON.stringify(writeCard(readCard(after).persona, NOW))) as Fields
        expect(again).toEqual(after)
      }),
      { numRuns: 60 },
    )
  })
})

function withoutBook({ lorebook: _lorebook, ...persona }: Persona): Persona {
  return persona
}
