import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { OptionValue } from '#protocol/plugins.ts'
import type { Pipeline, PipelineNode } from '../../companion/plugin-types.ts'
import { begun, changed, everywhere, redone, undone } from './history.ts'
import { added, EMPTY, isSame, moved, putBack, removed, withOption } from './steps.ts'

/** Where the draft outlives a reload, and the text of its file, whose comments are to be kept. */
const KEY = 'voxloom:pipeline'
const TEXT_KEY = 'voxloom:pipeline-text'

/** A file that the draft came from, or was written to. */
interface Origin {
  /** The name under which the companion keeps it; undefined for a file of the user's. */
  readonly saved: string | undefined
  /** Empty while there is no file. */
  readonly text: string
  readonly pipeline: Pipeline
}

/** What can be taken back: with a pipeline, the file that it belongs to. */
interface Draft {
  readonly pipeline: Pipeline
  readonly origin: Origin
}

/** An object of its own each time: two drafts without a file are not the same. */
const noFile = (): Origin => ({ saved: undefined, text: '', pipeline: EMPTY })

const isSameFile = (a: Origin, b: Origin) => a === b || (a.saved !== undefined && a.saved === b.saved)

/** Whether there is a comment. Roughly: a “#” behind a string counts for none. */
const COMMENT = /^[^"'\n]*#/m

function readDraft(): Draft {
  const origin = noFile()
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? '') as Pipeline
    const isWhole = typeof draft.name === 'string' && draft.nodes.every(({ id, plugin }) => id && plugin)
    if (isWhole) return { pipeline: draft, origin: { ...origin, text: localStorage.getItem(TEXT_KEY) ?? '' } }
  } catch {
    // none yet, or somebody else's
  }
  return { pipeline: EMPTY, origin }
}

/** The pipeline in the builder. Every change can be taken back, opening another one included. */
export const usePipeline = defineStore('pipeline', () => {
  const history = shallowRef(begun(readDraft()))
  const pipeline = computed(() => history.value.now.pipeline)
  const origin = computed(() => history.value.now.origin)
  /** Which step is unfolded, by its id. */
  const open = ref<string>()

  function set(next: typeof history.value): void {
    const { text } = origin.value
    history.value = next
    try {
      localStorage.setItem(KEY, JSON.stringify(next.now.pipeline))
      if (next.now.origin.text !== text) localStorage.setItem(TEXT_KEY, next.now.origin.text)
    } catch {
      // No room: the draft lives as long as the page.
    }
  }
  function change(next: Pipeline, subject?: string): void {
    if (next === pipeline.value) return
    set(changed(history.value, { pipeline: next, origin: origin.value }, subject))
  }

  function add(plugin: string, at: number): PipelineNode {
    change(added(pipeline.value, plugin, at))
    const node = pipeline.value.nodes[at]!
    open.value = node.id
    return node
  }
  const remove = (at: number) => change(removed(pipeline.value, at))
  const bringBack = (node: PipelineNode, at: number) => change(putBack(pipeline.value, node, at))
  const move = (at: number, to: number) => change(moved(pipeline.value, at, to))
  const rename = (name: string) => change({ ...pipeline.value, name }, 'name')

  function setOption(at: number, option: string, value: OptionValue | undefined): void {
    const id = pipeline.value.nodes[at]?.id ?? ''
    change(withOption(pipeline.value, at, option, value), `${id} ${option}`)
  }

  /** Shows another pipeline; the one before comes back with undo. */
  function show(next: Pipeline, from = noFile()): void {
    const shown = { pipeline: next, origin: from }
    const isKnown = isSame(next, pipeline.value)
    set(isKnown ? { ...history.value, now: shown } : changed(history.value, shown))
    open.value = undefined
  }
  const clear = () => show(EMPTY)

  const undo = () => set(undone(history.value) ?? history.value)
  const redo = () => set(redone(history.value) ?? history.value)

  /** The name under which the companion has exactly this; undefined when it has not. */
  const savedAs = computed(() => (isSame(origin.value.pipeline, pipeline.value) ? origin.value.saved : undefined))

  /** The draft as a `.cr` file: the text that it came from, changed where the draft was, comments and all. */
  async function write(): Promise<{ readonly text: string; readonly dropsComments: boolean }> {
    const { pipeline, origin } = history.value.now
    const { updateCr, writeCr } = await import('#protocol/cr-write.ts')
    const updated = updateCr(origin.text, pipeline)
    return { text: updated ?? writeCr(pipeline), dropsComments: updated === undefined && COMMENT.test(origin.text) }
  }

  /** Notes that the companion now has `saved` under `name`, as `text`. */
  function wasSaved(name: string, text: string, saved: Pipeline): void {
    const before = origin.value
    const after = { saved: name, text, pipeline: saved }
    set(everywhere(history.value, draft => (isSameFile(draft.origin, before) ? { ...draft, origin: after } : draft)))
  }
  /** Notes that the companion has it no more. */
  function wasRemoved(name: string): void {
    set(
      everywhere(history.value, draft =>
        draft.origin.saved === name ? { ...draft, origin: { ...draft.origin, saved: undefined } } : draft,
      ),
    )
  }

  return {
    pipeline,
    origin,
    open,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    savedAs,
    write,
    add,
    remove,
    bringBack,
    move,
    rename,
    setOption,
    show,
    clear,
    undo,
    redo,
    wasSaved,
    wasRemoved,
  }
})
