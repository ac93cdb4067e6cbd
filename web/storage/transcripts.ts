import type { DBSchema } from 'idb'
import { SeamError } from '#protocol/errors.ts'
import { abort, connect, openDatabase, openNews } from './database.ts'
import { storageError } from './errors.ts'
import { sha256 } from './hash.ts'
import { openSoundFolders } from './transcripts-sound.ts'
import type { Transcript, TranscriptParagraph, TranscriptSummary } from './transcripts-types.ts'
import type { TranscriptStore } from './types.ts'

/** A transcript without its paragraphs, which are kept apart under the hash of their JSON. */
interface TranscriptHead extends Omit<Transcript, 'paragraphs'> {
  readonly blocks: readonly string[]
}

interface TranscriptSchema extends DBSchema {
  /** Apart from the heads, so that the list stays cheap. */
  summaries: { key: string; value: TranscriptSummary }
  heads: { key: string; value: TranscriptHead }
  /** JSON of a paragraph, under [transcript id, hash]. Saving writes those that changed. */
  blocks: { key: [string, string]; value: string }
}

/** A transcript store that can be let go of. */
export interface OpenTranscriptStore extends TranscriptStore {
  close(): void
}

type Change = { id: string; revision?: number; removed?: boolean }

const VERSION = 1
const OPENING_CHARACTERS = 80

/** Paragraphs are never changed in place: each is hashed once. */
const hashes = new WeakMap<TranscriptParagraph, Promise<string>>()
const encoder = new TextEncoder()

function hashOf(paragraph: TranscriptParagraph): Promise<string> {
  let hash = hashes.get(paragraph)
  if (!hash) hashes.set(paragraph, (hash = sha256(encoder.encode(JSON.stringify(paragraph)))))
  return hash
}

