import type { PluginInfo } from '#protocol/plugins.ts'

/** A plugin for tests, plain but for what is given. */
export function plugin(id: string, about: Partial<PluginInfo> = {}): PluginInfo {
  return {
    id,
    folder: `/plugins/${id}`,
    version: '1.0.0',
    protocol: '0.1',
    description: '',
    license: 'Apache-2.0',
    homepage: '',
    author: '',
    mode: 'streaming',
    input: ['text/plain'],
    output: ['text/plain'],
    stage: 'pre',
    options: {},
    permissions: { network: false, gpu: false, read: [] },
    env: [],
    trust: 'local',
    sandbox: 'none',
    verification: { state: 'unknown' },
    ...about,
  }
}
