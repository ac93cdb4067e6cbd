import { describe, expect, it } from 'vitest'
import { BLOCK_CHARACTERS, blocksOf, joinProject, splitBlocks, splitProject } from './project-blocks.ts'
import { sampleProject, withText } from './testing/sample.ts'

describe('splitBlocks', () => {
  it('ends a block at the limit of characters, not one before', () => {
    // Ids whose own hash ends no block.
    const at = (length: number) => splitBlocks([one('a', length), one('b', 1)]).length
    expect(at(BLOCK_CHARACTERS - 1)).toBe(1)
    expect(at(BLOCK_CHARACTERS)).toBe(2)
  })

  it('moves few boundaries when a paragraph is put in front', async () => {
    const project = sampleProject('p', 10_000, 1)
    const [chapter] = project.chapters
    const longer = {
      ...project,
      chapters: [{ ...chapter!, paragraphs: [one('new', 80), ...chapter!.paragraphs] }],
    }
    const before = blocksOf((await splitProject(project)).head)
    const after = blocksOf((await splitProject(longer)).head)
    expect(before.size).toBeGreaterThan(50)
    expect([...after].filter(hash => !before.has(hash)).length).toBeLessThan(10)
  })

  it('keeps every paragraph, in order', () => {
    const { paragraphs } = sampleProject('p', 1_000, 1).chapters[0]!
    expect(splitBlocks(paragraphs).flat()).toEqual(paragraphs)
    expect(splitBlocks([])).toEqual([])
  })
})

describe('splitProject', () => {
  it('joins to what it was, fields unknown to us and lone surrogates included', async () => {
    const project = {
      ...withText(sampleProject('p', 500, 3), 1, 2, 'half \ud800 \u0000 ‮ שלום'),
      later: { kept: true },
    }
    const { head, blocks, characters } = await splitProject(project)
    expect(joinProject(head, blocks)).toEqual(project)
    expect(characters).toBe(project.chapters.flatMap(c => c.paragraphs).reduce((sum, p) => sum + p.text.length, 0))
  })

  it('changes one block when one sentence changes', async () => {
    const project = sampleProject('p', 10_000, 20)
    const before = await splitProject(project)
    const after = await splitProject(withText(project, 7, 11, 'Something else.'))
    const fresh = [...after.blocks.keys()].filter(hash => !before.blocks.has(hash))
    expect(fresh).toHaveLength(1)
    expect(after.blocks.get(fresh[0]!)!.length).toBeLessThan(2 * BLOCK_CHARACTERS)
  })

  it('says so when a block is missing', async () => {
    const { head, blocks } = await splitProject(sampleProject('p'))
    expect(joinProject(head, new Map([...blocks].slice(1)))).toBeUndefined()
  })
})

function one(id: string, length: number) {
  return { id, text: 'x'.repeat(length) }
}
