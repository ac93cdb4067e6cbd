import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import { puppet, writePuppet } from './fixture-plugins.ts'

const script = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
vi.setConfig({ testTimeout: 120_000 })

let folder: string
let env: Record<string, string | undefined>
const started: ChildProcess[] = []
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-durable-'))
  writePuppet(join(folder, 'plugins'))
  env = {
    ...process.env,
    ...Object.fromEntries(['CONFIG', 'STATE', 'DATA', 'CACHE'].map(name => [`XDG_${name}_HOME`, join(folder, name)])),
    VOXLOOM_MODELS: join(folder, 'models'),
    VOXLOOM_PLUGINS: join(folder, 'plugins'),
    VOXLOOM_JOBS: '2',
    NO_COLOR: '1',
  }
})
afterAll(() => {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** The real program, as a user starts it. */
async function serve() {
  const child = spawn(process.execPath, [script, 'serve', '--port', '0', '--json'], {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { address } = JSON.parse(line) as { address: string }
  const authorization = `Bearer ${readFileSync(join(folder, 'STATE', 'voxloom', 'token'), 'utf8')}`
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(address + path, { ...init, headers: { authorization, ...(init.headers as Record<string, string>) } })
  return {
    ask,
    jobs: async () => (await (await ask('/jobs?limit=1000')).json()) as JobInfo[],
    /** @returns the job's id when the daemon has acknowledged it */
    async submit(key: string): Promise<string | undefined> {
      const headers = { 'content-type': 'application/json', 'idempotency-key': key }
      const body = JSON.stringify({ pipeline: puppet({ say: `${key} `, pause: 0.25 }), input: `the text of ${key}` })
      const answer = await ask('/pipeline/run', { method: 'POST', headers, body }).catch(() => undefined)
      // The head of an answer may come and its body not: then nobody knows the job's name.
      const job = answer && ((await answer.json().catch(() => undefined)) as JobInfo | undefined)
      if (job) expect([200, 202]).toContain(answer.status)
      return job?.id
    },
    async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
      child.kill(signal)
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      return child.exitCode
    },
  }
}

/** The same numbers in every run (mulberry32). */
function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Processes with the plugins' folder in their command line. */
function plugins(): string[] {
  const names = process.platform === 'linux' ? readdirSync('/proc').filter(name => /^\d+$/.test(name)) : []
  return names.filter(name => {
    try {
      return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(join(folder, 'plugins'))
    } catch {
      return false
    }
  })
}

it('keeps every acknowledged job, once, through four deaths at random moments', async () => {
  const chance = random(20261121)
  const acknowledged = new Map<string, string>()
  const keys = Array.from({ length: 12 }, (_, at) => `job-${at + 1}`)
  const begun = new Set<string>()
  type Daemon = Awaited<ReturnType<typeof serve>>
  const submit = async (daemon: Daemon, some: readonly string[]) => {
    await Promise.all(
      some.map(async key => {
        begun.add(key)
        const id = await daemon.submit(key)
        if (id === undefined) return
        expect(acknowledged.get(key) ?? id).toBe(id)
        acknowledged.set(key, id)
      }),
    )
  }
  const isDone = ({ state }: JobInfo) => state === 'done'
  for (let death = 1; death <= 4; death++) {
    const daemon = await serve()
    const before = (await daemon.jobs()).filter(isDone).length
    await submit(daemon, death === 1 ? keys.slice(0, 4) : [...begun].filter(key => !acknowledged.has(key)))
    // Some must end in between: a job over which three daemons die is given up, and that is another test.
    await vi.waitFor(
      async () => {
        const jobs = await daemon.jobs()
        expect(jobs.filter(isDone).length).toBeGreaterThanOrEqual(Math.min(before + 2, jobs.length))
      },
      { timeout: 30_000, interval: 50 },
    )
    const racing = submit(daemon, keys.slice(2 + 2 * death, 4 + 2 * death))
    await wait(Math.floor(chance() * (death % 2 === 1 ? 30 : 400)))
    await daemon.end('SIGKILL')
    await racing
  }
  const last = await serve()
  await submit(last, keys)
  await vi.waitFor(async () => expect((await last.jobs()).every(({ state }) => isOver(state))).toBe(true), {
    timeout: 60_000,
    interval: 100,
  })
  const jobs = await last.jobs()
  expect(jobs.map(({ id }) => id).sort()).toEqual([...acknowledged.values()].sort())
  expect([jobs.length, new Set(jobs.map(({ id }) => id)).size]).toEqual([12, 12])
  expect(jobs.filter(job => !isDone(job))).toEqual([])
  for (const [key, id] of acknowledged) {
    expect(await (await last.ask(`/jobs/${id}/stream`)).text()).toBe(`${key} THE TEXT OF ${key.toUpperCase()}`)
  }
  expect(readdirSync(join(folder, 'STATE', 'voxloom', 'jobs')).sort()).toEqual(jobs.map(({ id }) => id).sort())
  expect(plugins()).toEqual([])
  expect(await last.end('SIGTERM')).toBe(0)
})

it('lets no second daemon work with the same state', async () => {
  const first = await serve()
  const second = spawn(process.execPath, [script, 'serve', '--port', '0'], { env, cwd: folder })
  started.push(second)
  let words = ''
  second.stderr.on('data', data => (words += String(data)))
  const [code] = (await once(second, 'close')) as [number]
  expect([code, words]).toEqual([8, expect.stringMatching(/Another companion works with .*voxloom already\. Stop it/)])
  expect((await first.ask('/status')).status).toBe(200)
  expect(await first.end('SIGTERM')).toBe(0)
})
