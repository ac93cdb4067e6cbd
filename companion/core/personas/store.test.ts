import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import { nora } from '#dialogue/personas/included/nora.ts'
import type { PersonaDraft } from '#protocol/personas.ts'
import { checkPersona, MAX_PERSONA_JSON } from './change.ts'
import { findPersona } from './find.ts'
import { MOST_PERSONAS, PersonaStore } from './store.ts'

let state: string
let store: PersonaStore
let warnings: string[]
const open = () => new PersonaStore(state, message => warnings.push(message))
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'voxloom-personas-'))
  warnings = []
  store = open()
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const draft = (name: string, more: Partial<PersonaDraft> = {}): PersonaDraft => {
  const { id: _id, ...persona } = newPersona(name)
  return { ...persona, ...more }
}
const at = (...parts: string[]) => join(state, 'personas', ...parts)
const names = async () => (await open().list()).map(({ name }) => name)

describe('personas', () => {
  it('are the included ones from the beginning, and no file is made for them', async () => {
    expect(await store.list()).toEqual(
      INCLUDED_PERSONAS.map(persona => ({ ...persona, origin: 'included', revision: 0 })),
    )
    expect(await store.get('included:nora')).toMatchObject({ name: 'Nora', revision: 0 })
    expect(readdirSync(state)).toEqual([])
  })

  it('are kept as they were made, in order, for this account alone', async () => {
    const zoe = await store.create(draft('Zoe', { prompt: 'You are Zoe.', card: { data: { name: 'Zoe' } } }))
    await store.create(draft('ada 10'))
    await store.create(draft('Ada 9'))
    expect(await names()).toEqual([...INCLUDED_PERSONAS.map(({ name }) => name), 'Ada 9', 'ada 10', 'Zoe'])
    expect(zoe).toMatchObject({ origin: 'own', revision: 1, prompt: 'You are Zoe.' })
    expect(await open().get(zoe.id)).toEqual(zoe)
    // Its card may be large.
    expect((await open().list()).find(({ id }) => id === zoe.id)).not.toHaveProperty('card')
    if (process.platform === 'win32') return
    expect(statSync(at()).mode & 0o777).toBe(0o700)
    for (const file of readdirSync(at(zoe.id))) expect(statSync(at(zoe.id, file)).mode & 0o777).toBe(0o600)
  })

  it('keep the files that came with them, whatever those are called', async () => {
    const files = {
      picture: Uint8Array.of(1, 2),
      assets: { '../../evil': Uint8Array.of(3), 'a/b.png': Uint8Array.of(4, 5) },
    }
    const { id } = await store.create(draft('Iris'), files)
    await store.update(id, { prompt: 'Prune.' })
    expect(await open().files(id)).toEqual(files)
    expect(readdirSync(state)).toEqual(['personas'])
    await store.remove(id)
    expect(await store.files(id)).toEqual({ assets: {} })
    expect(readdirSync(at())).toEqual([])
  })

  it('are named by what people type', async () => {
    const { id } = await store.create(draft('Iris the Gardener'))
    expect((await findPersona(store, 'nora')).id).toBe('included:nora')
    expect((await findPersona(store, 'iris THE gardener')).id).toBe(id)
    expect((await findPersona(store, id)).id).toBe(id)
    await expect(findPersona(store, 'Norra')).rejects.toThrow('Did you mean “Nora”?')
    await store.create(draft('Nora'))
    await expect(findPersona(store, 'Nora')).rejects.toThrow('2 personas are called “Nora”')
    expect((await findPersona(store, 'included:nora')).id).toBe('included:nora')
  })

  it.each(['', '..', '../language', 'included:nobody', 'included-nora', '.lock'])(
    'are not there under %j',
    async id => {
      expect(await store.get(id)).toBeUndefined()
      await expect(store.remove(id)).rejects.toMatchObject({ code: 'not-found' })
    },
  )
})

