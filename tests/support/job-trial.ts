import { readdirSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { isOver, type JobInfo } from '../../companion/protocol/jobs.ts'
import { puppet } from '../../companion/core/testing/puppet.ts'
import { seeded } from '../../web/audio/dsp/fixtures.ts'
import type { Daemon, Home } from './serve.ts'

/** Milliseconds that a daemon lives at most, those left out in which it starts. */
const LIFE = 1200
/** Milliseconds after a burst of requests in which it is killed: some are acknowledged by then, some are not. */
const BURST = 60
/** Milliseconds of a start in which it may be killed, and how often that is done. */
const START = 700
const EARLY = 0.2
/** A job over which so many daemons die is given up, as it should be, so the last of them may not be killed. */
const GIVEN_UP = 3
/** Characters of a long input: it is read, and its outcome written, in several pieces. */
const LONG = 600_000
/** Milliseconds without anything new after which jobs are taken for lost. */
const STALLED = 30_000
/** Requests at once. */
const WIDTH = 12

export interface JobTrialOptions {
  readonly jobs: number
  readonly deaths: number
  /** The same seed gives the same jobs and the same moments. */
  readonly seed: number
}

/** What went wrong, in a sentence each. */
export interface JobTrialReport {
  /** Jobs that were acknowledged and are not done. */
  readonly lost: readonly string[]
  /** Outcomes that are not what their inputs must give, second jobs of a key, and files of no job. */
  readonly wrong: readonly string[]
  /** Processes of plugins after the last daemon's end. */
  readonly left: readonly string[]
}

interface Work {
  readonly key: string
  readonly body: string
  readonly output: string
}

/**
 * Gives jobs to a real daemon that is killed at random moments and started again: in its start, at rest, and in the
 * middle of requests. Whoever gives them repeats what was not acknowledged, and at the end everything, under the same
 * keys.
 */
export async function jobTrial(home: Home, { jobs, deaths, seed }: JobTrialOptions): Promise<JobTrialReport> {
  const chance = seeded(seed)
  const all = Array.from({ length: jobs }, (_, at) => workOf(`job-${at + 1}`, chance))
  const book = new Map<string, string>()
  const lost: string[] = []
  const wrong: string[] = []

  const send = (daemon: Daemon, works: readonly Work[]) =>
    inTurns(works, async work => {
      const id = await submit(daemon, work)
      if (id === undefined) return
      const known = book.get(work.key) ?? id
      if (known !== id) wrong.push(`${work.key} was acknowledged as ${known} and as ${id}.`)
      book.set(work.key, known)
    })

  // How often a job that is not over was begun at most, when the last daemon died.
  let begun = 1
  for (let death = 1; death <= deaths; death++) {
    const serving = home.serve()
    if (begun < GIVEN_UP - 1 && chance() < EARLY) {
      await wait(chance() * START)
      await serving.end('SIGKILL')
      begun++
      continue
    }
    const daemon = await serving.ready
    const due = all.slice(0, Math.ceil((jobs * death) / deaths)).filter(({ key }) => !book.has(key))
    await send(daemon, due.slice(0, due.length >> 1))
    await wait(chance() * LIFE)
    begun = await mostBegun(daemon)
    const kill = wait(chance() * BURST).then(() => serving.end('SIGKILL'))
    await Promise.all([send(daemon, due.slice(due.length >> 1)), kill])
  }

  const last = home.serve()
  const daemon = await last.ready
  await send(daemon, all)
  const ended = await jobsWhen(daemon, jobs => jobs.every(({ state }) => isOver(state)))
  const byId = new Map(ended.map(job => [job.id, job]))
  await inTurns(all, async ({ key, output }) => {
    const job = byId.get(book.get(key) ?? '')
    if (job?.state !== 'done') lost.push(`${key}: ${job ? `${job.state}. ${job.message}` : 'nobody knows it.'}`)
    else if ((await (await daemon.ask(`/jobs/${job.id}/stream`)).text()) !== output) {
      wrong.push(`${key}: its ${job.outputBytes} bytes are not the ${output.length} that it must give.`)
    }
  })
  const acknowledged = new Set(book.values())
  for (const { id } of ended) if (!acknowledged.has(id)) wrong.push(`Job ${id} was made twice.`)
  for (const name of readdirSync(home.jobsFolder)) if (!byId.has(name)) wrong.push(`The folder ${name} is no job’s.`)
  const code = await last.end('SIGTERM')
  if (code !== 0) throw new Error(`The last daemon ended with ${code}.`)
  return { lost, wrong, left: (await processesLeft(home)).map(pid => `Process ${pid} is still there.`) }
}

function workOf(key: string, chance: () => number): Work {
  const words = `the text of ${key} `
  const text = words.repeat(chance() < 0.1 ? Math.ceil(LONG / words.length) : 1)
  const pause = Math.round(chance() * 30) / 100
  const pipeline = puppet({ say: `${key} `, pause, helper: chance() < 0.5 })
  return { key, body: JSON.stringify({ pipeline, input: text }), output: `${key} ${text.toUpperCase()}` }
}

async function inTurns(works: readonly Work[], task: (work: Work) => Promise<void>): Promise<void> {
  const queue = works.values()
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (const work of queue) await task(work)
    }),
  )
}

/** @returns the job's id when the daemon has acknowledged it */
async function submit(daemon: Daemon, { key, body }: Work): Promise<string | undefined> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key }
  const answer = await daemon.ask('/pipeline/run', { method: 'POST', headers, body }).catch(() => undefined)
  // The head of an answer may come and its body not: then nobody knows the job's name.
  const text = await answer?.text().catch(() => undefined)
  if (!answer || text === undefined) return undefined
  if (![200, 202].includes(answer.status)) throw new Error(`${key} was refused with ${answer.status}: ${text}`)
  return (JSON.parse(text) as JobInfo).id
}

/** Waits until no job is at its last attempt. @returns how often a job that is not over was begun at most */
async function mostBegun(daemon: Daemon): Promise<number> {
  // One that waits now may be begun by the time of the kill.
  const most = (jobs: readonly JobInfo[]) =>
    Math.max(1, ...jobs.filter(({ state }) => !isOver(state)).map(({ attempts }) => attempts))
  return most(await jobsWhen(daemon, jobs => most(jobs) < GIVEN_UP))
}

/** Jobs as they are when something holds for them, or when nothing has happened to them for a long time. */
async function jobsWhen(daemon: Daemon, holds: (jobs: readonly JobInfo[]) => boolean): Promise<readonly JobInfo[]> {
  let seen = ''
  let moved = performance.now()
  for (;;) {
    const jobs = await daemon.jobs()
    const now = JSON.stringify(jobs)
    if (now !== seen) moved = performance.now()
    seen = now
    if (holds(jobs) || performance.now() - moved > STALLED) return jobs
    await wait(50)
  }
}

/** What is still there after two seconds: the system needs a moment to end what was killed. */
async function processesLeft(home: Home): Promise<number[]> {
  for (let look = 1; look < 20 && home.processes().length > 0; look++) await wait(100)
  return home.processes()
}
