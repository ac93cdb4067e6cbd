import type { PluginInfo, Verification } from '#protocol/plugins.ts'
import { sandboxOf } from '../sandbox/confine.ts'
import type { FoundPlugin } from './discovery.ts'
import { formatMediaType } from './media-type.ts'

/** A plugin as listings, the API and the page show it. */
export function pluginInfo(
  { id, folder, trust, manifest, problem, confinement }: FoundPlugin,
  verification?: Verification,
): PluginInfo {
  return {
    id,
    folder,
    ...(problem === undefined ? {} : { problem }),
    version: manifest?.version ?? '',
    protocol: manifest?.protocol ?? '',
    description: manifest?.description ?? '',
    license: manifest?.license ?? '',
    homepage: manifest?.homepage ?? '',
    author: manifest?.author ?? '',
    mode: manifest?.mode ?? 'streaming',
    input: manifest?.input.map(formatMediaType) ?? [],
    output: manifest?.output.map(formatMediaType) ?? [],
    stage: manifest?.stage ?? 'output',
    options: manifest?.options ?? {},
    permissions: manifest?.permissions ?? { network: false, gpu: false, read: [] },
    env: manifest?.env ?? [],
    trust,
    sandbox: sandboxOf(confinement),
    verification: verification
      ? { state: verification.state, at: verification.at, message: verification.message }
      : { state: problem === undefined ? 'unknown' : 'failed' },
  }
}
