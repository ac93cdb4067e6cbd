import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { JobInfo } from '../../companion/protocol/jobs.ts'
import { writePuppet } from '../../companion/core/testing/puppet.ts'
import { root } from './models.ts'

export const script = join(root, 'companion/cli/main.ts')

/** Where a companion lives for as long as something is tried: folders of its own, and the puppet for a plugin. */
export interface Home {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Its own folder of each job. */
  readonly jobsFolder: string
  /** Processes of its plugins, and of what those have started. Linux only; none elsewhere. */
  processes(): number[]
  /** Starts the real program, as a user does. */
  serve(): Serving
  /** Ends what was started, and takes the folders away. */
  close(): void
}

export interface Serving {
  /** Settles when it takes requests. @throws Error when it ended before */
  readonly ready: Promise<Daemon>
  /** @returns its exit code */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
}

export interface Daemon {
  /** With the token. */
  ask(path: string, init?: RequestInit): Promise<Response>
  jobs(): Promise<readonly JobInfo[]>
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-durable-'))
  const plugins = join(folder, 'plugins')
  writePuppet(plugins)
  const env = {
    ...process.env,
    ...Object.fromEntries(['CONFIG', 'STATE', 'DATA', 'CACHE'].map(name => [`XDG_${name}_HOME`, join(folder, name)])),
    VOXLOOM_MODELS: join(folder, 'models'),
    VOXLOOM_PLUGINS: plugins,
    VOXLOOM_JOBS: '2',
    NO_COLOR: '1',
  }
  const state = join(folder, 'STATE', 'voxloom')
  const started: ChildProcess[] = []
  const processes = () => processesOf(plugins)
  return {
    folder,
    env,
    jobsFolder: join(state, 'jobs'),
    processes,
    serve() {
      const child = spawn(process.execPath, [script, 'serve', '--port', '0', '--json'], {
        env,
        cwd: folder,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      started.push(child)
      const gone = once(child, 'exit')
      const line = once(createInterface(child.stdout), 'line') as Promise<[string]>
      const early = gone.then(() => Promise.reject(new Error('The daemon ended before it took requests.')))
      const ready = Promise.race([line, early]).then(([text]) => {
        const { address } = JSON.parse(text) as { address: string }
        return daemonAt(address, readFileSync(join(state, 'token'), 'utf8'))
      })
      // Whoever kills it in its first moments does not wait for it.
      ready.catch(() => undefined)
      return {
        ready,
        async end(signal) {
          child.kill(signal)
          await gone
          return child.exitCode
        },
      }
    },
    close() {
      for (const child of started) child.kill('SIGKILL')
      for (const pid of processes()) kill(pid)
      // Who was killed just now may be writing still.
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

function daemonAt(address: string, token: string): Daemon {
  const headers = { authorization: `Bearer ${token}` }
  const ask: Daemon['ask'] = (path, init = {}) =>
    fetch(address + path, { ...init, headers: { ...headers, ...(init.headers as Record<string, string>) } })
  return { ask, jobs: async () => (await (await ask('/jobs?limit=1000')).json()) as JobInfo[] }
}

/** Processes that have a folder's name in their arguments or their environment, the caller's own excepted. */
function processesOf(folder: string): number[] {
  const names = process.platform === 'linux' ? readdirSync('/proc').filter(name => /^\d+$/.test(name)) : []
  return names
    .filter(name =>
      ['cmdline', 'environ'].some(file => {
        try {
          // A daemon is told the same folder; its plugins are in it.
          return readFileSync(`/proc/${name}/${file}`, 'utf8').includes(`${folder}/puppet`)
        } catch {
          return false
        }
      }),
    )
    .map(Number)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended in between.
  }
}
