import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import { fileError } from '../models/files.ts'
import { damaged, readKeptJson, readRecord, RECORD, writeRecord, type PersonaRecord } from './record.ts'

type Beside = Pick<PersonaRecord, 'picture' | 'assets'>

/** One persona on the disk: a record, and beside it the files that the record names. */
export class PersonaFolder {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Whether it was made whole, and not removed in part. */
  get isWhole(): boolean {
    return existsSync(join(this.#path, RECORD))
  }

  /** Undefined when there is no persona. @throws SeamError integrity, refused */
  record(): Promise<PersonaRecord | undefined> {
    return readRecord(this.#path)
  }

  /** @throws SeamError integrity, when it is gone or damaged */
  async card({ card }: PersonaRecord): Promise<Persona['card']> {
    if (card === undefined) return undefined
    const path = join(this.#path, card)
    const data = await readKeptJson(path)
    if (data === undefined) throw damaged(path)
    return data as Persona['card']
  }

  /** @throws SeamError integrity, when one of them is gone */
  async files(record: PersonaRecord): Promise<PersonaFiles> {
    const assets: [string, Uint8Array<ArrayBuffer>][] = []
    for (const [path, name] of Object.entries(record.assets ?? {})) assets.push([path, await this.#read(name)])
    const picture = record.picture && (await this.#read(record.picture))
    return { ...(picture && { picture }), assets: Object.fromEntries(assets) }
  }

  /** Makes it, with the files that the record will name: under names of ours, since theirs are a stranger’s choice. */
  async begin({ picture, assets }: PersonaFiles): Promise<Beside> {
    await mkdir(this.#path, { mode: 0o700 })
    const names: [string, string][] = []
    for (const [path, bytes] of Object.entries(assets)) {
      names.push([path, await this.#write(`asset-${names.length}`, bytes)])
    }
    return {
      ...(picture && { picture: await this.#write('picture', picture) }),
      ...(names.length > 0 && { assets: Object.fromEntries(names) }),
    }
  }

  /** Writes a persona as its next revision. @param before what of the record before it still holds */
  async keep({ card, ...persona }: Persona, before: Omit<PersonaRecord, 'updatedAt'>): Promise<PersonaRecord> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 })
    const { picture, assets } = before
    // In a file of its own name, so that a record never means half of one.
    const file = before.card ?? (card && (await this.#write(`card-${randomUUID()}.json`, JSON.stringify(card))))
    return this.#turn({
      revision: before.revision + 1,
      persona,
      ...(file && { card: file }),
      ...(picture && { picture }),
      ...(assets && { assets }),
    })
  }

  /** For an included persona: removed, or as it came. The revision goes on, so that nobody takes it for an older one. */
  async mark({ revision, removed }: Pick<PersonaRecord, 'revision' | 'removed'>): Promise<void> {
    await mkdir(this.#path, { recursive: true, mode: 0o700 })
    await this.#turn({ revision: revision + 1, ...(removed && { removed }) })
  }

  /** The record first: a folder without one is nobody’s. @throws SeamError refused */
  async remove(): Promise<void> {
    for (const path of [join(this.#path, RECORD), this.#path]) {
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw fileError(error, path, 'remove')
      })
    }
  }

  /** The new record holds from here on; what it does not name is removed, and is no harm where it can’t be. */
  async #turn(next: Omit<PersonaRecord, 'updatedAt'>): Promise<PersonaRecord> {
    const record = { ...next, updatedAt: new Date().toISOString() }
    writeRecord(this.#path, record)
    const keep = new Set([RECORD, record.card, record.picture, ...Object.values(record.assets ?? {})])
    const names = await readdir(this.#path).catch(() => [])
    const others = names.filter(name => !keep.has(name)).map(name => rm(join(this.#path, name), { force: true }))
    await Promise.allSettled(others)
    return record
  }

  async #read(name: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = join(this.#path, name)
    try {
      return new Uint8Array(await readFile(path))
    } catch (error) {
      const failure = fileError(error, path, 'read')
      throw failure.code === 'not-found' ? damaged(path, error) : failure
    }
  }

  async #write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.#path, name)
    try {
      await writeFile(path, content, { mode: 0o600, flush: true })
      return name
    } catch (error) {
      const failure = fileError(error, path, 'write')
      if (failure.code !== 'quota') throw failure
      throw new SeamError('quota', 'There is no room left to keep the persona. Nothing was kept; free some space.', {
        cause: error,
      })
    }
  }
}
