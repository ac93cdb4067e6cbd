import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { readCr } from './cr-read.ts'
import { EMPTY } from './steps.ts'
import { usePipeline } from './store-pipeline.ts'

const FILE = `# Mine.
name = "book" # the name
version = "1"

# What shouts.
[[nodes]]
id = "up"
plugin = "uppercase" # loudly
options = { suffix = "!" }
`
const INLINE = '# Mine.\nname = "book"\nnodes = [{ id = "up", plugin = "uppercase" }]\n'

const kept = new Map<string, string>()
beforeEach(() => {
  kept.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  })
  setActivePinia(createPinia())
})

async function open(text: string, saved?: string) {
  const pipeline = await readCr(text, 'book.cr')
  usePipeline().show(pipeline, { saved, text, pipeline })
  return usePipeline()
}

describe('a draft that came from a file', () => {
  it('is written as the file is while nothing was changed', async () => {
    for (const text of [FILE, INLINE]) {
      expect(await (await open(text)).write()).toEqual({ text, dropsComments: false })
    }
  })

  it('is written with the file’s comments when it was changed', async () => {
    const draft = await open(FILE)
    draft.setOption(0, 'suffix', '?')
    draft.rename('loud')
    draft.add('trim', 0)
    const { text, dropsComments } = await draft.write()
    expect(dropsComments).toBe(false)
    expect(text).toBe(
      FILE.replace('"book"', '"loud"')
        .replace('"!"', '"?"')
        .replace('# What', '[[nodes]]\nid = "trim"\nplugin = "trim"\n\n# What'),
    )
  })

  it('says when its comments would be lost', async () => {
    const draft = await open(INLINE)
    draft.add('trim', 1)
    const { text, dropsComments } = await draft.write()
    expect([text.includes('#'), dropsComments]).toEqual([false, true])
    await open(INLINE.replace('# Mine.\n', ''))
    draft.add('trim', 1)
    expect((await draft.write()).dropsComments).toBe(false)
  })

  it('keeps the comments over a reload', async () => {
    ;(await open(FILE)).setOption(0, 'suffix', '?')
    setActivePinia(createPinia())
    const again = usePipeline()
    expect((await again.write()).text).toBe(FILE.replace('"!"', '"?"'))
    expect(again.savedAs).toBeUndefined()
  })

  it('has its own file again when another one that was opened is taken back', async () => {
    const draft = await open(FILE, 'book')
    await open('# Other.\nname = "other"\n[[nodes]]\nid = "x"\nplugin = "y"\n', 'other')
    draft.undo()
    draft.setOption(0, 'suffix', '?')
    expect(draft.origin.saved).toBe('book')
    expect((await draft.write()).text).toBe(FILE.replace('"!"', '"?"'))
  })
})

describe('a draft that was saved', () => {
  it('is known to be, also after undo and back', async () => {
    const draft = usePipeline()
    draft.add('trim', 0)
    draft.add('uppercase', 1)
    const { pipeline } = draft
    draft.wasSaved('pipeline', (await draft.write()).text, pipeline)
    expect(draft.savedAs).toBe('pipeline')
    draft.undo()
    expect([draft.savedAs, draft.origin.saved]).toEqual([undefined, 'pipeline'])
    draft.redo()
    expect(draft.savedAs).toBe('pipeline')
    draft.wasRemoved('pipeline')
    expect(draft.savedAs).toBeUndefined()
  })

  it('is not what a new one was saved as', async () => {
    const draft = usePipeline()
    draft.add('trim', 0)
    draft.clear()
    draft.add('uppercase', 0)
    draft.wasSaved('pipeline', (await draft.write()).text, draft.pipeline)
    draft.undo()
    draft.undo()
    expect(draft.pipeline.nodes[0]!.plugin).toBe('trim')
    expect(draft.origin.saved).toBeUndefined()
  })

  it('that was changed while it was being saved is not taken for saved', async () => {
    const draft = usePipeline()
    draft.add('trim', 0)
    const { pipeline } = draft
    draft.rename('later')
    draft.wasSaved('pipeline', '', pipeline)
    expect(draft.savedAs).toBeUndefined()
  })
})

it('a draft of somebody else is none', () => {
  kept.set('voxloom:pipeline', '{"name":1}')
  expect(usePipeline().pipeline).toEqual(EMPTY)
})