/**
 * Every write is one transaction with strict durability: when the promise resolves, the change is on the disk; when it
 * rejects, nothing was written.
 * @param name of the database, the folder of sound, and the channel between tabs
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openTranscriptStore({ name = 'voxloom-transcripts' } = {}): Promise<OpenTranscriptStore> {
  const connection = connect<TranscriptSchema>(lost =>
    openDatabase<TranscriptSchema>(
      {
        name,
        version: VERSION,
        kept: 'transcripts',
        upgrade(db) {
          db.createObjectStore('summaries', { keyPath: 'id' })
          db.createObjectStore('heads', { keyPath: 'id' })
          db.createObjectStore('blocks')
        },
      },
      lost,
    ),
  )
  await connection.get()
  const folders = await openSoundFolders(name)
  const news = openNews<Change>(name)

  /** `decide` may throw to leave everything as it was. */
  const write = async (transcript: Transcript, decide: (stored: TranscriptHead | undefined) => void): Promise<void> => {
    const { paragraphs, ...rest } = transcript
    const blocks = await Promise.all(paragraphs.map(hashOf))
    // Through JSON, so that what isn't data (proxies, undefined) never reaches the structured clone.
    const head = JSON.parse(JSON.stringify({ ...rest, blocks })) as TranscriptHead
    const tx = (await connection.get()).transaction(['summaries', 'heads', 'blocks'], 'readwrite', {
      durability: 'strict',
    })
    // Looked at below; handled here so that an abort is never an unhandled rejection.
    tx.done.catch(() => {})
    let need = 0
    try {
      const [stored, summary] = await Promise.all([
        tx.objectStore('heads').get(head.id),
        tx.objectStore('summaries').get(head.id),
      ])
      decide(stored)
      const before = new Set(stored?.blocks)
      const after = new Set(blocks)
      const requests: Promise<unknown>[] = []
      blocks.forEach((hash, at) => {
        if (before.has(hash)) return
        before.add(hash)
        const json = JSON.stringify(paragraphs[at])
        need += json.length
        requests.push(tx.objectStore('blocks').put(json, [head.id, hash]))
      })
      for (const hash of stored?.blocks ?? []) {
        if (!after.has(hash)) requests.push(tx.objectStore('blocks').delete([head.id, hash]))
      }
      requests.push(tx.objectStore('heads').put(head))
      requests.push(tx.objectStore('summaries').put(summarise(transcript, summary)), tx.done)
      await Promise.all(requests)
    } catch (error) {
      await abort(tx)
      throw await storageError(tx.error ?? error, `the transcript “${head.title}”`, need)
    }
    news.tell({ id: head.id, revision: head.revision })
  }

  const changeSummary = async (id: string, change: (row: TranscriptSummary) => TranscriptSummary): Promise<void> => {
    const tx = (await connection.get()).transaction('summaries', 'readwrite', { durability: 'strict' })
    tx.done.catch(() => {})
    try {
      const row = await tx.store.get(id)
      if (row) await tx.store.put(change(row))
      await tx.done
    } catch (error) {
      throw await storageError(tx.error ?? error, 'the list of transcripts')
    }
  }

  /** The row goes with its words; the sound after it, so that a crash leaves sound without words, never the reverse. */
  const drop = async (id: string): Promise<void> => {
    const tx = (await connection.get()).transaction(['summaries', 'heads', 'blocks'], 'readwrite', {
      durability: 'strict',
    })
    await Promise.all([
      tx.objectStore('summaries').delete(id),
      tx.objectStore('heads').delete(id),
      tx.objectStore('blocks').delete(IDBKeyRange.bound([id], [id, []])),
      tx.done,
    ])
    await folders.remove(id)
  }

  return {
    durable: folders.durable,

    async list() {
      const rows = (await (await connection.get()).getAll('summaries')).filter(row => row.removedAt === undefined)
      const latest = (row: TranscriptSummary) => row.openedAt ?? row.updatedAt
      return rows.sort((a, b) => (latest(a) < latest(b) ? 1 : latest(a) > latest(b) ? -1 : 0))
    },

    async open(id) {
      const tx = (await connection.get()).transaction(['heads', 'blocks', 'summaries'], 'readonly')
      const range = IDBKeyRange.bound([id], [id, []])
      const [head, keys, values, summary] = await Promise.all([
        tx.objectStore('heads').get(id),
        tx.objectStore('blocks').getAllKeys(range),
        tx.objectStore('blocks').getAll(range),
        tx.objectStore('summaries').get(id),
        tx.done,
      ])
      if (!head || summary?.removedAt !== undefined) throw notFound(id)
      const { blocks, ...rest } = head
      const kept = new Map(keys.map((key, at) => [key[1], values[at]!]))
      const paragraphs = blocks.map(hash => {
        const json = kept.get(hash)
        if (json !== undefined) return JSON.parse(json) as TranscriptParagraph
        throw new SeamError(
          'integrity',
          `Parts of the transcript “${head.title}” are missing from this browser’s storage. What is left was not ` +
            'changed; transcribe the sound again.',
          { retryable: false },
        )
      })
      return { ...rest, paragraphs }
    },

    async create(transcript) {
      await write(transcript, stored => {
        if (!stored) return
        throw new SeamError(
          'conflict',
          `A transcript with the id ${transcript.id} exists already. It was not changed; give the new one another id.`,
        )
      })
      return transcript
    },

    async save(transcript, expectedRevision) {
      const next = { ...transcript, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await write(next, stored => {
        if (!stored) throw notFound(transcript.id)
        if (stored.revision === expectedRevision) return
        throw new SeamError(
          'conflict',
          `The transcript “${transcript.title}” was saved elsewhere in the meantime (revision ${stored.revision}, ` +
            `this change was made from ${expectedRevision}). Nothing was written; open it again to see the other change.`,
          { details: { stored: stored.revision, expected: expectedRevision } },
        )
      })
      return next
    },

    note: (id, figures) => changeSummary(id, row => ({ ...row, ...figures })),

    async remove(id) {
      await changeSummary(id, row => ({ ...row, removedAt: Date.now() }))
      news.tell({ id, removed: true })
    },

    async restore(id) {
      await changeSummary(id, ({ removedAt: _, ...row }) => row)
      news.tell({ id })
    },

    async purge(moment) {
      const rows = await (await connection.get()).getAll('summaries')
      for (const { id, removedAt } of rows) if (removedAt !== undefined && removedAt < moment) await drop(id)
      // Folders first: a transcript that is being made has its row before its sound.
      const ids = await folders.ids()
      const owned = new Set(await (await connection.get()).getAllKeys('summaries'))
      for (const id of ids) if (!owned.has(id)) await folders.remove(id)
    },

    watch: listener => news.watch(listener),

    keepFile: (id, file, run = {}) => folders.keepFile(id, file, run),
    writer: (id, sampleRate) => folders.writer(id, sampleRate),
    sound: id => folders.read(id),
    size: () => folders.size(),

    close() {
      news.close()
      connection.close()
    },
  }
}

function notFound(id: string): SeamError {
  return new SeamError(
    'not-found',
    `There is no transcript ${id} in this browser; it may have been removed in another tab.`,
  )
}

function summarise(transcript: Transcript, before: TranscriptSummary | undefined): TranscriptSummary {
  const { id, title, createdAt, updatedAt, revision, source, duration, state, reached, paragraphs } = transcript
  const opening = paragraphs.find(({ text }) => text.trim() !== '')?.text.trim()
  return {
    id,
    title,
    createdAt,
    updatedAt,
    revision,
    source,
    ...(duration === undefined ? {} : { duration }),
    state,
    reached,
    ...(opening === undefined
      ? {}
      : { opening: [...opening.slice(0, 2 * OPENING_CHARACTERS)].slice(0, OPENING_CHARACTERS).join('') }),
    ...(before?.openedAt === undefined ? {} : { openedAt: before.openedAt }),
    ...(before?.removedAt === undefined ? {} : { removedAt: before.removedAt }),
    words: paragraphs.reduce((sum, { words }) => sum + words.length, 0),
  }
}
