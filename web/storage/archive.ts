import { SeamError } from '#protocol/errors.ts'
import type { Project } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'
import { checkProject } from './archive-project.ts'
import { throwIfCancelled } from './errors.ts'
import { isRecord, parseJson, stableJson, type Json } from './json.ts'
import { decodePcm, encodePcm } from './pcm-codec.ts'
import type { PcmStore } from './types.ts'
import { readZip, type ZipEntry } from './zip-read.ts'
import { zipWriter } from './zip-write.ts'

// A `.voxloom` file is a zip: manifest.json, project.json, audio/<key>.pcm. Exporting what was imported gives the same
// bytes: entries are sorted and stored as they are, times are fixed, JSON is written in one way.

export const ARCHIVE_FORMAT = 'voxloom-project'
export const ARCHIVE_VERSION = 1
export const ARCHIVE_MIME = 'application/vnd.voxloom.project+zip'
export const MAX_MANIFEST_BYTES = 1 << 20
export const MAX_PROJECT_BYTES = 128 << 20
/** Of one sentence's sound: 20 minutes at 24 kHz. */
export const MAX_AUDIO_BYTES = 64 << 20

/** A project that came from an archive. What a later version wrote into the manifest stays with it. */
export interface ArchivedProject extends Project {
  readonly manifest?: Readonly<Record<string, Json>>
}

export interface ExportedArchive {
  readonly bytes: number
  /** Sentences whose sound went in. */
  readonly sounds: number
}

/**
 * Writes a project, and the sound of `keys` as far as it is stored, to `target` as it goes: one sentence's sound is in
 * memory at a time. When it was last opened stays out: that belongs to this machine.
 * @returns sizes, once `target` is closed; on failure or cancel `target` is aborted
 */
export async function exportProject(
  input: { readonly project: ArchivedProject; readonly pcm: PcmStore; readonly keys: Iterable<string> },
  target: WritableStream<Uint8Array<ArrayBuffer>>,
  run: Run = {},
): Promise<ExportedArchive> {
  const writer = target.getWriter()
  try {
    const { manifest, openedAt: _, ...project } = input.project
    const zip = zipWriter(bytes => writer.write(bytes))
    const encode = (value: unknown) => new TextEncoder().encode(stableJson(value))
    const keys = [...new Set(input.keys)].sort()
    const stored = await input.pcm.which(keys)
    await zip.add('manifest.json', encode({ ...manifest, format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION }))
    await zip.add('project.json', encode(project))
    let sounds = 0
    for (const [index, key] of keys.entries()) {
      throwIfCancelled(run.signal)
      const pcm = stored.has(key) ? await input.pcm.get(key) : undefined
      if (pcm) {
        await zip.add(`audio/${key}.pcm`, encodePcm(pcm))
        sounds++
      }
      run.onProgress?.({ done: index + 1, total: keys.length, what: 'projects.exporting' })
    }
    const bytes = await zip.finish()
    await writer.close()
    return { bytes, sounds }
  } catch (error) {
    await writer.abort(error).catch(() => {})
    throw error
  }
}

export interface ImportedArchive {
  /** Checked, not stored yet: hand it to `ProjectStore.create`, with another id where this one is taken. */
  readonly project: ArchivedProject
  /** Keys of the sound that came along, now in the store. */
  readonly keys: readonly string[]
}

/**
 * Reads an archive from outside. Everything is checked before the first sound is stored; sound that was stored is
 * removed again when a later one turns out to be damaged.
 * @throws SeamError bad-input (not an archive, hostile, a later version), integrity (damaged), quota, cancelled
 */
export async function importProject(blob: Blob, pcm: PcmStore, run: Run = {}): Promise<ImportedArchive> {
  const entries = await readZip(blob, allowed)
  const manifest = await readManifest(entries)
  const json = await readText(entries, 'project.json')
  const checked: ArchivedProject = checkProject(parseJson(json, 'project.json'))
  const { manifest: _, openedAt: __, ...project } = checked
  const sounds = entries.filter(entry => audioKey(entry.name) !== undefined)
  const keys = sounds.map(entry => audioKey(entry.name)!)
  const added: string[] = []
  try {
    const known = await pcm.which(keys)
    for (const [index, entry] of sounds.entries()) {
      throwIfCancelled(run.signal)
      const key = keys[index]!
      const sound = decodePcm(await entry.read())
      if (!sound) {
        throw new SeamError('integrity', `“${entry.name}” in the archive is not a sound. Nothing was imported.`, {
          retryable: false,
        })
      }
      // What was made here is not replaced by what somebody else calls the same.
      if (!known.has(key)) {
        const { samples, sampleRate, words } = sound
        await pcm.put(key, [{ samples, sampleRate, words, channels: 1, segment: key, at: 0, last: true }])
        added.push(key)
      }
      run.onProgress?.({ done: index + 1, total: sounds.length, what: 'projects.importing' })
    }
  } catch (error) {
    await pcm.remove(added).catch(() => {})
    throw error
  }
  return { project: Object.keys(manifest).length > 0 ? { ...project, manifest } : project, keys }
}

function audioKey(name: string): string | undefined {
  return /^audio\/([0-9A-Za-z_-]{1,128})\.pcm$/.exec(name)?.[1]
}

function allowed(name: string): number | undefined {
  if (name === 'manifest.json') return MAX_MANIFEST_BYTES
  if (name === 'project.json') return MAX_PROJECT_BYTES
  return audioKey(name) === undefined ? undefined : MAX_AUDIO_BYTES
}

/** @returns the keys that this version doesn't know */
async function readManifest(entries: readonly ZipEntry[]): Promise<Readonly<Record<string, Json>>> {
  const value = parseJson(await readText(entries, 'manifest.json'), 'manifest.json')
  if (!isRecord(value) || value.format !== ARCHIVE_FORMAT) {
    throw new SeamError(
      'bad-input',
      'This archive is not a Voxloom project: its manifest names none. Nothing was imported.',
    )
  }
  const { format: _, version, ...unknown } = value as Readonly<Record<string, Json>>
  if (version !== ARCHIVE_VERSION) {
    throw new SeamError(
      'bad-input',
      `This archive has version ${JSON.stringify(version)?.slice(0, 20)}, this Voxloom reads version ${ARCHIVE_VERSION}. Nothing was ` +
        'imported; update Voxloom.',
    )
  }
  return unknown
}

async function readText(entries: readonly ZipEntry[], name: string): Promise<string> {
  const entry = entries.find(each => each.name === name)
  if (!entry) {
    throw new SeamError('bad-input', `This archive is not a Voxloom project: it has no ${name}. Nothing was imported.`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await entry.read())
  } catch (error) {
    if (error instanceof SeamError) throw error
    throw new SeamError('bad-input', `The archive’s ${name} is not UTF-8 text. Nothing was imported.`, { cause: error })
  }
}
