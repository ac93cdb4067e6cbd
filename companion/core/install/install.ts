import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '#protocol/run.ts'
import { SeamError } from '#protocol/errors.ts'
import { readPlugin } from '../plugins/discovery.ts'
import type { Manifest } from '../plugins/manifest.ts'
import { unpackArchive } from './archive.ts'
import { readContent } from './content.ts'
import { fetchArchive, type DownloadOptions } from './download.ts'
import { checkDownload, settleClaims, type Claims } from './expectation.ts'
import type { InstalledRecord, LockEntries } from './lock-file.ts'
import { asSeamError, exclusively } from './place.ts'
import { checkSuccession, type SuccessionRules } from './succession.ts'
import { swapIn, type InstallStep } from './swap.ts'
import { stagingPath } from './sweep.ts'
import { hashTree } from './tree-hash.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** Where plugins are installed, and whose signatures count. */
export interface InstallPlace {
  /** Of installed plugins. */
  readonly folder: string
  readonly keys: TrustedKeys
  /** The folder of a plugin elsewhere that one of this name would hide. */
  readonly hides?: (id: string) => string | undefined
}

export interface InstallRequest extends Claims, SuccessionRules {
  /** An https address, or a path. */
  readonly source: string
}

/** What is about to be installed: verified, unpacked beside its place, not yet used. */
export interface Offer {
  readonly id: string
  readonly manifest: Manifest
  readonly source: string
  readonly sha256: string
  readonly trust: 'pinned' | 'signed'
  readonly key?: string
  /** What it replaces. */
  readonly before?: InstalledRecord
}

export interface InstallOptions extends Run {
  /** Throws when the user does not want it. */
  readonly confirm?: (offer: Offer) => Promise<void>
  /** Another installation is under way, and is waited for. */
  readonly onWaiting?: () => void
  readonly onStep?: (step: InstallStep) => void
  readonly download?: DownloadOptions
}

export interface Installed {
  readonly id: string
  readonly folder: string
  readonly state: 'installed' | 'unchanged'
  readonly record: InstalledRecord
}

/**
 * Installs a plugin from an archive: hash or signature first, then unpacking beside its place, then one rename. Killed
 * at any moment, it leaves the old version or the new one; what else it leaves, the next start clears away.
 * @throws SeamError
 */
export async function installPlugin(
  request: InstallRequest,
  place: InstallPlace,
  options: InstallOptions = {},
): Promise<Installed> {
  const expected = settleClaims(request, place.keys)
  return exclusively(place.folder, options, async entries => {
    const staging = stagingPath(place.folder)
    try {
      await mkdir(staging, { mode: 0o700 })
      const archive = join(staging, 'archive')
      const { signal, onProgress } = options
      const run = { ...(signal && { signal }), ...(onProgress && { onProgress }) }
      const download = await fetchArchive(request.source, archive, { ...options.download, ...run })
      options.onStep?.('fetched')
      const { trust, key, statement } = checkDownload(download, expected)
      const content = join(staging, 'content')
      await mkdir(content, { mode: 0o700 })
      await unpackArchive(archive, content, signal)
      const { root, manifest } = readContent(content, statement)
      options.onStep?.('unpacked')
      const { sha256, source } = download
      const named = key === undefined ? {} : { key }
      const offer: Offer = { id: manifest.name, manifest, source, sha256, trust, ...named }
      return await succeed({ request, place, options, offer, root, entries })
    } catch (error) {
      throw asSeamError(error, staging)
    } finally {
      await rm(staging, { recursive: true, force: true }).catch(() => undefined)
    }
  })
}

interface Succession {
  readonly request: InstallRequest
  readonly place: InstallPlace
  readonly options: InstallOptions
  readonly offer: Offer
  readonly root: string
  readonly entries: LockEntries
}

async function succeed({ request, place, options, offer, root, entries }: Succession): Promise<Installed> {
  const { folder } = place
  const { id, manifest, sha256, source, trust, key } = offer
  const target = join(folder, id)
  const current = entries[id]?.current
  const isThere = existsSync(target)
  const { version } = manifest
  if (current && isThere && isSame(current, offer) && hashTree(target) === current.folderHash)
    return { id, folder: target, state: 'unchanged', record: current }
  const local = isThere && !current ? (readPlugin(target).manifest?.version ?? undefined) : undefined
  const before = current ?? (isThere ? { ...(local !== undefined && { version: local }) } : undefined)
  checkSuccession(id, before, { version, sha256 }, request)
  const hidden = isThere ? undefined : place.hides?.(id)
  if (hidden !== undefined && !request.force) {
    throw new SeamError(
      'conflict',
      `There is a plugin “${id}” in ${hidden}, which this one would take the place of. --force installs it all the same.`,
    )
  }
  await options.confirm?.({ ...offer, ...(current && { before: current }) })
  const folderHash = hashTree(root)
  if (folderHash === undefined) throw new SeamError('internal', 'What was unpacked can’t be read.')
  const record: InstalledRecord = {
    version,
    source,
    sha256,
    trust,
    ...(key !== undefined && { key }),
    installedAt: new Date().toISOString(),
    folderHash,
  }
  await swapIn({ folder, id, root, record, entries, onStep: options.onStep ?? (() => undefined) })
  return { id, folder: target, state: 'installed', record }
}

const isSame = (record: InstalledRecord, { sha256, trust, key, manifest }: Offer): boolean =>
  record.sha256 === sha256 &&
  record.version === manifest.version &&
  record.trust === trust &&
  record.key === key &&
  record.acceptedAt === undefined
