import type { DBSchema } from 'idb'
import type { PersonaFiles } from '#protocol/personas.ts'
import { abort, connect, openDatabase, openNews } from './database.ts'
import type { DocumentChange } from './documents.ts'
import { storageError } from './errors.ts'
import { notFound, requireNew, requireRevision } from './revisions.ts'
import type { PersonaStore, PersonaSummary, StoredPersona } from './types.ts'

interface PersonaSchema extends DBSchema {
  /** Apart from the personas, so that the list stays cheap. */
  summaries: { key: string; value: PersonaSummary }
  /** JSON: half characters and keys of every kind come back as they were. */
  personas: { key: string; value: { id: string; revision: number; json: string } }
  files: { key: string; value: PersonaFiles }
}

/** A persona store that can be let go of. */
export interface OpenPersonaStore extends PersonaStore {
  close(): void
}

type Kept = PersonaSchema['personas']['value']

const NOUN = 'persona'
const VERSION = 1
const STORES = ['summaries', 'personas', 'files'] as const
const NO_FILES: PersonaFiles = { assets: {} }

/**
 * Every write is one transaction with strict durability: when the promise resolves, the change is on the disk; when it
 * rejects, nothing was written.
 * @param name of the database and of the channel between tabs
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openPersonaStore({ name = 'voxloom-personas' } = {}): Promise<OpenPersonaStore> {
  const connection = connect<PersonaSchema>(lost =>
    openDatabase<PersonaSchema>(
      {
        name,
        version: VERSION,
        kept: 'personas',
        upgrade(db) {
          db.createObjectStore('summaries', { keyPath: 'id' })
          db.createObjectStore('personas', { keyPath: 'id' })
          db.createObjectStore('files')
        },
      },
      lost,
    ),
  )
  await connection.get()
  const news = openNews<DocumentChange>(name)

  /** `decide` may throw to leave everything as it was. */
  const write = async (
    persona: StoredPersona,
    files: PersonaFiles | undefined,
    decide: (stored: Kept | undefined) => void,
  ): Promise<void> => {
    const { id, revision } = persona
    const json = JSON.stringify(persona)
    const tx = (await connection.get()).transaction(STORES, 'readwrite', { durability: 'strict' })
    // Looked at below; handled here so that an abort is never an unhandled rejection.
    tx.done.catch(() => {})
    try {
      decide(await tx.objectStore('personas').get(id))
      await Promise.all([
        tx.objectStore('personas').put({ id, revision, json }),
        tx.objectStore('summaries').put(summarise(persona)),
        files ? tx.objectStore('files').put(files, id) : undefined,
        tx.done,
      ])
    } catch (error) {
      await abort(tx)
      throw await storageError(tx.error ?? error, `the persona “${persona.name}”`, json.length + sizeOf(files))
    }
    news.tell({ id, revision })
  }

  return {
    async list() {
      const rows = await (await connection.get()).getAll('summaries')
      const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })
      return rows.sort((a, b) => compare(a.name, b.name))
    },

    async open(id) {
      const kept = await (await connection.get()).get('personas', id)
      if (!kept) throw notFound(NOUN, id)
      return JSON.parse(kept.json) as StoredPersona
    },

    async files(id) {
      return (await (await connection.get()).get('files', id)) ?? NO_FILES
    },

    async create(persona, files) {
      const stored = { ...persona, revision: 1, updatedAt: new Date().toISOString() }
      await write(stored, files, before => requireNew(NOUN, persona.id, before))
      return stored
    },

    async save(persona, expectedRevision) {
      const next = { ...persona, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await write(next, undefined, before =>
        requireRevision(NOUN, { id: persona.id, title: persona.name }, before, expectedRevision),
      )
      return next
    },

    async remove(id) {
      const tx = (await connection.get()).transaction(STORES, 'readwrite', { durability: 'strict' })
      await Promise.all([...STORES.map(store => tx.objectStore(store).delete(id)), tx.done])
      news.tell({ id, removed: true })
    },

    watch: listener => news.watch(listener),

    close() {
      news.close()
      connection.close()
    },
  }
}

function summarise({ id, name, voice, updatedAt, revision }: StoredPersona): PersonaSummary {
  // Copied: a reactive proxy could not be stored.
  return { id, name, voice: voice.map(part => ({ ...part })), updatedAt, revision }
}

function sizeOf(files: PersonaFiles | undefined): number {
  if (!files) return 0
  return Object.values(files.assets).reduce((sum, { length }) => sum + length, files.picture?.length ?? 0)
}
