import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { SeamError } from '#protocol/errors.ts'
import type { PipelineFile } from '../../companion/plugin-types.ts'
import { isPipeline, useIncoming } from '../../ui/incoming.ts'
import { useNotices } from '../../ui/toast.ts'
import { MAX_CR, readCr } from './cr-read.ts'
import { useTold } from './notices.ts'
import { usePipeline } from './store-pipeline.ts'

/** For a file input's `accept`. `.or` is what some other hosts call the same. */
export const ACCEPTED = '.cr,.or'

export const isCr = ({ name }: File): boolean => /\.(cr|or)$/i.test(name)

/** Bytes that a `.cr` file can have at most: four a character. */
const MAX_BYTES = MAX_CR * 4

/** Shows a `.cr` file in the builder, with a way back to what was there. Call in `setup`. */
export function useShow(): (file: PipelineFile) => Promise<void> {
  const { t } = useI18n()
  const router = useRouter()
  const draft = usePipeline()
  const notify = useNotices()
  return async ({ toml, pipeline }) => {
    draft.show(pipeline, { saved: undefined, text: toml, pipeline })
    await router.push('/studio/plugins/pipeline')
    notify({
      title: t('plugins.builder.opened', { name: pipeline.name }),
      action: { label: t('plugins.undo'), run: draft.undo },
    })
  }
}

/** Opens `.cr` files in the builder: chosen, dropped, or opened with the app. Call in `setup`. */
export function useBringIn(): (file: File) => Promise<void> {
  const show = useShow()
  const told = useTold()

  async function open(file: File): Promise<void> {
    if (file.size > MAX_BYTES) throw new SeamError('bad-input', `“${file.name}” is too large for a pipeline.`)
    const toml = await file.text()
    await show({ toml, pipeline: await readCr(toml, file.name) })
  }
  return file => told(open(file))
}

/** Takes pipelines that the system opens with the app. Call in `setup` of the room. */
export function useIntake(): void {
  const incoming = useIncoming()
  const bringIn = useBringIn()
  watch(
    () => incoming.waiting.length,
    () => {
      for (const { files } of incoming.take(isPipeline)) for (const file of files) void bringIn(file)
    },
    { immediate: true },
  )
}
