import type { JobInfo } from '#protocol/jobs.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import type { LogLine, PipelineFile, PluginService, RunRequest, SavedPipeline, Validation } from './plugin-types.ts'
import { ask, askJson, withJson, withSignal, type Line } from './request.ts'

/** Jobs that are listed; older ones are found by their addresses. */
export const MAX_JOBS = 200

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
export function createPluginService(line: Line): PluginService {
  const to = (...parts: readonly string[]) => `/${parts.map(encodeURIComponent).join('/')}`
  const get = <T>(path: string, signal?: AbortSignal) => askJson<T>(line, path, withSignal(signal))

  async function run({ pipeline, input, type, split, signal }: RunRequest): Promise<JobInfo> {
    const path = to('pipeline', 'run')
    if (typeof input === 'string') {
      const body = { pipeline, input, ...(type ? { input_type: type } : {}), ...(split ? { split } : {}) }
      return askJson(line, path, withJson('POST', body, signal))
    }
    const draft = async () =>
      (await askJson<{ draft: string }>(line, to('pipeline', 'draft'), withJson('POST', pipeline, signal))).draft
    const which = 'saved' in pipeline ? { pipeline: pipeline.saved } : { draft: await draft() }
    const query = new URLSearchParams({ ...which, ...(split ? { split } : {}) })
    return askJson(line, `${path}?${query}`, {
      method: 'POST',
      headers: { 'content-type': type || input.type || 'application/octet-stream' },
      body: input,
      ...withSignal(signal),
    })
  }

  return {
    plugins: signal => get<PluginInfo[]>(to('plugins'), signal),
    verify: (id, signal) => askJson(line, to('plugins', id, 'verify'), { method: 'POST', ...withSignal(signal) }),
    validate: (pipeline, inputType, signal) =>
      askJson<Validation>(
        line,
        to('pipeline', 'validate'),
        withJson('POST', { pipeline, ...(inputType ? { input_type: inputType } : {}) }, signal),
      ),
    pipelines: signal => get<string[]>(to('pipelines'), signal),
    openPipeline: name => get<SavedPipeline>(to('pipelines', name)),
    savePipeline: (name, pipeline) => askJson(line, to('pipelines', name), withJson('PUT', pipeline)),
    removePipeline: async name => void (await ask(line, to('pipelines', name), { method: 'DELETE' })),
    run,
    jobs: signal => get<JobInfo[]>(`${to('jobs')}?limit=${MAX_JOBS}`, signal),
    job: (id, signal) => get<JobInfo>(to('jobs', id, 'status'), signal),
    jobPipeline: id => get<PipelineFile>(to('jobs', id, 'pipeline')),
    cancelJob: id => askJson(line, to('jobs', id, 'cancel'), { method: 'POST' }),
    removeJob: async id => void (await ask(line, to('jobs', id), { method: 'DELETE' })),
    log: async (id, signal) => readLog(await (await ask(line, to('jobs', id, 'log'), withSignal(signal))).text()),
    stream: (id, signal) => ask(line, to('jobs', id, 'stream'), withSignal(signal)),
    url: id => line.base + to('jobs', id, 'stream'),
  }
}