describe('a change', () => {
  it('raises the revision, keeps what it does not speak of, and takes away what is null', async () => {
    const made = await store.create(draft('Iris', { scenario: 'In a garden.', temperature: 1 }))
    const changed = await store.update(made.id, { temperature: null, speed: 1.5 })
    expect(changed).toMatchObject({ scenario: 'In a garden.', speed: 1.5, revision: 2 })
    expect(changed).not.toHaveProperty('temperature')
    expect(await open().get(made.id)).toEqual(changed)
  })

  it('keeps keys that are not known here', async () => {
    const later = { mood: { of: 'a later version' } } as Partial<PersonaDraft>
    const { id } = await store.create(draft('Iris', later))
    await store.update(id, { name: 'Ivy' })
    expect(await open().get(id)).toMatchObject({ name: 'Ivy', ...later })
  })

  it('replaces a card whole, and leaves no older one behind', async () => {
    const { id } = await store.create(draft('Iris', { card: { data: { name: 'Iris' } } }))
    await store.update(id, { card: { data: { name: 'Ivy' }, own: 1 } })
    expect((await open().get(id))!.card).toEqual({ data: { name: 'Ivy' }, own: 1 })
    expect(readdirSync(at(id)).filter(name => name.startsWith('card'))).toHaveLength(1)
    await store.update(id, { card: null })
    expect(readdirSync(at(id))).toEqual(['persona.json'])
  })

  it('that was made from an older one is refused, and so is its removal', async () => {
    const { id } = await store.create(draft('Iris'))
    await store.update(id, { speed: 1.5 }, 1)
    const stale = { code: 'conflict', message: expect.stringContaining('revision 2; this was asked of 1') }
    await expect(store.update(id, { speed: 2 }, 1)).rejects.toMatchObject(stale)
    await expect(store.remove(id, 1)).rejects.toMatchObject(stale)
    expect(await store.get(id)).toMatchObject({ speed: 1.5, revision: 2 })
  })

  it('that takes away what every persona has, or that is no card, is refused', async () => {
    const { id } = await store.create(draft('Iris'))
    await expect(store.update(id, { voice: null })).rejects.toThrow('“voice” can’t be taken away')
    await expect(store.update(id, { card: { spec: 'lorebook_v3' } })).rejects.toThrow('It is a lorebook')
    expect(await store.get(id)).toMatchObject({ revision: 1 })
  })

  it('of several at a time, in this process and in another, is never lost', async () => {
    const module = fileURLToPath(new URL('./store.ts', import.meta.url))
    const work = `const { PersonaStore } = await import(${JSON.stringify(module)})
      const store = new PersonaStore(${JSON.stringify(state)})
      for (let at = 0; at < 5; at++) await store.update('included:nora', { speed: 1 })`
    const other = promisify(execFile)(process.execPath, ['--input-type=module', '-e', work])
    const mine = Array.from({ length: 5 }, () => open().update('included:nora', { speed: 1 }))
    await Promise.all([other, ...mine])
    expect(await store.get('included:nora')).toMatchObject({ revision: 10 })
  })
})

