import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { withLock } from '../core/models/lock.ts'
import { productRoot } from '../core/paths.ts'

/** What the page is made of. */
const SOURCES = ['web', 'public', 'companion/protocol', 'vite.config.ts', 'package.json', 'package-lock.json']
const GENERATED = new Set(['node_modules', '.nuxt-ui'])
const stampFile = join(productRoot, '.build', 'page.sha256')

/** Builds `dist/` when a source changed since it was built. Returns whether it did. @throws SeamError internal */
export async function ensurePage(run: { signal: AbortSignal; onBuild: () => void }): Promise<boolean> {
  if (await isFresh()) return false
  return withLock(
    join(productRoot, '.build', 'page.lock'),
    async () => {
      if (await isFresh()) return false
      run.onBuild()
      rmSync(stampFile, { force: true })
      const state = await sourceState()
      await viteBuild(run.signal)
      mkdirSync(dirname(stampFile), { recursive: true })
      writeFileSync(stampFile, state)
      return true
    },
    run.signal,
  )
}

async function isFresh(): Promise<boolean> {
  if (!existsSync(join(productRoot, 'dist', 'index.html')) || !existsSync(stampFile)) return false
  return readFileSync(stampFile, 'utf8') === (await sourceState())
}

/** Names, sizes and times of all sources: read in a moment, where their contents would take seconds. */
async function sourceState(): Promise<string> {
  const hash = createHash('sha256')
  const add = async (path: string): Promise<void> => {
    const full = join(productRoot, path)
    const info = await stat(full).catch(() => undefined)
    if (!info) return
    if (!info.isDirectory()) {
      if (!/\.test\.ts$/.test(path)) hash.update(`${path}\0${info.size}\0${info.mtimeMs}\n`)
      return
    }
    const names = await readdir(full)
    for (const name of names.toSorted()) if (!GENERATED.has(name)) await add(`${path}/${name}`)
  }
  for (const source of SOURCES) await add(source)
  return hash.digest('hex')
}

function viteBuild(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const vite = join(productRoot, 'node_modules', 'vite', 'bin', 'vite.js')
    const child = spawn(process.execPath, [vite, 'build'], {
      cwd: productRoot,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    let tail = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-4_000)))
    }
    child.once('error', error => reject(signal.aborted ? signal.reason : error))
    child.once('close', code => {
      if (signal.aborted) reject(signal.reason)
      else if (code === 0) resolve()
      else
        reject(
          new SeamError(
            'internal',
            `The page could not be built (vite build ended with ${code}). It said:\n${tail.trim()}`,
          ),
        )
    })
  })
}
