import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { toSeamError } from '#protocol/errors.ts'
import type { PipelineProblem, Validation } from '../../companion/plugin-types.ts'
import { useStudio } from '../studio.ts'
import { faultOf } from './options.ts'
import { NAME } from './steps.ts'
import { usePlugins } from './store.ts'
import { usePipelineInput } from './store-input.ts'
import { usePipeline } from './store-pipeline.ts'

/** Milliseconds of quiet after which the companion is asked. */
const QUIET = 300

/**
 * What the companion says of the draft, asked anew whenever the draft, its input or the plugins change. Call once, in
 * the builder's `setup`: questions end with it.
 */
export function useCheck() {
  const { plugins: service } = useStudio()
  const draft = usePipeline()
  const input = usePipelineInput()
  const plugins = usePlugins()
  const validation = shallowRef<Validation>()
  const failure = shallowRef<unknown>()
  const isAsking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | undefined

  async function ask(): Promise<void> {
    const { signal } = (abort = new AbortController())
    // A name that is not finished yet is the name field's fault, not the steps'.
    const { pipeline } = draft
    const named = NAME.test(pipeline.name) ? pipeline : { ...pipeline, name: 'pipeline' }
    try {
      validation.value = await service.validate(named, input.type, signal)
      failure.value = undefined
    } catch (error) {
      if (signal.aborted) return
      validation.value = undefined
      failure.value = toSeamError(error)
    }
    isAsking.value = false
  }

  function stop(): void {
    clearTimeout(timer)
    abort?.abort()
  }

  watch(
    [() => draft.pipeline, () => input.type, () => plugins.list],
    () => {
      stop()
      isAsking.value = draft.pipeline.nodes.length > 0
      if (isAsking.value) timer = setTimeout(() => void ask(), QUIET)
      else validation.value = failure.value = undefined
    },
    { immediate: true },
  )
  onScopeDispose(stop)

  /** Whether a field of a step holds what its option can't be: told beside the field, in the user's language. */
  const hasFaults = computed(() =>
    draft.pipeline.nodes.some(({ plugin, options = {} }) =>
      Object.entries(plugins.byId.get(plugin)?.options ?? {}).some(([name, option]) => faultOf(option, options[name])),
    ),
  )
  const isNameFit = computed(() => NAME.test(draft.pipeline.name))
  const problemsOf = (id: string): readonly PipelineProblem[] =>
    validation.value?.problems.filter(({ node }) => node === id) ?? []
  /** Those that name no step of the draft. */
  const otherProblems = computed(
    () => validation.value?.problems.filter(({ node }) => !draft.pipeline.nodes.some(({ id }) => id === node)) ?? [],
  )
  /** What a step reads and writes in this very pipeline, once everything fits. */
  const flowOf = (id: string) => validation.value?.nodes.find(node => node.id === id)
  const isReady = computed(
    () => !isAsking.value && validation.value?.valid === true && !hasFaults.value && isNameFit.value,
  )

  return { validation, failure, isAsking, isReady, isNameFit, hasFaults, problemsOf, otherProblems, flowOf }
}

export type Check = ReturnType<typeof useCheck>