describe('an included persona', () => {
  it('becomes one’s own version when it is changed', async () => {
    const changed = await store.update('included:nora', { name: 'Nora K.' }, 0)
    expect(changed).toMatchObject({ id: 'included:nora', name: 'Nora K.', prompt: nora.prompt, origin: 'changed' })
    expect((await names())[0]).toBe('Nora K.')
  })

  it('stays away when it was removed, until it is set back', async () => {
    await store.remove('included:nora')
    expect(await names()).not.toContain('Nora')
    expect(await open().get('included:nora')).toBeUndefined()
    expect(await open().reset('included:nora')).toEqual({
      ...nora,
      origin: 'included',
      revision: 2,
      updatedAt: expect.any(String),
    })
    expect((await names())[0]).toBe('Nora')
  })

  it('counts on when it is set back: a change made from before that is refused', async () => {
    await store.update('included:nora', { speed: 2 })
    const { revision } = await store.reset('included:nora')
    expect(revision).toBe(2)
    await expect(store.update('included:nora', { speed: 1 }, 1)).rejects.toMatchObject({ code: 'conflict' })
    // Set back already: nothing to write.
    expect(await store.reset('included:nora')).toMatchObject({ revision: 2 })
    expect(await store.reset('included:wren')).toMatchObject({ revision: 0 })
  })

  it('is what alone can be set back', async () => {
    const { id } = await store.create(draft('Iris'))
    await expect(store.reset(id)).rejects.toThrow('did not come with Voxloom')
    await expect(store.reset('nobody')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('what goes wrong', () => {
  it('with one persona leaves the others alone, and it can be removed', async () => {
    const { id } = await store.create(draft('Iris'))
    writeFileSync(at(id, 'persona.json'), '{"format":1,')
    expect(await names()).toEqual(INCLUDED_PERSONAS.map(({ name }) => name))
    expect(warnings).toEqual([expect.stringMatching(/persona\.json is damaged\. The other personas are not touched/)])
    await expect(store.get(id)).rejects.toMatchObject({ code: 'integrity' })
    await store.remove(id)
    expect(await store.get(id)).toBeUndefined()
    mkdirSync(at('included-nora'))
    writeFileSync(at('included-nora', 'persona.json'), '[]')
    expect(await names()).not.toContain('Nora')
    expect(await store.reset('included:nora')).toMatchObject({ name: 'Nora', origin: 'included' })
  })

  it('is told when a file of a persona is gone', async () => {
    const { id } = await store.create(draft('Iris', { card: { data: { name: 'x' } } }), {
      assets: { a: Uint8Array.of(1) },
    })
    rmSync(at(id, 'asset-0'))
    await expect(store.files(id)).rejects.toMatchObject({ code: 'integrity' })
    for (const name of readdirSync(at(id)).filter(name => name.startsWith('card'))) rmSync(at(id, name))
    await expect(store.get(id)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('in the middle of making one leaves nothing that counts', async () => {
    const half = at('00000000-0000-4000-8000-000000000000')
    mkdirSync(half, { recursive: true })
    writeFileSync(join(half, 'picture'), 'x')
    mkdirSync(at('strangers'))
    expect(await names()).toHaveLength(INCLUDED_PERSONAS.length)
    await store.create(draft('Iris'))
    expect(readdirSync(at())).not.toContain('00000000-0000-4000-8000-000000000000')
    // What is not ours is not ours to remove.
    expect(readdirSync(at())).toContain('strangers')
  })

  it('is told in words when the folder can’t be written', async () => {
    await store.create(draft('Iris'))
    // For root no permission is missing; a folder of the kernel's is closed to it as well.
    const closed = process.getuid?.() === 0 ? '/sys' : state
    chmodSync(at(), 0o500)
    const creating = new PersonaStore(closed, () => {}).create(draft('Ivy'))
    await expect(creating).rejects.toMatchObject({ code: 'refused' })
    chmodSync(at(), 0o700)
  })
})

describe('limits', () => {
  it('of how many there are', async () => {
    const record = { format: 1, revision: 1, updatedAt: new Date().toISOString() }
    for (let count = 1; count < MOST_PERSONAS; count++) {
      const id = `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
      mkdirSync(at(id), { recursive: true })
      writeFileSync(at(id, 'persona.json'), JSON.stringify({ ...record, persona: { ...draft(`P${count}`), id } }))
    }
    await store.create(draft('The last one'))
    await expect(store.create(draft('One more'))).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(String(MOST_PERSONAS)),
    })
    expect(await names()).toHaveLength(INCLUDED_PERSONAS.length + MOST_PERSONAS)
    // Included ones do not count.
    await store.update('included:nora', { speed: 1 })
  })

  it('of how large one is, and how deep it nests', () => {
    const plain = JSON.stringify(draft('Iris', { description: '' })).length
    const sized = (length: number) => draft('Iris', { description: 'x'.repeat(length - plain) })
    expect(() => checkPersona(sized(MAX_PERSONA_JSON))).not.toThrow()
    expect(() => checkPersona(sized(MAX_PERSONA_JSON + 1))).toThrow(`at most ${MAX_PERSONA_JSON}`)
    let deep: unknown = 'x'
    for (let level = 0; level < 20_000; level++) deep = [deep]
    expect(() => checkPersona(draft('Iris', { mood: deep } as Partial<PersonaDraft>))).toThrow('nests deeper')
  })
})
