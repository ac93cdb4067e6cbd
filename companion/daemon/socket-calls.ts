import { z } from 'zod'
import { jobsQuery, runBody, validateBody } from '#protocol/api.ts'
import { isOver } from '#protocol/jobs.ts'
import type { JobEvent } from '../core/jobs/runner.ts'
import { unknownJob } from '../core/jobs/runner.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import { jobPipeline, submitJob } from './job-pipeline.ts'
import { followJob } from './job-stream.ts'
import { readSource } from './pipeline-source.ts'
import type { SocketCalls } from './socket.ts'
import { readInput } from './socket-input.ts'
import type { SocketStream } from './socket-streams.ts'
import { trialsOf } from './trials.ts'

const idInput = z.object({ id: z.string().max(128) })

/** What REST offers, over the socket. */
export function socketCalls(host: PluginHost): SocketCalls {
  const { shelf, jobs, pipelines } = host
  const trials = trialsOf(host)
  return {
    'plugins.list': () => trials.infos(),
    'plugins.get': input => trials.info(readInput(idInput, input).id),
    'plugins.verify': input => trials.verify(readInput(idInput, input).id),
    'pipeline.validate': input => {
      const { pipeline, input_type: type } = readInput(validateBody, input)
      const { problems } = shelf.check(
        readSource(pipeline, host).pipeline,
        type === undefined ? undefined : parseMediaType(type),
      )
      return { valid: problems.length === 0, problems }
    },
    'pipeline.run': async input => {
      const { pipeline, input: text, input_type: type, split } = readInput(runBody, input)
      const { job } = await submitJob(host, readSource(pipeline, host), {
        inputType: type === undefined ? undefined : parseMediaType(type),
        input: once(text),
        split,
      })
      return job
    },
    'pipelines.list': () => pipelines.list(),
    'jobs.list': input => {
      const { state, limit = 100 } = readInput(jobsQuery, input)
      return jobs.list({ state, limit })
    },
    'jobs.get': input => {
      const { id } = readInput(idInput, input)
      const job = jobs.get(id)
      if (!job) throw unknownJob(id)
      return job
    },
    'jobs.pipeline': input => jobPipeline(host, readInput(idInput, input).id),
    'jobs.cancel': input => jobs.cancel(readInput(idInput, input).id),
  }
}

async function* once(text: string) {
  if (text !== '') yield Buffer.from(text)
}

/** Live: what happens to jobs, and their output as it is made. */
export function socketStreams(host: PluginHost): Readonly<Record<string, SocketStream>> {
  return {
    /** States, progress and log lines, of one job until it is over or of all jobs for ever. */
    'jobs.watch': (input, signal) => watch(host, readInput(idInput.partial(), input).id, signal),
    /** The output's bytes, from `from` on. */
    'jobs.output': (input, signal) => {
      const { id, from } = readInput(idInput.extend({ from: z.int().min(0).default(0) }), input)
      if (!host.jobs.get(id)) throw unknownJob(id)
      return followJob(id, host, signal, from)
    },
  }
}

/** Events that wait for a reader; older log lines go when it is too slow. */
const MOST_WAITING = 1000

async function* watch({ jobs }: PluginHost, id: string | undefined, signal: AbortSignal) {
  const waiting: JobEvent[] = []
  let wake = () => {}
  const unwatch = jobs.watch(event => {
    if (id !== undefined && (event.kind === 'log' ? event.id : event.job.id) !== id) return
    if (waiting.length >= MOST_WAITING) {
      const oldest = waiting.findIndex(({ kind }) => kind !== 'state')
      waiting.splice(Math.max(0, oldest), 1)
    }
    waiting.push(event)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    const now = id === undefined ? undefined : jobs.get(id)
    if (id !== undefined && !now) throw unknownJob(id)
    if (now) yield { kind: 'state', job: now }
    if (now && isOver(now.state)) return
    while (!signal.aborted) {
      const event = waiting.shift()
      if (event) {
        yield { ...event }
        if (id !== undefined && event.kind === 'state' && isOver(event.job.state)) return
      } else await new Promise<void>(resolve => (wake = resolve))
    }
  } finally {
    unwatch()
  }
}
