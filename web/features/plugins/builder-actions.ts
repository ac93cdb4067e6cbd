import { computed, nextTick, ref, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { announce } from '../../ui/announce.ts'
import { download, fileName } from '../../ui/save-file.ts'
import { useNotices } from '../../ui/toast.ts'
import type { Check } from './check.ts'
import { useTold } from './notices.ts'
import { usePipelineInput } from './store-input.ts'
import { usePluginJobs } from './store-jobs.ts'
import { usePipeline } from './store-pipeline.ts'
import { useSavedPipelines } from './store-saved.ts'

/** Something that is asked before it is done. */
interface Question {
  readonly title: string
  readonly text: string
  readonly action: string
  readonly then: () => unknown
}

/** Saving, running and exporting the draft, with what has to be asked before. Call in the builder's `setup`. */
export function useBuilderActions(check: Check) {
  const { t } = useI18n()
  const router = useRouter()
  const draft = usePipeline()
  const input = usePipelineInput()
  const jobs = usePluginJobs()
  const saved = useSavedPipelines()
  const notify = useNotices()
  const told = useTold()
  /** Stays after the answer, so that its words don't vanish while the dialog closes. */
  const question = shallowRef<Question>()
  const isAsked = ref(false)
  function ask(next: Question): void {
    question.value = next
    isAsked.value = true
  }
  const isStarting = ref(false)
  /** Whether Run was pressed while the check was still under way: nobody has to press twice. */
  const waits = ref(false)
  /** Whether Run was pressed with nothing to put in. */
  const lacksInput = ref(false)
  watch(
    () => input.isThere,
    () => (lacksInput.value = false),
  )

  /** @throws SeamError */
  async function write(): Promise<void> {
    const { pipeline } = draft
    const { name } = pipeline
    const { toml } = await saved.save(name, (await draft.write()).text)
    draft.wasSaved(name, toml, pipeline)
    notify({ title: t('plugins.save.saved', { name }), kind: 'success' })
    await router.replace(`/studio/plugins/pipeline/${encodeURIComponent(name)}`)
  }

  /** Saves under the draft's name, and asks before anything of somebody else's is lost. */
  async function saveOrAsk(): Promise<void> {
    if (!check.isNameFit.value || draft.pipeline.nodes.length === 0) return
    const { name } = draft.pipeline
    const then = () => told(write())
    const isOwn = draft.origin.saved === name
    if (!isOwn && saved.names?.includes(name)) {
      const text = t('plugins.save.replaceText')
      ask({ title: t('plugins.save.replace', { name }), text, action: t('plugins.save.replaceIt'), then })
    } else if (isOwn && (await draft.write()).dropsComments) {
      const text = t('plugins.save.commentsText')
      ask({ title: t('plugins.save.comments'), text, action: t('plugins.save.save'), then })
    } else await write()
  }
  const save = () => told(saveOrAsk())

  async function begin(): Promise<void> {
    isStarting.value = true
    try {
      const { name } = draft.pipeline
      const pipeline = { toml: (await draft.write()).text }
      const request = { pipeline, input: await input.content(), type: input.type, split: input.split }
      await jobs.run(request, t('plugins.run.named', { name }))
      announce(t('plugins.run.started', { name }))
      await nextTick()
      document.getElementById('plugin-run')?.scrollIntoView({ block: 'nearest' })
    } finally {
      isStarting.value = false
    }
  }

  /** Starts a job. */
  function run(): void {
    if (!input.isThere) {
      lacksInput.value = true
      announce(t('plugins.input.lacking'), true)
      document.getElementById(input.mode === 'text' ? 'plugin-input' : 'plugin-file')?.focus()
      return
    }
    if (isStarting.value) return
    if (check.isAsking.value) return void (waits.value = true)
    if (!check.isReady.value) return announce(t('plugins.check.wrong'), true)
    void told(begin())
  }

  watch(check.isAsking, asking => {
    if (asking || !waits.value) return
    waits.value = false
    run()
  })

  async function writeFile(): Promise<void> {
    if (draft.pipeline.nodes.length === 0) return
    const name = fileName(draft.pipeline.name, 'cr')
    const { text } = await draft.write()
    download(new Blob([text], { type: 'application/toml' }), name)
    announce(t('plugins.builder.exported', { name }))
  }
  const exportFile = () => told(writeFile())

  const isBusy = computed(() => isStarting.value || waits.value)
  return { save, run, exportFile, question, isAsked, isBusy, lacksInput }
}
