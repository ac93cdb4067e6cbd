import type { Project, ProjectSummary } from '#protocol/projects.ts'
import { openDocuments, type DocumentParts } from './documents.ts'
import { openingOf } from './documents-parts.ts'
import { blocksOf, joinProject, splitProject, type ProjectHead } from './project-blocks.ts'
import { missingParts } from './revisions.ts'
import type { ProjectStore } from './types.ts'

/** A project store that can be let go of. */
export interface OpenProjectStore extends ProjectStore {
  close(): void
}

const NOUN = 'project'

/**
 * Projects in IndexedDB, written as `openDocuments` says.
 * @param name of the database and of the channel between tabs
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openProjectStore({ name = 'voxloom-projects' } = {}): Promise<OpenProjectStore> {
  const documents = await openDocuments<ProjectHead, ProjectSummary>({ name, noun: NOUN, blocksOf })

  return {
    list: () => documents.rows(),

    async open(id) {
      const { head, blocks, row } = await documents.read(id)
      const project = joinProject(head, blocks)
      if (!project) throw missingParts(NOUN, head.title, 'import the project from an archive')
      return row?.openedAt === undefined ? project : { ...project, openedAt: row.openedAt }
    },

    async create(project) {
      await documents.create(await partsOf(project))
      return project
    },

    async save(project, expectedRevision) {
      const next: Project = { ...project, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await documents.save(await partsOf(next), expectedRevision)
      return next
    },

    note: (id, figures) => documents.change(id, row => ({ ...row, ...figures })),

    async remove(id) {
      await documents.drop(id)
      documents.tell({ id, removed: true })
    },

    watch: listener => documents.watch(listener),
    close: () => documents.close(),
  }
}

async function partsOf(project: Project): Promise<DocumentParts<ProjectHead, ProjectSummary>> {
  const { head, blocks, characters } = await splitProject(project)
  return { head, block: hash => blocks.get(hash)!, row: before => summarise(project, characters, before) }
}

function summarise(project: Project, characters: number, before: ProjectSummary | undefined): ProjectSummary {
  const openedAt = before?.openedAt ?? project.openedAt
  const opening = openingOf(textsOf(project))
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

function* textsOf({ chapters }: Project) {
  for (const { paragraphs } of chapters) for (const { text } of paragraphs) yield text
}
