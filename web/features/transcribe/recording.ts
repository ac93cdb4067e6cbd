import { useI18n } from 'vue-i18n'
import { formatDate } from '../../ui/format.ts'
import { useChoice } from './store-choice.ts'
import { useListeningModel } from './store-model.ts'
import { useRecorder } from './store-record.ts'

/** Begins recordings. Call in `setup`. */
export function useRecording(): {
  /** From a click. @returns the transcript's id, or undefined when there is no microphone, which is told */
  record(): Promise<string | undefined>
} {
  const { t, locale } = useI18n()
  const recorder = useRecorder()
  const model = useListeningModel()
  const choice = useChoice()
  return {
    async record() {
      if (recorder.state !== 'idle') return recorder.id
      // Whoever speaks now is not asked about downloads: without the model the words come afterwards.
      const afterwards = await model.isReady().catch(() => false)
      const captions = afterwards && choice.transcriber.info.live !== false
      const when = formatDate(new Date().toISOString(), locale.value)
      return recorder.start({ title: t('transcribe.record.job', { when }), captions, afterwards })
    },
  }
}
