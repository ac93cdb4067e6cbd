import { cuesOf } from './cues.ts'
import { plainText } from './plain.ts'
import type { PlacedSource } from './timeline.ts'

export type CaptionFormat = 'srt' | 'vtt' | 'json'
/** Captions, or the words alone. */
export type TranscriptFormat = CaptionFormat | 'txt'

/** `01:02:03,004`; hours grow beyond two digits when they must. @param milliseconds whole, not negative */
export function timecode(milliseconds: number, point: ',' | '.'): string {
  const digits = (value: number, count: number) => String(value).padStart(count, '0')
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = Math.floor(milliseconds / 1000) % 60
  return `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}${point}${digits(milliseconds % 1000, 3)}`
}

async function* srt(segments: PlacedSource): AsyncGenerator<string, void, undefined> {
  let number = 0
  for await (const { start, end, lines } of cuesOf(segments))
    yield `${++number}\r\n${timecode(start, ',')} --> ${timecode(end, ',')}\r\n${lines.join('\r\n')}\r\n\r\n`
}

async function* vtt(segments: PlacedSource): AsyncGenerator<string, void, undefined> {
  const escaped = (line: string) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  // A voice span's name ends at its `>` and may not hold a line break (WebVTT, 3.5).
  const voice = (name: string) => `<v ${escaped(name.replace(/\s+/g, ' ').trim())}>`
  yield 'WEBVTT\n\n'
  for await (const { start, end, lines, speaker } of cuesOf(segments)) {
    const text = `${speaker?.trim() ? voice(speaker) : ''}${lines.map(escaped).join('\n')}`
    yield `${timecode(start, '.')} --> ${timecode(end, '.')}\n${text}\n\n`
  }
}

/** Seconds with no more digits than a sample needs. */
const seconds = (value: number): number => Number(value.toFixed(6))

async function* json(segments: PlacedSource): AsyncGenerator<string, void, undefined> {
  yield '{"format":"voxloom-words","version":1,"unit":"seconds","segments":['
  let first = true
  let duration = 0
  const chapters: { title: string; start: number }[] = []
  for await (const segment of segments) {
    const { start, end, text, chapter, pauseAfter, speaker, doubt } = segment
    if (chapter !== undefined) chapters.push({ title: chapter, start: seconds(start) })
    const words = segment.words.map(word => ({
      text: word.text,
      from: word.from,
      to: word.to,
      start: seconds(start + word.start),
      end: seconds(start + word.end),
      ...(word.confidence !== undefined && { confidence: Number(word.confidence.toFixed(3)) }),
    }))
    const about = { ...(speaker !== undefined && { speaker }), ...(doubt && { doubt }) }
    const item = { start: seconds(start), end: seconds(end), text, words, ...about }
    yield (first ? '\n' : ',\n') + JSON.stringify(item)
    first = false
    duration = end + pauseAfter
  }
  yield `\n],"chapters":${JSON.stringify(chapters)},"duration":${seconds(duration)}}\n`
}

const WRITERS = { srt, vtt, json, txt: plainText } as const

/** Captions as text, piece by piece. What was written goes through `placed` first, what was heard through `heard`. */
export function captionText(format: TranscriptFormat, segments: PlacedSource): AsyncGenerator<string, void, undefined> {
  return WRITERS[format](segments)
}

/** The MIME type of a caption file. */
export const CAPTION_MIME: Readonly<Record<TranscriptFormat, string>> = {
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  json: 'application/json',
  txt: 'text/plain; charset=utf-8',
}
