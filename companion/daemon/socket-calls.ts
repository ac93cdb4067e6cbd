import { z } from 'zod'
import {
  jobPipelineSchema,
  jobSchema,
  jobsQuery,
  pluginSchema,
  runBody,
  validateBody,
  validation,
} from '#protocol/api.ts'
import { isOver } from '#protocol/jobs.ts'
import type { JobEvent } from '../core/jobs/runner.ts'
import { unknownJob } from '../core/jobs/runner.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { parseMediaType } from '../core/plugins/media-type.ts'
import { jobPipeline, submitJob } from './job-pipeline.ts'
import { followJob } from './job-stream.ts'
import { readSource } from './pipeline-source.ts'
import { noInput, offerCall, offerStream, type SocketCalls, type SocketOffers } from './socket-offers.ts'
import { trialsOf } from './trials.ts'

const idInput = z.object({ id: z.string().max(128) })

const jobEvent = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('state'), job: jobSchema }),
    z.object({ kind: z.literal('progress'), job: jobSchema }),
    z.object({ kind: z.literal('log'), id: z.string(), node: z.string(), line: z.string() }),
  ])
  .meta({ id: 'JobEvent' })

/** What REST offers, over the socket. */
export function socketCalls(host: PluginHost): SocketCalls {
  const { shelf, jobs, pipelines } = host
  const trials = trialsOf(host)
  return {
    'plugins.list': offerCall({
      about: 'What is installed',
      input: noInput,
      output: z.array(pluginSchema),
      answer: () => trials.infos(),
    }),
    'plugins.get': offerCall({
      about: 'One plugin',
      input: idInput,
      output: pluginSchema,
      answer: ({ id }) => trials.info(id),
    }),
    'plugins.verify': offerCall({
      about: 'Tries a plugin with the sample of its manifest',
      input: idInput,
      output: pluginSchema,
      answer: ({ id }) => trials.verify(id),
    }),
    'pipeline.validate': offerCall({
      about: 'Whether a pipeline would run, and why not',
      input: validateBody,
      output: validation.pick({ valid: true, problems: true }),
      answer: ({ pipeline, input_type: type }) => {
        const { problems } = shelf.check(
          readSource(pipeline, host).pipeline,
          type === undefined ? undefined : parseMediaType(type),
        )
        return { valid: problems.length === 0, problems }
      },
    }),
    'pipeline.run': offerCall({
      about: 'Starts a job',
      input: runBody,
      output: jobSchema,
      answer: async ({ pipeline, input: text, input_type: type, split }) => {
        const { job } = await submitJob(host, readSource(pipeline, host), {
          inputType: type === undefined ? undefined : parseMediaType(type),
          input: once(text),
          split,
        })
        return job
      },
    }),
    'pipelines.list': offerCall({
      about: 'Names of the saved pipelines',
      input: noInput,
      output: z.array(z.string()),
      answer: () => pipelines.list(),
    }),
    'jobs.list': offerCall({
      about: 'Jobs, the newest first; 100 of them when no limit is given',
      input: jobsQuery,
      output: z.array(jobSchema),
      answer: ({ state, limit = 100 }) => jobs.list({ state, limit }),
    }),
    'jobs.get': offerCall({
      about: 'One job',
      input: idInput,
      output: jobSchema,
      answer: ({ id }) => {
        const job = jobs.get(id)
        if (!job) throw unknownJob(id)
        return job
      },
    }),
    'jobs.pipeline': offerCall({
      about: 'What a job does',
      input: idInput,
      output: jobPipelineSchema,
      answer: ({ id }) => jobPipeline(host, id),
    }),
    'jobs.cancel': offerCall({
      about: 'Stops a job; what it made so far is kept',
      input: idInput,
      output: jobSchema,
      answer: ({ id }) => jobs.cancel(id),
    }),
  }
}

async function* once(text: string) {
  if (text !== '') yield Buffer.from(text)
}

/** Live: what happens to jobs, and their output as it is made. */
export function socketStreams(host: PluginHost): SocketOffers {
  return {
    'jobs.watch': offerStream({
      about: 'States, progress and log lines, of one job until it is over or of all jobs for ever',
      input: idInput.partial(),
      item: jobEvent,
      open: ({ id }, signal) => watch(host, id, signal),
    }),
    'jobs.output': offerStream({
      about: 'What a job has made and makes, from a byte on',
      input: idInput.extend({ from: z.int().min(0).default(0) }),
      bytes: 'the output, from that byte on',
      open: ({ id, from }, signal) => {
        if (!host.jobs.get(id)) throw unknownJob(id)
        return followJob(id, host, signal, from)
      },
    }),
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
