import type { ImportNote } from './types.ts'

export interface Decoded {
  readonly text: string
  readonly notes: readonly ImportNote[]
}

/** How many bytes are looked at to tell UTF-16 without a byte order mark. */
const SAMPLE = 4096

/**
 * Text of bytes whose encoding is not known: a byte order mark wins; else UTF-16 shows by its zero bytes (every second
 * byte of text in a Latin script); else UTF-8 if it is valid throughout; else windows-1252, which has a letter for
 * nearly every byte and is what most old text files are. Line ends become `\n`, NUL is dropped.
 */
export function decodeText(bytes: Uint8Array): Decoded {
  const notes: ImportNote[] = []
  const encoding = encodingOf(bytes)
  if (encoding.startsWith('utf-16')) notes.push('decoded-utf-16')
  if (encoding === 'windows-1252') notes.push('decoded-windows-1252')
  let text = new TextDecoder(encoding).decode(bytes)
  if (text.includes('\0')) {
    notes.push('nul-dropped')
    text = text.replaceAll('\0', '')
  }
  return { text: text.replace(/\r\n?|[\u2028\u2029\u0085]/g, '\n').replace(/^\ufeff/, ''), notes }
}

function encodingOf(bytes: Uint8Array): string {
  const [a, b, c] = bytes
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  const pairs = Math.min(bytes.length, SAMPLE) >> 1
  let even = 0
  let odd = 0
  for (let pair = 0; pair < pairs; pair++) {
    if (bytes[2 * pair] === 0) even++
    if (bytes[2 * pair + 1] === 0) odd++
  }
  // A stray NUL is no proof: most pairs must have theirs, all on the same side.
  if (pairs >= 2 && odd > pairs * 0.6 && even < pairs * 0.1) return 'utf-16le'
  if (pairs >= 2 && even > pairs * 0.6 && odd < pairs * 0.1) return 'utf-16be'
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return 'utf-8'
  } catch {
    return 'windows-1252'
  }
}

const MAGIC: readonly (readonly [string, string])[] = [
  ['%PDF-', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive or office document'],
  ['\xd0\xcf\x11\xe0', 'an old office document'],
  ['\x89PNG', 'an image'],
  ['\xff\xd8\xff', 'an image'],
  ['GIF8', 'an image'],
  ['ID3', 'a sound file'],
  ['RIFF', 'a sound or video file'],
  ['OggS', 'a sound file'],
  ['fLaC', 'a sound file'],
  ['\x1f\x8b', 'a compressed file'],
  ['7z\xbc\xaf', 'a compressed file'],
  ['\x7fELF', 'a program'],
  ['{\\rtf', 'a rich text document'],
]

/** What the bytes are when they are not text, in words; undefined when they may be text. */
export function notText(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 8))
  for (const [magic, what] of MAGIC) if (head.startsWith(magic)) return what
  if (encodingOf(bytes.subarray(0, SAMPLE)).startsWith('utf-16')) return undefined
  let control = 0
  const length = Math.min(bytes.length, SAMPLE)
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] ?? 0
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) control++
  }
  // NULs alone are dropped later: a text with a few is still a text.
  return control > length * 0.1 ? 'binary data' : undefined
}
