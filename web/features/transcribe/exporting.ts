import type { CaptionWord } from '#protocol/transcribe.ts'
import type { Placed } from '#text/captions/timeline.ts'
import { captionText, type TranscriptFormat } from '#text/captions/write.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import type { Transcript } from '../../storage/transcripts-types.ts'
import { formatClock } from '../../ui/format.ts'

export const FORMATS: readonly TranscriptFormat[] = ['txt', 'srt', 'vtt', 'json']

interface ExportWish {
  readonly format: TranscriptFormat
  /** In plain text: when each paragraph begins. */
  readonly times: boolean
  /** Who says it, where the format can hold that. */
  readonly speakers: boolean
}

/** The sentences of a transcript where they were said. */
export async function* sentencesOf(transcript: Transcript, speakers: boolean): AsyncGenerator<Placed> {
  const segmenter = await loadSegmenter()
  const names = new Map(transcript.speakers.map(({ id, name }) => [id, name]))
  for (const { text, words, start, end, speaker } of transcript.paragraphs) {
    const name = speakers && speaker !== undefined ? names.get(speaker) : undefined
    let reached = start
    for (const { from, to } of segmenter.sentences(text, transcript.lang)) {
      const own = words.filter(word => word.from >= from && word.from < to)
      const begins = own[0]?.start ?? reached
      const ends = Math.max(begins, own.at(-1)?.end ?? Math.min(end, begins))
      reached = ends
      const doubt = own.find(word => word.doubt !== undefined)?.doubt
      yield {
        text: text.slice(from, to),
        start: begins,
        end: ends,
        duration: ends - begins,
        pauseAfter: 0,
        words: own.map<CaptionWord>(word => ({
          text: text.slice(word.from, Math.min(word.to, to)),
          from: word.from - from,
          to: Math.min(word.to, to) - from,
          start: word.start - begins,
          end: word.end - begins,
          ...(word.confidence === undefined ? {} : { confidence: word.confidence }),
        })),
        ...(name === undefined ? {} : { speaker: name }),
        ...(doubt === undefined ? {} : { doubt }),
      }
    }
  }
}

/** The paragraphs as plain text, a blank line between them. */
function plain({ paragraphs, speakers }: Transcript, { times, speakers: named }: Omit<ExportWish, 'format'>): string {
  const names = new Map(speakers.map(({ id, name }) => [id, name]))
  const lines = paragraphs
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, start, speaker }) => {
      const who = named && speaker !== undefined ? names.get(speaker) : undefined
      return [times ? `[${formatClock(start)}] ` : '', who === undefined ? '' : `${who}: `, text.trim()].join('')
    })
  return lines.length > 0 ? `${lines.join('\n\n')}\n` : ''
}

/** The whole file as text. */
export async function exportText(transcript: Transcript, wish: ExportWish): Promise<string> {
  if (wish.format === 'txt') return plain(transcript, wish)
  let text = ''
  for await (const piece of captionText(wish.format, sentencesOf(transcript, wish.speakers))) text += piece
  return text
}

/** For the ear: paragraphs alone, to be read by a voice. */
export const narrationText = (transcript: Transcript): string => plain(transcript, { times: false, speakers: false })
