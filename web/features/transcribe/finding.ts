import { computed, reactive, ref, watch } from 'vue'
import type { Transcript } from '../../storage/transcripts-types.ts'
import type { Place } from '../../ui/text/places.ts'
import { findAll } from './find.ts'
import type { Stretch } from './words.ts'

/** More places than this around the present one are not painted: nobody sees them at once. */
const MOST_LIT = 400

/** What is looked for in the open transcript, and where one is among what was found. Call in `setup`. */
export function useFinding(transcript: () => Transcript | undefined, caret: () => Place | undefined) {
  const shown = ref(false)
  /** Raised when the box is asked for again: it takes the focus. */
  const asked = ref(0)
  const query = ref('')
  const replacement = ref('')
  const exactCase = ref(false)
  const wholeWords = ref(false)
  const at = ref(0)

  const found = computed<readonly Stretch[]>(() => {
    const now = transcript()
    if (!now || !shown.value) return []
    return findAll(now, { query: query.value, exactCase: exactCase.value, wholeWords: wholeWords.value })
  })
  /** The first place at or after one in the text; the first of all behind the last. */
  function firstAfter(place: Place | undefined): number {
    const order = new Map(transcript()?.paragraphs.map(({ id }, index) => [id, index]))
    const here = order.get(place?.paragraph ?? '') ?? -1
    const next = found.value.findIndex(({ paragraph, from }) => {
      const index = order.get(paragraph) ?? -1
      return index > here || (index === here && from >= (place?.offset ?? 0))
    })
    return Math.max(0, next)
  }
  watch([query, exactCase, wholeWords, shown], () => (at.value = firstAfter(caret())))
  watch(found, now => (at.value = Math.min(at.value, Math.max(0, now.length - 1))))

  const current = computed(() => found.value[at.value])
  const lit = computed(() => {
    const from = Math.max(0, at.value - MOST_LIT / 2)
    return found.value.slice(from, from + MOST_LIT)
  })

  return reactive({
    shown,
    asked,
    query,
    replacement,
    exactCase,
    wholeWords,
    at,
    found,
    current,
    lit,
    open() {
      shown.value = true
      asked.value++
    },
    close() {
      shown.value = false
    },
    /** Round and round. */
    step(by: 1 | -1) {
      const count = found.value.length
      if (count > 0) at.value = (at.value + by + count) % count
    },
    /** To the first one behind a place: after what stands where another was replaced. */
    goOn(place: Place) {
      at.value = firstAfter(place)
    },
  })
}
