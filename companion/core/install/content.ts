import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { MAX_MANIFEST } from '#protocol/plugins.ts'
import { SKIPPED } from '../plugins/discovery.ts'
import { MANIFEST, parseManifest, type Manifest } from '../plugins/manifest.ts'
import { printable } from './names.ts'
import { refusal } from './refusal.ts'
import type { Statement } from './statement.ts'
import { isPluginName, isVersion } from './version.ts'

/** A plugin as it was unpacked. */
export interface Content {
  readonly root: string
  readonly manifest: Manifest
}

/** @param folder into which an archive was unpacked @throws SeamError bad-input, unsupported, integrity */
export function readContent(folder: string, statement: Statement | undefined): Content {
  const root = findRoot(folder)
  const path = join(root, MANIFEST)
  const { size } = statSync(path)
  if (size > MAX_MANIFEST) throw refusal(`its ${MANIFEST} has ${size} bytes, and a manifest may have ${MAX_MANIFEST}`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch {
    throw refusal(`its ${MANIFEST} is not UTF-8`)
  }
  const manifest = parseManifest(text, `The archive’s ${MANIFEST}`)
  check(manifest, root, statement)
  return { root, manifest }
}

/** Exactly one manifest, at the top or in the one folder there. */
function findRoot(folder: string): string {
  const top = readdirSync(folder, { withFileTypes: true })
  const inside = top.filter(entry => entry.isDirectory() && isFile(join(folder, entry.name, MANIFEST)))
  if (isFile(join(folder, MANIFEST))) {
    if (inside.length > 0) throw refusal(`it holds more than one ${MANIFEST}`)
    return folder
  }
  if (inside.length === 0) throw refusal(`it holds no ${MANIFEST}, neither at the top nor in the folder there`)
  const stranger = top.find(({ name }) => name !== inside[0]!.name)
  if (stranger) throw refusal(`“${printable(stranger.name)}” lies beside the plugin’s folder, and belongs to nothing`)
  return join(folder, inside[0]!.name)
}

function check({ name, version, entrypoint, platform, build }: Manifest, root: string, statement?: Statement): void {
  if (!isPluginName(name) || SKIPPED.has(name)) throw refusal(`no plugin can be called “${name}” on every system`)
  if (!isVersion(version)) throw refusal(`“${printable(version)}” is no version that can be compared`)
  const here = `${process.platform}-${process.arch}`
  if (platform.length > 0 && !platform.includes(here)) {
    throw new SeamError(
      'unsupported',
      `“${name}” runs on ${platform.join(', ')}; this is ${here}. Nothing was installed.`,
    )
  }
  if (!build && !existsSync(join(root, entrypoint)))
    throw refusal(`its program “${printable(entrypoint)}” is missing, and its ${MANIFEST} has no “build”`)
  if (statement && (statement.id !== name || statement.version !== version)) {
    throw new SeamError(
      'integrity',
      `The statement is about ${statement.id} ${statement.version}, and the archive holds ${name} ${version}. Nothing was installed.`,
      { retryable: false },
    )
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
