import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { OptionValue } from '#protocol/plugins.ts'
import type { Pipeline, PipelineNode } from '../../companion/plugin-types.ts'
import { writeCr } from './cr-write.ts'
import { begun, changed, redone, undone } from './history.ts'
import { added, EMPTY, isSame, moved, putBack, removed, withOption } from './steps.ts'

/** Where the draft outlives a reload. */
const KEY = 'voxloom:pipeline'

/** A file that the draft came from, or was written to. */
interface Origin {
  /** The name under which the companion keeps it; undefined for a file of the user's. */
  readonly saved: string | undefined
  readonly text: string
  readonly pipeline: Pipeline
}

function readDraft(): Pipeline {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? '') as Pipeline
    const isWhole = typeof draft.name === 'string' && draft.nodes.every(({ id, plugin }) => id && plugin)
    return isWhole ? draft : EMPTY
  } catch {
    return EMPTY // none yet, or somebody else's
  }
}

/** The pipeline in the builder. Every change can be taken back, opening another one included. */
export const usePipeline = defineStore('pipeline', () => {
  const history = shallowRef(begun(readDraft()))
  const origin = shallowRef<Origin>()
  const pipeline = computed(() => history.value.now)
  /** Which step is unfolded, by its id. */
  const open = ref<string>()

  function set(next: typeof history.value): void {
    history.value = next
    try {
      localStorage.setItem(KEY, JSON.stringify(next.now))
    } catch {
      // No room: the draft lives as long as the page.
    }
  }
  const change = (next: Pipeline, subject?: string) => set(changed(history.value, next, subject))

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
  function show(next: Pipeline, from?: Origin): void {
    change(isSame(next, pipeline.value) ? pipeline.value : next)
    origin.value = from
    open.value = undefined
  }
  const clear = () => show(EMPTY)

  const undo = () => set(undone(history.value) ?? history.value)
  const redo = () => set(redone(history.value) ?? history.value)

  const isUnchanged = computed(() => origin.value !== undefined && isSame(origin.value.pipeline, pipeline.value))
  /** The name under which the companion has exactly this; undefined when it has not. */
  const savedAs = computed(() => (isUnchanged.value ? origin.value?.saved : undefined))
  /** As a `.cr` file: the very text that it came from while nothing was changed, comments and all. */
  const text = computed(() => (isUnchanged.value ? origin.value!.text : writeCr(pipeline.value)))
  /** Whether writing this in its origin's place would drop comments. */
  const dropsComments = computed(() => !isUnchanged.value && /^[^"'\n]*#/m.test(origin.value?.text ?? ''))

  /** Notes that the companion now has the draft under `name`. */
  function wasSaved(name: string, saved: string): void {
    origin.value = { saved: name, text: saved, pipeline: pipeline.value }
  }
  /** Notes that the companion has it no more. */
  function wasRemoved(name: string): void {
    if (origin.value?.saved === name) origin.value = { ...origin.value, saved: undefined }
  }

  return {
    pipeline,
    origin: computed(() => origin.value),
    open,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    savedAs,
    text,
    dropsComments,
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
