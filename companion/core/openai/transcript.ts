import { deflateSync } from 'node:zlib'
import type { Caption } from '#protocol/transcribe.ts'
import { gapBehind } from '#text/captions/plain.ts'
import { heard } from '#text/captions/timeline.ts'
import { CAPTION_MIME, captionText } from '#text/captions/write.ts'

export const TRANSCRIPT_FORMATS = ['json', 'text', 'srt', 'verbose_json', 'vtt'] as const
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number]

/** What was heard in a sound. */
export interface Heard {
  /** Final ones alone. */
  readonly captions: readonly Caption[]
  /** Seconds of sound. */
  readonly duration: number
  /** What was spoken. */
  readonly lang: string
}

/** What of the words is told beside the text, in `verbose_json`. */
export interface Granularity {
  readonly words: boolean
  readonly segments: boolean
}

/** Sentences behind each other, without paragraphs. */
export function wholeText(captions: readonly Caption[]): string {
  let text = ''
  for (const caption of captions) text += deltaOf(text, caption)
  return text
}

/** What a caption adds to the text before it. */
export const deltaOf = (before: string, { text }: Caption): string =>
  before === '' ? text.trim() : gapBehind(before) + text.trim()

/** A transcript as the format has it. */
export async function transcriptAs(
  format: TranscriptFormat,
  found: Heard,
  granularity: Granularity,
): Promise<{ readonly type: string; readonly body: string }> {
  const { captions, duration } = found
  const usage = { type: 'duration', seconds: Math.ceil(duration) } as const
  const json = (content: object) => ({ type: CAPTION_MIME.json, body: JSON.stringify({ ...content, usage }) })
  switch (format) {
    case 'json':
      return json({ text: wholeText(captions) })
    case 'verbose_json':
      return json(verbose(found, granularity))
    case 'text':
      return { type: CAPTION_MIME.txt, body: `${wholeText(captions)}\n` }
    case 'srt':
    case 'vtt': {
      let body = ''
      for await (const piece of captionText(format, heard(captions))) body += piece
      return { type: `${CAPTION_MIME[format]}; charset=utf-8`, body }
    }
  }
}

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language' })

function verbose({ captions, duration, lang }: Heard, { words, segments }: Granularity): object {
  const [primary = lang] = lang.split('-', 1)
  return {
    task: 'transcribe',
    language: (LANGUAGE_NAMES.of(primary) ?? primary).toLowerCase(),
    duration,
    text: wholeText(captions),
    ...(segments && { segments: captions.map(segmentOf) }),
    ...(words && {
      words: captions.flatMap(caption => caption.words.map(({ text, start, end }) => ({ word: text, start, end }))),
    }),
  }
}

/** Seeks, tokens and temperatures are another recogniser’s; the rest is measured. */
function segmentOf(caption: Caption, id: number): object {
  const { text, start, end, words } = caption
  const sure = words.flatMap(({ confidence }) =>
    confidence === undefined ? [] : [Math.log(Math.max(confidence, 1e-6))],
  )
  const bytes = Buffer.from(text)
  return {
    id,
    seek: 0,
    start,
    end,
    text,
    tokens: [],
    temperature: 0,
    avg_logprob: sure.length === 0 ? 0 : sure.reduce((sum, each) => sum + each, 0) / sure.length,
    compression_ratio: bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length,
    no_speech_prob: 0,
  }
}
