import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { root } from './models.ts'

const folder = join(root, '.cache', 'books')
const TEXT = 'usr/share/doc/debian-history/docs/project-history.en.txt.gz'

/**
 * A book that nobody here wrote: “A Brief History of Debian”, from Debian's package debian-history, some ten thousand
 * words. Where there is no Debian, the licence's text, which is shorter.
 */
export function book(): string {
  if (!existsSync(join(folder, TEXT))) fetchBook()
  if (!existsSync(join(folder, TEXT))) return readFileSync(join(root, 'LICENSE'), 'utf8')
  return gunzipSync(readFileSync(join(folder, TEXT))).toString('utf8')
}

/** Its first chapter, some four hundred words. */
export function chapter(): string {
  const text = book()
  const [from = -1, to = -1] = [...text.matchAll(/^Chapter\s\d+\./gmu)].map(({ index }) => index)
  return to < 0 ? text.slice(0, 2500) : text.slice(from, to)
}

function fetchBook(): void {
  mkdirSync(folder, { recursive: true })
  spawnSync('apt-get', ['-qq', 'download', 'debian-history'], { cwd: folder })
  const file = readdirSync(folder).find(name => name.endsWith('.deb'))
  if (file) spawnSync('dpkg-deb', ['-x', file, '.'], { cwd: folder })
}
