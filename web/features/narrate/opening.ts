import { nextTick, onMounted, shallowRef, watch, type ShallowRef } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Place } from '../../ui/text/places.ts'
import { useNarratePlayback } from './store-playback.ts'
import { useNarrateProject } from './store.ts'
import { useNarrateVoices } from './store-voices.ts'

/**
 * Opens the project of the address, goes to the sentence that it names, and turns the pages while the voice reads.
 * Call in `setup`. @param at a sentence's id, or its number counted from 1
 */
export function useOpening(
  id: () => string,
  at: () => string | undefined,
  placeCaret: (place: Place) => void,
): {
  failure: Readonly<ShallowRef<SeamError | undefined>>
  again(): void
  goTo(place: Place, chapter: string | undefined): void
} {
  const project = useNarrateProject()
  const playback = useNarratePlayback()
  const voices = useNarrateVoices()
  const failure = shallowRef<SeamError>()

  async function open() {
    failure.value = undefined
    try {
      await Promise.all([project.open(id()), voices.load()])
      playback.enter()
      await goToSentence(at())
    } catch (error) {
      failure.value = toSeamError(error)
    }
  }

  async function goToSentence(place: string | undefined) {
    if (place === undefined) return
    const script = await playback.settled()
    if (!script) return
    const index = /^\d+$/.test(place) ? Number(place) - 1 : script.indexOf(place)
    const sentence = script.sentences[index]
    const chapter = sentence && project.project?.chapters[sentence.chapter]?.id
    if (sentence) goTo({ paragraph: sentence.paragraph, offset: sentence.from }, chapter)
  }

  function goTo(place: Place, chapter: string | undefined) {
    if (chapter) project.showChapter(chapter)
    // The chapter's editor is mounted by then.
    void nextTick(() => placeCaret(place))
  }

  onMounted(() => void open())
  watch(at, place => void goToSentence(place))

  // The page turns with the voice, as long as nobody has scrolled away.
  watch(
    () => playback.position?.sentence,
    index => {
      if (!playback.following || !playback.busy || index === undefined) return
      const sentence = playback.script?.sentences[index]
      const chapter = sentence && project.project?.chapters[sentence.chapter]?.id
      if (chapter && chapter !== project.chapterId) project.showChapter(chapter)
    },
  )

  return { failure, again: () => void open(), goTo }
}
