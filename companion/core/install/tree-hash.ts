import { createHash, type Hash } from 'node:crypto'
import { closeSync, lstatSync, openSync, readdirSync, readSync, type BigIntStats } from 'node:fs'
import { join } from 'node:path'
import { MAX_TOTAL_BYTES } from './budget.ts'
import { MAX_ENTRIES } from './names.ts'

interface TreeFile {
  readonly path: string
  readonly full: string
  readonly stat: BigIntStats
}

/** What was hashed in this process, and the stamps that the files had. */
const known = new Map<string, { readonly stamp: string; readonly hash: string }>()

/**
 * SHA-256 over all names, contents and executable bits of an installed plugin. Unlike the hash by which a plugin counts
 * as tried, it leaves nothing out: what lies in `node_modules` or `__pycache__` runs, too. Read again only when the
 * stamps of the files have changed, because listings ask for it often.
 * @returns lower-case hex; undefined when the folder can't be what was installed: gone, with links, or far larger
 */
export function hashTree(folder: string): string | undefined {
  try {
    const files = treeFiles(folder)
    if (!files) return undefined
    const stamp = stampOf(files)
    const before = known.get(folder)
    if (before?.stamp === stamp) return before.hash
    const hash = createHash('sha256')
    for (const { path, full, stat } of files) {
      const isFile = stat.isFile()
      hash.update(`${isFile ? (stat.mode & 0o100n ? 'x' : 'f') : 'd'} ${Buffer.byteLength(path)} ${path}\n`)
      if (isFile) {
        hash.update(`${stat.size}\n`)
        addFile(hash, full)
      }
    }
    const digest = hash.digest('hex')
    known.set(folder, { stamp, hash: digest })
    return digest
  } catch {
    // Something went away while it was read.
    return undefined
  }
}

/** Sorted by path; undefined when there is anything that no archive can bring. */
function treeFiles(folder: string): TreeFile[] | undefined {
  if (!lstatSync(folder).isDirectory()) return undefined
  const files: TreeFile[] = []
  const waiting = ['']
  let bytes = 0n
  for (let inside = waiting.pop(); inside !== undefined; inside = waiting.pop()) {
    for (const name of readdirSync(join(folder, inside))) {
      const path = inside === '' ? name : `${inside}/${name}`
      const full = join(folder, path)
      const stat = lstatSync(full, { bigint: true })
      if (stat.isDirectory()) waiting.push(path)
      else if (!stat.isFile()) return undefined
      bytes += stat.size
      files.push({ path, full, stat })
      // What a build has added may be more than an archive could bring, but not without end.
      if (files.length > 4 * MAX_ENTRIES || bytes > 4 * MAX_TOTAL_BYTES) return undefined
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function stampOf(files: readonly TreeFile[]): string {
  const hash = createHash('sha256')
  for (const { path, stat } of files) {
    const { dev, ino, mode, size, mtimeNs, ctimeNs } = stat
    hash.update([path.length, path, dev, ino, mode, size, mtimeNs, ctimeNs].join(' '))
  }
  return hash.digest('hex')
}

function addFile(hash: Hash, path: string): void {
  const file = openSync(path, 'r')
  try {
    const piece = Buffer.alloc(1 << 18)
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read))
  } finally {
    closeSync(file)
  }
}
