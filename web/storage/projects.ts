import { SeamError } from '#protocol/errors.ts'
import type { Project, ProjectSummary } from '#protocol/projects.ts'
import { abort, connect, openNews } from './database.ts'
import { storageError } from './errors.ts'
import { blocksOf, joinProject, splitProject, type SplitProject } from './project-blocks.ts'
import { openProjectDatabase, type ProjectSchema } from './project-db.ts'
import type { ProjectStore } from './types.ts'

export interface ProjectStoreOptions {
  /** Name of the database and of the channel between tabs. */
  readonly name?: string
}

/** A project store that can be let go of. */
export interface OpenProjectStore extends ProjectStore {
  close(): void
}

type Change = { id: string; revision?: number; removed?: boolean }

/**
 * Projects in IndexedDB. Every write is one transaction with strict durability: when the promise resolves, the change
 * is on the disk; when it rejects, nothing was written.
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openProjectStore(options: ProjectStoreOptions = {}): Promise<OpenProjectStore> {
  const name = options.name ?? 'voxloom-projects'
  const connection = connect<ProjectSchema>(lost => openProjectDatabase(name, lost))
  await connection.get()
  const news = openNews<Change>(name)

  /** Writes head, summary and the blocks that changed; `decide` may throw to leave everything as it was. */
  const write = async (
    split: SplitProject,
    decide: (stored: { revision: number } | undefined, summary: ProjectSummary | undefined) => ProjectSummary,
  ): Promise<void> => {
    const { head, blocks } = split
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
      const next = decide(stored, summary)
      const before = blocksOf(stored)
      const after = blocksOf(head)
      const requests: Promise<unknown>[] = []
      for (const hash of after) {
        if (before.has(hash)) continue
        need += blocks.get(hash)!.length
        requests.push(tx.objectStore('blocks').put(blocks.get(hash)!, [head.id, hash]))
      }
      for (const hash of before) {
        if (!after.has(hash)) requests.push(tx.objectStore('blocks').delete([head.id, hash]))
      }
      requests.push(tx.objectStore('heads').put(head), tx.objectStore('summaries').put(next), tx.done)
      await Promise.all(requests)
    } catch (error) {
      await abort(tx)
      throw await storageError(tx.error ?? error, `the project “${head.title}”`, need)
    }
    news.tell({ id: head.id, revision: head.revision })
  }

  return {
    async list() {
      const summaries = await (await connection.get()).getAll('summaries')
      const latest = (row: ProjectSummary) => row.openedAt ?? row.updatedAt
      return summaries.sort((a, b) => (latest(a) < latest(b) ? 1 : latest(a) > latest(b) ? -1 : 0))
    },

    async open(id) {
      const tx = (await connection.get()).transaction(['summaries', 'heads', 'blocks'], 'readonly')
      const range = IDBKeyRange.bound([id], [id, []])
      const [summary, head, keys, values] = await Promise.all([
        tx.objectStore('summaries').get(id),
        tx.objectStore('heads').get(id),
        tx.objectStore('blocks').getAllKeys(range),
        tx.objectStore('blocks').getAll(range),
        tx.done,
      ])
      if (!head) throw notFound(id)
      const project = joinProject(head, new Map(keys.map((key, index) => [key[1], values[index]!])))
      if (!project) {
        throw new SeamError(
          'integrity',
          `Parts of the project “${head.title}” are missing from this browser’s storage. What is left was not ` +
            'changed; import the project from an archive.',
          { retryable: false },
        )
      }
      return summary?.openedAt === undefined ? project : { ...project, openedAt: summary.openedAt }
    },

    async create(project) {
      const split = await splitProject(project)
      await write(split, stored => {
        if (stored) {
          throw new SeamError(
            'conflict',
            `A project with the id ${project.id} exists already. It was not changed; give the new one another id.`,
          )
        }
        return summarise(project, split.characters, undefined)
      })
      return project
    },

    async save(project, expectedRevision) {
      const next: Project = { ...project, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      const split = await splitProject(next)
      await write(split, (stored, summary) => {
        if (!stored) throw notFound(project.id)
        if (stored.revision !== expectedRevision) {
          throw new SeamError(
            'conflict',
            `The project “${project.title}” was saved elsewhere in the meantime (revision ${stored.revision}, this ` +
              `change was made from ${expectedRevision}). Nothing was written; open it again to see the other change.`,
            { details: { stored: stored.revision, expected: expectedRevision } },
          )
        }
        return summarise(next, split.characters, summary)
      })
      return next
    },

    /** A project that is gone has no row to keep: then nothing happens. */
    async note(id, figures) {
      const tx = (await connection.get()).transaction('summaries', 'readwrite', { durability: 'strict' })
      tx.done.catch(() => {})
      try {
        const summary = await tx.store.get(id)
        if (summary) await tx.store.put({ ...summary, ...figures })
        await tx.done
      } catch (error) {
        throw await storageError(tx.error ?? error, 'the project list')
      }
    },

    async remove(id) {
      const tx = (await connection.get()).transaction(['summaries', 'heads', 'blocks'], 'readwrite', {
        durability: 'strict',
      })
      await Promise.all([
        tx.objectStore('summaries').delete(id),
        tx.objectStore('heads').delete(id),
        tx.objectStore('blocks').delete(IDBKeyRange.bound([id], [id, []])),
        tx.done,
      ])
      news.tell({ id, removed: true })
    },

    watch: listener => news.watch(listener),

    close() {
      news.close()
      connection.close()
    },
  }
}

function notFound(id: string): SeamError {
  return new SeamError(
    'not-found',
    `There is no project ${id} in this browser; it may have been removed in another tab.`,
  )
}

function summarise(project: Project, characters: number, before: ProjectSummary | undefined): ProjectSummary {
  const openedAt = before?.openedAt ?? project.openedAt
  const opening = openingOf(project)
  return {
    id: project.id,
    title: project.title,
    ...(opening === undefined ? {} : { opening }),
    updatedAt: project.updatedAt,
    ...(openedAt === undefined ? {} : { openedAt }),
    revision: project.revision,
    characters,
    rendered: before?.rendered ?? 0,
    estimated: before?.estimated ?? 0,
  }
}

const OPENING_CHARACTERS = 80

function openingOf({ chapters }: Project): string | undefined {
  for (const { paragraphs } of chapters) {
    const first = paragraphs.find(({ text }) => text.trim() !== '')
    if (first) return [...first.text.trim().slice(0, 2 * OPENING_CHARACTERS)].slice(0, OPENING_CHARACTERS).join('')
  }
  return undefined
}
