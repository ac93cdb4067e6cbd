import type { JobInfo } from '#protocol/jobs.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import { SeamError } from '#protocol/errors.ts'
import type { LogLine, PluginService, RunRequest, SavedPipeline, Validation } from './plugin-types.ts'
import { ask, askJson, type Fetch } from './request.ts'

/** Jobs that are listed; older ones are found by their addresses. */
export const MAX_JOBS = 200

export interface PluginServiceOptions {
  /** Origin of the companion; the page's own when empty. */
  readonly base?: string
  readonly fetch?: Fetch
}

const json = (method: string, body: unknown, signal?: AbortSignal): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
  ...(signal ? { signal } : {}),
})

const withSignal = (signal?: AbortSignal): RequestInit => (signal ? { signal } : {})

/** A JSON object a line; a line that is still being written is left out. */
function readLog(text: string): LogLine[] {
  return text.split('\n').flatMap(line => {
    try {
      const { at, node, text: said } = JSON.parse(line) as Partial<LogLine>
      return typeof said === 'string' ? [{ at: String(at ?? ''), node: String(node ?? ''), text: said }] : []
    } catch {
      return []
    }
  })
}

/** The companion's REST interface (openapi.json), typed. */
export function createPluginService(options: PluginServiceOptions = {}): PluginService {
  const base = options.base ?? ''
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const to = (...parts: readonly string[]) => `${base}/${parts.map(encodeURIComponent).join('/')}`
  const get = <T>(path: string, signal?: AbortSignal) => askJson<T>(fetch, path, withSignal(signal))

  function run({ pipeline, input, type, split, signal }: RunRequest): Promise<JobInfo> {
    const path = to('pipeline', 'run')
    if (typeof input === 'string') {
      const body = { pipeline, input, ...(type ? { input_type: type } : {}), ...(split ? { split } : {}) }
      return askJson(fetch, path, json('POST', body, signal))
    }
    if (!('saved' in pipeline)) {
      throw new SeamError('bad-input', 'A file that is no text can only go to a pipeline that is saved. Save it first.')
    }
    const query = new URLSearchParams({ pipeline: pipeline.saved, ...(split ? { split } : {}) })
    return askJson(fetch, `${path}?${query}`, {
      method: 'POST',
      headers: { 'content-type': type || input.type || 'application/octet-stream' },
      body: input,
      ...withSignal(signal),
    })
  }

  return {
    plugins: signal => get<PluginInfo[]>(to('plugins'), signal),
    verify: (id, signal) => askJson(fetch, to('plugins', id, 'verify'), { method: 'POST', ...withSignal(signal) }),
    validate: (pipeline, inputType, signal) =>
      askJson<Validation>(
        fetch,
        to('pipeline', 'validate'),
        json('POST', { pipeline, ...(inputType ? { input_type: inputType } : {}) }, signal),
      ),
    pipelines: signal => get<string[]>(to('pipelines'), signal),
    openPipeline: name => get<SavedPipeline>(to('pipelines', name)),
    savePipeline: (name, pipeline) => askJson(fetch, to('pipelines', name), json('PUT', pipeline)),
    removePipeline: async name => void (await ask(fetch, to('pipelines', name), { method: 'DELETE' })),
    run: async request => run(request),
    jobs: signal => get<JobInfo[]>(`${to('jobs')}?limit=${MAX_JOBS}`, signal),
    job: (id, signal) => get<JobInfo>(to('jobs', id, 'status'), signal),
    cancelJob: id => askJson(fetch, to('jobs', id, 'cancel'), { method: 'POST' }),
    removeJob: async id => void (await ask(fetch, to('jobs', id), { method: 'DELETE' })),
    log: async (id, signal) => readLog(await (await ask(fetch, to('jobs', id, 'log'), withSignal(signal))).text()),
    stream: (id, signal) => ask(fetch, to('jobs', id, 'stream'), withSignal(signal)),
    url: id => to('jobs', id, 'stream'),
  }
}
