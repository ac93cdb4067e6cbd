import type { CaptionFormat } from '../types.ts'
import { cuesOf } from './cues.ts'
import { type CaptionSegment, placed } from './timeline.ts'

/** `01:02:03,004`; hours grow beyond two digits when they must. @param milliseconds whole, not negative */
export function timecode(milliseconds: number, point: ',' | '.'): string {
  const digits = (value: number, count: number) => String(value).padStart(count, '0')
  const hours = Math.floor(milliseconds / 3_600_000)
  const minutes = Math.floor(milliseconds / 60_000) % 60
  const seconds = Math.floor(milliseconds / 1000) % 60
  return `${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}${point}${digits(milliseconds % 1000, 3)}`
}

async function* srt(segments: Source): AsyncGenerator<string, void, undefined> {
  let number = 0
  for await (const { start, end, lines } of cuesOf(segments))
    yield `${++number}\r\n${timecode(start, ',')} --> ${timecode(end, ',')}\r\n${lines.join('\r\n')}\r\n\r\n`
}

async function* vtt(segments: Source): AsyncGenerator<string, void, undefined> {
  const escaped = (line: string) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  yield 'WEBVTT\n\n'
  for await (const { start, end, lines } of cuesOf(segments))
    yield `${timecode(start, '.')} --> ${timecode(end, '.')}\n${lines.map(escaped).join('\n')}\n\n`
}

/** Seconds with no more digits than a sample needs. */
const seconds = (value: number): number => Number(value.toFixed(6))

async function* json(segments: Source): AsyncGenerator<string, void, undefined> {
  yield '{"format":"voxloom-words","version":1,"unit":"seconds","segments":['
  let first = true
  let duration = 0
  const chapters: { title: string; start: number }[] = []
  for await (const segment of placed(segments)) {
    const { start, end, text, chapter, pauseAfter } = segment
    if (chapter !== undefined) chapters.push({ title: chapter, start: seconds(start) })
    const words = segment.words.map(word => ({
      text: word.text,
      from: word.from,
      to: word.to,
      start: seconds(start + word.start),
      end: seconds(start + word.end),
    }))
    yield (first ? '\n' : ',\n') + JSON.stringify({ start: seconds(start), end: seconds(end), text, words })
    first = false
    duration = end + pauseAfter
  }
  yield `\n],"chapters":${JSON.stringify(chapters)},"duration":${seconds(duration)}}\n`
}

type Source = AsyncIterable<CaptionSegment> | Iterable<CaptionSegment>

const WRITERS = { srt, vtt, json } as const

/** Captions as text, piece by piece. Times count from the start of the programme, sound and pauses summed. */
export function captionText(format: CaptionFormat, segments: Source): AsyncGenerator<string, void, undefined> {
  return WRITERS[format](segments)
}

/** The MIME type of a caption file. */
export const CAPTION_MIME: Readonly<Record<CaptionFormat, string>> = {
  srt: 'application/x-subrip',
  vtt: 'text/vtt',
  json: 'application/json',
}
