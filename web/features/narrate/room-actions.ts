import { useI18n } from 'vue-i18n'
import type { LexiconEntry, VoiceBlend } from '#protocol/speech.ts'
import { lexiconToJson, parseLexicon } from '#text/lexicon/files.ts'
import { failureWords } from './failure-words.ts'
import { useJobs } from '../../ui/jobs.ts'
import { useNotices } from '../../ui/toast.ts'
import { useTold } from '../../ui/told.ts'
import { saveBlob } from '../../ui/save-file.ts'
import { useInPlace } from './in-place.ts'
import { useNarrateModel } from './store-model.ts'
import { useNarratePlayback } from './store-playback.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'

/** What the room's buttons do beyond one store. Call in `setup`. */
export function useRoomActions(): {
  /** What fails is said in words. */
  told(work: Promise<unknown>): Promise<boolean>
  tasteVoice(voice: VoiceBlend): void
  tasteEntry(entry: LexiconEntry): void
  saveLexicon(): void
  loadLexicon(file: File): void
  renderAll(): void
} {
  const { t } = useI18n()
  const notify = useNotices()
  const tellInPlace = useInPlace()
  const told = useTold(failureWords)
  const jobs = useJobs()
  const project = useNarrateProject()
  const playback = useNarratePlayback()
  const model = useNarrateModel()
  const voices = useNarrateVoices()

  function taste(...sample: Parameters<typeof voices.taste>) {
    playback.pause()
    told(voices.taste(...sample))
  }

  return {
    told,
    tasteVoice: voice =>
      taste(voice, {
        text: t(voices.langOf(voice) === 'ja' ? 'narrate.voice.sampleJapanese' : 'narrate.voice.sample'),
        speed: project.project?.settings.speed ?? 1,
      }),
    tasteEntry(entry) {
      const voice = project.project?.settings.voice
      if (voice) taste(voice, { text: entry.word, key: `word ${entry.word}` }, [entry])
    },
    saveLexicon() {
      const { project: open } = project
      if (!open) return
      const file = new Blob([lexiconToJson(open.lexicon)], { type: 'application/json' })
      told(saveBlob(file, `${open.title || t('narrate.untitled')}.lexicon.json`))
    },
    loadLexicon(file) {
      const read = async () => {
        const { entries, problems } = parseLexicon(await file.text())
        const had = project.project?.lexicon ?? []
        const fresh = new Set(entries.map(({ word }) => word.toLowerCase()))
        project.setLexicon([...had.filter(({ word }) => !fresh.has(word.toLowerCase())), ...entries])
        notify({
          title: t('narrate.words.loaded', { count: entries.length }, entries.length),
          ...(problems.length > 0
            ? { text: t('narrate.words.skipped', { count: problems.length }, problems.length) }
            : {}),
          kind: problems.length > 0 ? 'warning' : 'success',
        })
      }
      told(read())
    },
    renderAll() {
      const title = t('narrate.renderJob', { title: project.project?.title ?? '' })
      told(
        model.onceReady(async () => {
          jobs.start({ title, kind: 'render', run: async run => tellInPlace(await playback.renderAll(run)) })
        }, playback.languages()),
      )
    },
  }
}
