import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { importPersonas } from '#dialogue/personas/import.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import { MAX_YAML } from '#dialogue/personas/limits.ts'
import { readYaml } from '#dialogue/personas/yaml.ts'
import type { Persona } from '#protocol/personas.ts'
import { cardTools, PERSONA_FORMATS, writePersona } from './card-files.ts'
import { personaToYaml } from './yaml.ts'

const CARD = {
  spec: 'chara_card_v3',
  spec_version: '3.0',
  data: { name: 'Iris', description: 'x', mood: [1, { a: 2 }] },
}
const read = (bytes: Uint8Array) => importPersonas(new Uint8Array(bytes), cardTools())
const charx = (files: Record<string, Uint8Array> = {}, level: 0 | 6 = 0) =>
  zipSync({ 'card.json': strToU8(JSON.stringify(CARD)), ...files }, { level })

describe('a persona', () => {
  it.each(PERSONA_FORMATS)('goes out as %s and comes back', async format => {
    for (const persona of [...INCLUDED_PERSONAS, { ...newPersona('Grüße 🌹'), prompt: 'Prune.\n\nTwice: #1 “so”.' }]) {
      const [found] = await read(writePersona(persona, { assets: {} }, format))
      const { id: _id, card: _card, lorebook, ...again } = found!.persona
      const { id: _own, lorebook: book, ...whole } = persona
      expect(again).toEqual(whole)
      const entries = lorebook?.entries.map(({ from: _from, ...entry }) => entry)
      expect(lorebook && { ...lorebook, entries }).toEqual(book)
      expect(found!.problems).toEqual([])
    }
  })

  it.each(['json', 'png', 'charx'] as const)('takes what nobody knows of its card along, as %s', async format => {
    const [came] = await read(charx({ 'assets/a.webp': strToU8('picture'), 'own/x.bin': strToU8('own') }))
    const { persona, files } = came!
    const [again] = await read(writePersona({ ...persona, prompt: 'Prune.' }, files, format))
    expect(again!.persona).toMatchObject({ name: 'Iris', prompt: 'Prune.', card: { data: { mood: [1, { a: 2 }] } } })
    if (format === 'charx') expect(again!.files).toEqual(files)
  })
})

describe('YAML', () => {
  const blend: Persona = {
    ...newPersona('Iris'),
    description: 'Text with: colons, #hashes and a trailing space ',
    voice: [
      { id: 'bf_lily', weight: 0.7 },
      { id: 'bf_emma', weight: 0.3 },
    ],
    spoken: false,
    temperature: 0,
  }

  it('holds blends, flags and zeros', () => {
    const { id: _id, ...again } = readYaml(personaToYaml(blend))[0]!
    const { id: _own, ...whole } = blend
    expect(again).toEqual(whole)
    expect(personaToYaml(blend)).toContain('bf_lily: 0.7')
  })

  it('holds what may not stand in such a file as it is', () => {
    const odd = '\0 \x1b \x7f \x98 \ufeff \uffff # \u2028 “x”'
    const text = personaToYaml({ ...blend, prompt: odd, greeting: `${odd}\n\n${odd}` })
    expect(text).toMatch(/^[\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/)
    expect(readYaml(text)[0]).toMatchObject({ prompt: odd, greeting: `${odd}\n\n${odd}` })
  })

  it('is not written longer than it is read', () => {
    const plain = personaToYaml({ ...blend, description: 'x' }).length - 1
    const text = personaToYaml({ ...blend, description: 'x'.repeat(MAX_YAML - plain) })
    expect(text).toHaveLength(MAX_YAML)
    expect(() => personaToYaml({ ...blend, description: 'x'.repeat(MAX_YAML - plain + 1) })).toThrow(
      `at most ${MAX_YAML} are read again. Nothing was written`,
    )
  })
})

describe('an archive', () => {
  it.each([
    ['leads out of it', { '../evil.json': strToU8('{}') }],
    ['unpacks to far more than it is', { 'assets/bomb.bin': new Uint8Array(5_000_000) }],
    ['has one file twice', { 'Card.json': strToU8('{}') }],
  ])('that %s is refused', async (_what, files: Record<string, Uint8Array>) => {
    await expect(read(charx(files, 6))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/Nothing was imported\.$/),
    })
  })

  it('that is cut short is told apart', async () => {
    await expect(read(charx().slice(0, -30))).rejects.toMatchObject({ code: 'integrity' })
  })

  it('holds as much as the limits say, and not one file or byte more', async () => {
    const bytes = JSON.stringify(CARD).length + 10
    const tools = cardTools({ files: 2, bytes })
    const taken = (files: Record<string, Uint8Array>) => importPersonas(new Uint8Array(charx(files)), tools)
    await expect(taken({ a: new Uint8Array(10) })).resolves.toHaveLength(1)
    await expect(taken({ a: new Uint8Array(11) })).rejects.toThrow(`more than ${bytes} bytes`)
    await expect(taken({ a: new Uint8Array(1), b: new Uint8Array(1) })).rejects.toThrow('more than 2 files')
  })
})
