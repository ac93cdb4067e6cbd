import type { Chapter, Paragraph, Project } from '#protocol/projects.ts'
import { sha256 } from './hash.ts'

/**
 * A project is kept as one head and many blocks of paragraphs, each block named by the hash of its text. Saving writes
 * the blocks that the stored head does not name yet, so an edited sentence costs its block and the head, not the book.
 */
export interface ProjectHead extends Omit<Project, 'chapters'> {
  readonly chapters: readonly ChapterHead[]
}

export interface ChapterHead extends Omit<Chapter, 'paragraphs'> {
  readonly blocks: readonly string[]
}

/** A block ends at the first paragraph past this many characters… */
export const BLOCK_CHARACTERS = 16_384
/** …or earlier, where a paragraph's id says so: then an insertion moves one boundary, and not all that follow. */
const BOUNDARY_ONE_IN = 32

/** Cuts paragraphs into blocks at places that depend on the paragraphs themselves, not on their number. */
export function splitBlocks(paragraphs: readonly Paragraph[]): Paragraph[][] {
  const blocks: Paragraph[][] = []
  let block: Paragraph[] = []
  let characters = 0
  for (const paragraph of paragraphs) {
    block.push(paragraph)
    characters += paragraph.text.length
    if (characters >= BLOCK_CHARACTERS || spread(paragraph.id) % BOUNDARY_ONE_IN === 0) {
      blocks.push(block)
      block = []
      characters = 0
    }
  }
  if (block.length > 0) blocks.push(block)
  return blocks
}

/** FNV-1a. */
function spread(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return (hash ^ (hash >>> 15)) >>> 0
}

export interface SplitProject {
  readonly head: ProjectHead
  /** Hash → JSON of the block's paragraphs. */
  readonly blocks: ReadonlyMap<string, string>
  readonly characters: number
}

export async function splitProject(project: Project): Promise<SplitProject> {
  const blocks = new Map<string, string>()
  const encoder = new TextEncoder()
  let characters = 0
  const chapters = await Promise.all(
    project.chapters.map(async ({ paragraphs, ...chapter }) => {
      for (const paragraph of paragraphs) characters += paragraph.text.length
      const hashes = await Promise.all(
        splitBlocks(paragraphs).map(async block => {
          const json = JSON.stringify(block)
          const hash = await sha256(encoder.encode(json))
          blocks.set(hash, json)
          return hash
        }),
      )
      return { ...chapter, blocks: hashes }
    }),
  )
  // Through JSON like the blocks, so that what isn't data (proxies, undefined) never reaches the structured clone.
  const head = JSON.parse(JSON.stringify({ ...project, chapters })) as ProjectHead
  return { head, blocks, characters }
}

/** The blocks that a head names, each once. */
export function blocksOf(head: ProjectHead | undefined): Set<string> {
  return new Set(head?.chapters.flatMap(chapter => chapter.blocks) ?? [])
}

/** @returns undefined when a block is missing */
export function joinProject(head: ProjectHead, blocks: ReadonlyMap<string, string>): Project | undefined {
  const chapters: Chapter[] = []
  for (const { blocks: hashes, ...chapter } of head.chapters) {
    const paragraphs: Paragraph[] = []
    for (const hash of hashes) {
      const json = blocks.get(hash)
      if (json === undefined) return undefined
      for (const paragraph of JSON.parse(json) as Paragraph[]) paragraphs.push(paragraph)
    }
    chapters.push({ ...chapter, paragraphs })
  }
  return { ...head, chapters }
}
