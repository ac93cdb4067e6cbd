import { extname } from 'node:path'
import { parseMediaType, type MediaType } from '../core/plugins/media-type.ts'

const BY_EXTENSION: Readonly<Record<string, string>> = {
  '.txt': 'text/plain',
  '.text': 'text/plain',
  '.md': 'text/markdown',
  '.markdown': 'text/markdown',
  '.html': 'text/html',
  '.htm': 'text/html',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.epub': 'application/epub+zip',
  '.pdf': 'application/pdf',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.opus': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.m4b': 'audio/mp4',
  '.flac': 'audio/flac',
}

/** The type that a file's name tells; undefined when it tells none. */
export function typeOfFile(path: string): MediaType | undefined {
  const type = BY_EXTENSION[extname(path).toLowerCase()]
  return type === undefined ? undefined : parseMediaType(type)
}
