import type { AudioFormat, CaptionFormat } from '../types.ts'

/** The longest file name without its ending, bytes of UTF-8: file systems allow 255, and a copy adds " (1)". */
export const MAX_NAME_BYTES = 180

// What no Windows file may be called, whatever its ending.
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** A file name that every system takes, from a title: `The Tale.mp3`. */
export function fileName(title: string, format: AudioFormat | CaptionFormat): string {
  let base = title
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replace(/[<>:"/\\|?*]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^\.+|[. ]+$/g, '')
  while (bytesOf(base) > MAX_NAME_BYTES) base = [...base].slice(0, -1).join('')
  base = base.trim()
  if (base === '' || RESERVED.test(base)) base = `Voxloom ${base}`.trim()
  return `${base}.${format}`
}
