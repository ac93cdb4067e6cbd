import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { isOver, JOB_STATES } from '#protocol/jobs.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import type { Sessions } from '../core/sessions/sessions.ts'

/** `GET /metrics`: jobs, sessions, bytes and requests in the text format of Prometheus. */
export function measure(app: FastifyInstance, host: PluginHost, sessions?: Sessions): void {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'voxloom_jobs',
    help: 'Jobs in the store, by state',
    labelNames: ['state'],
    registers,
    collect() {
      const counts = host.counts()
      for (const state of JOB_STATES) this.set({ state }, counts[state] ?? 0)
    },
  })
  new Gauge({
    name: 'voxloom_plugins',
    help: 'Plugins found, by whether they can be used',
    labelNames: ['usable'],
    registers,
    collect() {
      const plugins = host.shelf.plugins()
      const usable = plugins.filter(({ problem }) => problem === undefined).length
      this.set({ usable: 'true' }, usable)
      this.set({ usable: 'false' }, plugins.length - usable)
    },
  })
  if (sessions) {
    new Gauge({
      name: 'voxloom_sessions',
      help: 'Sessions, by whether a client is there',
      labelNames: ['connected'],
      registers,
      collect() {
        const { open, connected } = sessions.counts
        this.set({ connected: 'true' }, connected)
        this.set({ connected: 'false' }, open - connected)
      },
    })
  }
  const ended = new Counter({
    name: 'voxloom_jobs_ended_total',
    help: 'Jobs that ended, by state',
    labelNames: ['state'],
    registers,
  })
  const bytes = new Counter({ name: 'voxloom_job_output_bytes_total', help: 'Bytes that jobs made', registers })
  const seconds = new Histogram({
    name: 'voxloom_job_seconds',
    help: 'Seconds from the start of a job to its end',
    buckets: [0.1, 1, 5, 30, 60, 300, 1800, 3600],
    registers,
  })
  const requests = new Counter({
    name: 'voxloom_requests_total',
    help: 'Requests answered, by route and status',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const unwatch = host.jobs.watch(event => {
    if (event.kind !== 'state' || !isOver(event.job.state)) return
    const { state, outputBytes, started, finished } = event.job
    ended.inc({ state })
    bytes.inc(outputBytes)
    if (started && finished) seconds.observe((Date.parse(finished) - Date.parse(started)) / 1000)
  })
  app.addHook('onResponse', async (request, reply) => {
    // The route, not the address: an address may be anything, and each would be a series of its own.
    const route = request.routeOptions.url ?? 'none'
    requests.inc({ method: request.method, route, status: String(reply.statusCode) })
  })
  app.addHook('onClose', async () => unwatch())
  app.get('/metrics', { schema: { hide: true } }, async (_, reply) =>
    reply.type(registry.contentType).send(await registry.metrics()),
  )
}
