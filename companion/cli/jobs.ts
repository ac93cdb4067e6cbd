import { defineCommand } from 'citty'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { isOver, JOB_STATES, type JobInfo } from '#protocol/jobs.ts'
import { openCompanion, type Companion } from './companion.ts'
import { globalArgs, openContext } from './context.ts'
import { fileOutput, mayReplace, pipeOutput } from './output-file.ts'
import { print, printJson, progressLine, table } from './output.ts'

const port = { type: 'string', description: 'port of the companion', valueHint: 'N' } as const
const id = { type: 'positional', required: true, description: 'a job of the list', valueHint: 'ID' } as const
const common = { port, ...globalArgs } as const

type Values = Readonly<Record<string, unknown>>

async function open(args: Values) {
  const context = await openContext(args, { port: 'server.port' })
  return { context, companion: await openCompanion(context) }
}

const pathOf = (job: string, what = '') => `/jobs/${encodeURIComponent(job)}${what}`

const list = defineCommand({
  meta: { name: 'list', description: 'show the companion’s jobs, the newest first' },
  args: {
    state: { type: 'string', description: `only those that are ${JOB_STATES.join(', ')}`, valueHint: 'STATE' },
    limit: { type: 'string', description: 'at most so many, up to 1000', valueHint: 'N' },
    ...common,
  },
  async run({ args }) {
    const { context, companion } = await open(args)
    const query = new URLSearchParams()
    for (const key of ['state', 'limit'] as const) if (args[key] !== undefined) query.set(key, args[key])
    const jobs = await companion.json<JobInfo[]>('GET', `/jobs?${query}`)
    if (context.json) return printJson(jobs)
    if (jobs.length === 0) return print('There are no such jobs.')
    const rows = jobs.map(job => [job.id, job.state, job.pipeline, progress(job), bytes(job.outputBytes), job.created])
    print(table([['JOB', 'STATE', 'PIPELINE', 'READ', 'MADE', 'CREATED'], ...rows]))
  },
})

const status = defineCommand({
  meta: { name: 'status', description: 'show one job' },
  args: { id, ...common },
  async run({ args }) {
    const { context, companion } = await open(args)
    show(await companion.json<JobInfo>('GET', pathOf(args.id, '/status')), context.json)
  },
})

const cancel = defineCommand({
  meta: { name: 'cancel', description: 'stop a job; what was made is kept' },
  args: { id, ...common },
  async run({ args }) {
    const { context, companion } = await open(args)
    show(await companion.json<JobInfo>('POST', pathOf(args.id, '/cancel')), context.json)
  },
})

const remove = defineCommand({
  meta: { name: 'remove', description: 'delete a job that is over, with its files' },
  args: { id, ...common },
  async run({ args }) {
    const { context, companion } = await open(args)
    await companion.json('DELETE', pathOf(args.id))
    if (context.json) printJson({ removed: args.id })
    else print(`${args.id}: removed`)
  },
})

const output = defineCommand({
  meta: { name: 'output', description: 'write what a job makes, while it runs too' },
  args: {
    id,
    output: { type: 'string', alias: 'o', description: 'the file to write, or - for the output', valueHint: 'FILE' },
    force: { type: 'boolean', alias: 'f', description: 'replace a file that is there' },
    ...common,
  },
  async run({ args }) {
    const { context, companion } = await open(args)
    const path = args.output ?? (process.stdout.isTTY ? undefined : '-')
    if (!path) throw new SeamError('bad-input', 'Say where the output goes: -o book.mp3, or -o - for a pipe.')
    if (path !== '-') await mayReplace(path, args.force === true)
    const written = await receive(companion, args.id, path)
    if (path === '-') return
    if (context.json) printJson({ output: path, bytes: written })
    else print(`${path}: ${bytes(written)} bytes`)
  },
})

/** @returns bytes @throws SeamError when the job did not make all of its output; what came is kept */
async function receive(companion: Companion, job: string, path: string): Promise<number> {
  const answer = await companion.ask('GET', pathOf(job, '/stream'))
  const sink = path === '-' ? pipeOutput() : await fileOutput(path)
  const line = progressLine(`Receiving ${path}`)
  let written = 0
  try {
    for await (const piece of answer as AsyncIterable<Buffer>) {
      await sink.write(piece)
      written += piece.length
      line.update({ done: written })
    }
    if (answer.headers['x-voxloom-partial'] !== undefined) throw await unfinished(companion, job)
    await sink.finish()
    return written
  } catch (error) {
    const kept = await sink.keep()
    // A connection that breaks off is how the companion says that a job failed.
    const failure =
      answer.complete || error instanceof SeamError ? toSeamError(error) : await unfinished(companion, job)
    const rest = kept === undefined ? '' : ` What came is kept as ${kept}.`
    throw new SeamError(failure.code, failure.message + rest, { cause: error })
  } finally {
    line.end()
  }
}

async function unfinished(companion: Companion, job: string): Promise<SeamError> {
  try {
    const { state, message = '' } = await companion.json<JobInfo>('GET', pathOf(job, '/status'))
    return new SeamError('engine', `This is not all that the job was to make: it is ${state}. ${message}`.trim())
  } catch (error) {
    return toSeamError(error)
  }
}

function show(job: JobInfo, json: boolean): void {
  if (json) return printJson(job)
  const facts: [string, string | undefined][] = [
    ['job', job.id],
    ['state', job.state],
    ['why', job.message],
    ['pipeline', job.pipeline],
    ['reads', `${job.inputType}, ${bytes(job.inputBytes)} bytes, ${progress(job)}`],
    ['writes', `${job.outputType}, ${bytes(job.outputBytes)} bytes`],
    ['created', job.created],
    ['started', job.started],
    ['finished', job.finished],
    ['attempts', job.attempts > 1 ? String(job.attempts) : undefined],
    ['warnings', job.warnings > 0 ? String(job.warnings) : undefined],
  ]
  print(table(facts.filter((fact): fact is [string, string] => fact[1] !== undefined)))
}

function progress({ state, consumed, inputBytes }: JobInfo): string {
  if (state === 'done' || inputBytes === 0) return isOver(state) ? '100 %' : '0 %'
  return `${Math.floor((consumed / inputBytes) * 100)} %`
}

const bytes = (count: number) => count.toLocaleString('en')

export const jobs = defineCommand({
  meta: { name: 'jobs', description: 'work with the jobs of the companion that runs' },
  args: globalArgs,
  subCommands: { list, status, cancel, remove, output },
})
