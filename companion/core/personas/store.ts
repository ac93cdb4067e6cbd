import { randomUUID } from 'node:crypto'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { KeptPersona, Persona, PersonaDraft, PersonaFiles, PersonaPatch } from '#protocol/personas.ts'
import { syncFolder } from '../install/sync-folder.ts'
import { fileError, isMissing } from '../models/files.ts'
import { withLock } from '../models/lock.ts'
import { checkPersona, patched } from './change.ts'
import { PersonaFolder } from './folder.ts'
import { checkRevision, keptPersona, untouched } from './kept.ts'
import { folderName, idOfFolder, includedPersona } from './place.ts'
import type { PersonaRecord } from './record.ts'

/** Personas of one's own that may be kept at a time. */
export const MOST_PERSONAS = 500

const NO_FILES: PersonaFiles = { assets: {} }

/**
 * The personas of this companion: a folder each in `personas` of the state folder. Included ones are there from the
 * beginning; a folder is made for one that is changed or removed. Several processes may use the same folder.
 */
export class PersonaStore {
  readonly #folder: string
  readonly #warn: (message: string) => void

  /** @param warn is told of a persona that was passed over since its files are damaged */
  constructor(stateFolder: string, warn: (message: string) => void = () => {}) {
    this.#folder = join(stateFolder, 'personas')
    this.#warn = warn
  }

  /** The included ones first, then one's own by name; all without their cards. */
  async list(): Promise<KeptPersona[]> {
    const own: KeptPersona[] = []
    const included = new Map<string, KeptPersona>(INCLUDED_PERSONAS.map(each => [each.id, untouched(each)]))
    for (const id of await this.#ids()) {
      try {
        const record = await this.#at(id)!.record()
        const kept = record && keptPersona(id, record)
        if (!includedPersona(id)) own.push(...(kept ? [kept] : []))
        else if (kept) included.set(id, kept)
        else if (record) included.delete(id)
      } catch (error) {
        this.#warn(toSeamError(error).message)
        included.delete(id)
      }
    }
    const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
    return [...included.values(), ...own.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id))]
  }

  /** Undefined when there is none of this id. @throws SeamError integrity, refused */
  async get(id: string): Promise<KeptPersona | undefined> {
    const folder = this.#at(id)
    const record = await folder?.record()
    if (!record) {
      const included = includedPersona(id)
      return included && untouched(included)
    }
    const kept = keptPersona(id, record)
    if (!kept) return undefined
    try {
      const card = await folder!.card(record)
      return { ...kept, ...(card && { card }) }
    } catch (error) {
      // Somebody may have replaced both between the two.
      if ((await folder!.record())?.revision === record.revision) throw error
      return this.get(id)
    }
  }

  /** The same, for who can't do without. @throws SeamError not-found, integrity, refused */
  async open(id: string): Promise<KeptPersona> {
    const found = await this.get(id)
    if (found) return found
    throw new SeamError(
      'not-found',
      `There is no persona “${id.slice(0, 80)}”. voxloom personas list shows those that there are.`,
    )
  }

  /** What lies beside it: pictures, sounds; nothing for one that is not there. @throws SeamError integrity, refused */
  async files(id: string): Promise<PersonaFiles> {
    const folder = this.#at(id)
    const record = await folder?.record()
    return record ? folder!.files(record) : NO_FILES
  }

  /** @throws SeamError bad-input, conflict (too many), quota, refused; then nothing was kept */
  async create(draft: PersonaDraft, files: PersonaFiles = NO_FILES): Promise<KeptPersona> {
    checkPersona(draft)
    return this.#alone(async () => {
      const ids = (await this.#ids()).filter(id => !includedPersona(id))
      if (ids.length >= MOST_PERSONAS) {
        throw new SeamError(
          'conflict',
          `${MOST_PERSONAS} personas are kept already, and no more can be. Nothing was kept; remove one first.`,
        )
      }
      const id = randomUUID()
      const folder = this.#at(id)!
      try {
        const beside = await folder.begin(files)
        const kept = await keep(folder, { ...draft, id }, { revision: 0, ...beside })
        syncFolder(this.#folder)
        return kept
      } catch (error) {
        await folder.remove().catch(() => undefined)
        throw fileError(error, this.#folder, 'write')
      }
    })
  }

  /**
   * Changes a persona; an included one from then on is this companion's own version of it.
   * @param expected refuses a change that was made from another revision
   * @throws SeamError not-found, bad-input, conflict, quota, refused; then it is as it was
   */
  async update(id: string, patch: PersonaPatch, expected?: number): Promise<KeptPersona> {
    return this.#alone(async () => {
      const { origin: _origin, revision, updatedAt: _updatedAt, ...before } = await this.open(id)
      checkRevision(before.name, revision, expected)
      const next = patched(before, patch)
      const folder = this.#at(id)!
      const { picture, assets, card } = (await folder.record()) ?? {}
      const isSameCard = JSON.stringify(next.card) === JSON.stringify(before.card)
      return keep(folder, next, { revision, picture, assets, ...(isSameCard && { card }) })
    })
  }

  /** An included one is not shown again until it is reset. @throws SeamError not-found, conflict, quota, refused */
  async remove(id: string, expected?: number): Promise<void> {
    await this.#alone(async () => {
      // One that can't be read may go as well.
      const found = await this.open(id).catch(ifDamaged)
      if (found) checkRevision(found.name, found.revision, expected)
      const folder = this.#at(id)!
      if (includedPersona(id)) await folder.mark({ revision: found?.revision ?? 0, removed: true })
      else await folder.remove()
    })
  }

  /** Makes an included persona what it was at first, removed or not. @throws SeamError not-found, bad-input, quota */
  async reset(id: string): Promise<KeptPersona> {
    return this.#alone(async () => {
      if (!includedPersona(id)) {
        const { name } = await this.open(id)
        throw new SeamError(
          'bad-input',
          `“${name}” did not come with Voxloom, so there is nothing to set it back to. It was left as it is.`,
        )
      }
      const folder = this.#at(id)!
      const before = await folder.record().catch(ifDamaged)
      const isAsItCame = before ? !before.persona && !before.removed : !folder.isWhole
      if (!isAsItCame) await folder.mark({ revision: before?.revision ?? 0 })
      return this.open(id)
    })
  }

  #at(id: string): PersonaFolder | undefined {
    const name = folderName(id)
    return name === undefined ? undefined : new PersonaFolder(join(this.#folder, name))
  }

  async #ids(): Promise<string[]> {
    try {
      return (await readdir(this.#folder)).flatMap(name => idOfFolder(name) ?? [])
    } catch (error) {
      if (isMissing(error)) return []
      throw fileError(error, this.#folder, 'read')
    }
  }

  /** While no other process writes here. */
  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fileError(error, this.#folder, 'write')
    })
    return withLock(join(this.#folder, '.lock'), async () => {
      await this.#sweep()
      return work()
    })
  }

  /** What a process left behind that died while it made or removed a persona. */
  async #sweep(): Promise<void> {
    for (const id of await this.#ids()) {
      const folder = this.#at(id)!
      if (!folder.isWhole) await folder.remove().catch(() => undefined)
    }
  }
}

async function keep(
  folder: PersonaFolder,
  persona: Persona,
  before: Omit<PersonaRecord, 'updatedAt'>,
): Promise<KeptPersona> {
  const { card } = persona
  const kept = keptPersona(persona.id, await folder.keep(persona, before))!
  return { ...kept, ...(card && { card }) }
}

function ifDamaged(error: unknown): undefined {
  if (toSeamError(error).code !== 'integrity') throw error
}
