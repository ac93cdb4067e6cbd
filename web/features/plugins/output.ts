import type { JobInfo } from '#protocol/jobs.ts'
import { fileName } from '../../ui/save-file.ts'
import { parseType } from './media-types.ts'

/** What the page can do with an output: show it, play it, play it once it has a header, or hand it on. */
export type OutputKind = 'text' | 'audio' | 'pcm' | 'file'

export function kindOf(type: string): OutputKind {
  const name = parseType(type)?.name ?? ''
  if (name === 'audio/pcm') return 'pcm'
  if (name.startsWith('audio/')) return 'audio'
  return name.startsWith('text/') || ['application/json', 'application/jsonl'].includes(name) ? 'text' : 'file'
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'audio/pcm': 'pcm',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4b',
  'audio/ogg': 'ogg',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/flac': 'flac',
  'audio/webm': 'webm',
  'text/plain': 'txt',
  'text/markdown': 'md',
  'text/html': 'html',
  'text/vtt': 'vtt',
  'application/json': 'json',
  'application/jsonl': 'jsonl',
}

/** What an output is called when it is saved. */
export function outputName(
  { pipeline, outputType }: Pick<JobInfo, 'pipeline' | 'outputType'>,
  extension?: string,
): string {
  return fileName(pipeline, extension ?? EXTENSIONS[parseType(outputType)?.name ?? ''] ?? 'bin')
}

const TYPES: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  text: 'text/plain',
  log: 'text/plain',
  srt: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  htm: 'text/html',
  html: 'text/html',
  vtt: 'text/vtt',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/jsonl',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  mp4: 'audio/mp4',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  wav: 'audio/wav',
  flac: 'audio/flac',
  pcm: 'audio/pcm;rate=24000;channels=1',
}

/** A file's media type: by its name first, because systems disagree about types; else what the system says. */
export function inputTypeOf({ name, type }: Pick<File, 'name' | 'type'>): string {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return TYPES[ending] ?? (type || 'application/octet-stream')
}

/** Bytes of a text file that go to the companion beside the pipeline, as JSON; larger ones go as they are. */
export const MAX_TEXT_INPUT = 32 * 1024 * 1024

export const isTextInput = (type: string, bytes: number): boolean => kindOf(type) === 'text' && bytes <= MAX_TEXT_INPUT
