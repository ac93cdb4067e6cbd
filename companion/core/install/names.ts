import { refusal } from './refusal.ts'

/** Files and folders of an archive, those included that only a path mentions. */
export const MAX_ENTRIES = 5000
/** Bytes of a path, and of one part of it. */
export const MAX_PATH = 1024
export const MAX_PART = 255
/** Folders inside folders. */
export const MAX_DEPTH = 32

export type EntryKind = 'file' | 'folder'

/** A path of an archive that was checked: parts joined by `/`, none of them special anywhere. */
export interface CheckedPath {
  readonly path: string
  /** Folders on the way that no entry named before, outermost first; they must be made. */
  readonly newFolders: readonly string[]
}

/**
 * The names of one archive. A path is taken only when Linux, macOS and Windows would make the same file of it, inside
 * of the folder that it is unpacked into, and when no other path of the archive means the same file on any of them.
 */
export class EntryNames {
  /** Folded path → how it was spelt, and what it is. */
  readonly #known = new Map<string, { readonly path: string; readonly kind: EntryKind }>()

  /** @returns undefined for the archive's own root (`./`) @throws SeamError bad-input */
  add(bytes: Uint8Array, kind: EntryKind): CheckedPath | undefined {
    const path = decode(bytes).replace(/^\.\//, '')
    // Folders end with a slash in a zip, and may in a tar.
    const plain = kind === 'folder' ? path.replace(/\/$/, '') : path
    if (kind === 'folder' && (plain === '' || plain === '.') && bytes.length > 0) return undefined
    const parts = checkedParts(plain)
    const newFolders: string[] = []
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      if (this.#note(folder, 'folder')) newFolders.push(folder)
    }
    const isNew = this.#note(plain, kind)
    if (!isNew && kind === 'file') throw refusal(`it holds “${printable(plain)}” twice`)
    if (isNew && kind === 'folder') newFolders.push(plain)
    return { path: plain, newFolders }
  }

  /** @returns whether it was not there before */
  #note(path: string, kind: EntryKind): boolean {
    const key = fold(path)
    const before = this.#known.get(key)
    if (before === undefined) {
      if (this.#known.size >= MAX_ENTRIES) throw refusal(`it holds more than ${MAX_ENTRIES} files and folders`)
      this.#known.set(key, { path, kind })
      return true
    }
    if (before.path !== path) {
      throw refusal(`“${printable(path)}” and “${printable(before.path)}” are one name on some systems`)
    }
    if (before.kind !== kind) throw refusal(`“${printable(path)}” is a file and a folder at once`)
    return false
  }
}

function decode(bytes: Uint8Array): string {
  if (bytes.length > MAX_PATH) throw refusal(`a path in it is longer than ${MAX_PATH} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refusal('a name in it is not UTF-8')
  }
}

function checkedParts(path: string): string[] {
  const shown = printable(path)
  if (path === '') throw refusal('a name in it is empty')
  if (path.startsWith('/')) throw refusal(`“${shown}” is an absolute path`)
  if (path.includes('\\')) throw refusal(`“${shown}” has a backslash in it`)
  if (/^[a-z]:/i.test(path)) throw refusal(`“${shown}” begins with a drive`)
  // Control characters, and those that turn the direction of text: what is shown must be what is there.
  if (/[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/.test(path))
    throw refusal(`the name “${shown}” has characters in it that can’t be seen`)
  if (/[<>:"|?*]/.test(path)) throw refusal(`the name “${shown}” has a character in it that Windows refuses`)
  const parts = path.split('/')
  if (parts.length - 1 > MAX_DEPTH) throw refusal(`“${shown}” lies more than ${MAX_DEPTH} folders deep`)
  for (const part of parts) {
    if (part === '') throw refusal(`“${shown}” has an empty part`)
    if (part === '.' || part === '..') throw refusal(`“${shown}” leads elsewhere`)
    if (Buffer.byteLength(part) > MAX_PART) throw refusal(`a name in it is longer than ${MAX_PART} bytes`)
    if (/[. ]$/.test(part)) throw refusal(`“${shown}” has a part that ends with a dot or a space`)
    if (reservedPart(part)) throw refusal(`“${shown}” is a name that Windows keeps for a device`)
  }
  return parts
}

/** Whether Windows takes this name, with any ending, for a device. */
export const reservedPart = (part: string): boolean =>
  /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i.test(part.split('.')[0]!.trimEnd())

/** Equal for names that some file system takes for one: case, accents, and characters that HFS+ passes over. */
const fold = (path: string): string =>
  path
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')

/** Fit for a terminal. */
export const printable = (text: string): string =>
  text.slice(0, 80).replace(/[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd')
