import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { TranscriptParagraph } from '../../storage/transcripts-types.ts'
import { formatClock } from '../../ui/format.ts'
import { SPEAKER_COLOURS, type Marks, type ParagraphMark } from './editor/marks.ts'
import { useTranscript } from './store.ts'
import { doubtOf } from './words.ts'

interface Known {
  readonly speaker: string
  readonly colour: number | undefined
  readonly locale: string
  readonly mark: ParagraphMark
}

/** What stands beside the paragraphs and is marked in them. Call in `setup`. */
export function useManuscript(): { marks: ComputedRef<Marks> } {
  const { t, locale } = useI18n()
  const open = useTranscript()
  /** A paragraph's mark is made once: with every key all of them are looked at. */
  const known = new WeakMap<TranscriptParagraph, Known>()

  function markOf(paragraph: TranscriptParagraph, speaker: string, colour: number | undefined): ParagraphMark {
    const old = known.get(paragraph)
    if (old && old.speaker === speaker && old.colour === colour && old.locale === locale.value) return old.mark
    const doubts = paragraph.words.flatMap(word => {
      const doubt = doubtOf(word)
      return doubt ? [{ from: word.from, to: word.to, why: t(`transcribe.doubt.${doubt}`) }] : []
    })
    const mark = { time: formatClock(paragraph.start), speaker, colour, doubts }
    known.set(paragraph, { speaker, colour, locale: locale.value, mark })
    return mark
  }

  const marks = computed<Marks>(() => {
    const { speakers = [], paragraphs = [] } = open.transcript ?? {}
    const places = new Map(speakers.map(({ id, name }, at) => [id, { name, colour: at % SPEAKER_COLOURS }]))
    return new Map(
      paragraphs.map(paragraph => {
        const speaker = places.get(paragraph.speaker ?? '')
        return [paragraph.id, markOf(paragraph, speaker?.name ?? '', speaker?.colour)]
      }),
    )
  })
  return { marks }
}
