import { spawn } from 'node:child_process'
import { SeamError } from '#protocol/errors.ts'

/** A registry's own client, as the words that start it. */
export type Client = readonly [command: string, ...args: string[]]

const found = new Map<'npm' | 'pypi', Promise<Client | undefined>>()

/** The user's pip or npm, found on PATH once. @throws SeamError unsupported, saying what to install */
export async function findClient(registry: 'npm' | 'pypi'): Promise<Client> {
  let search = found.get(registry)
  if (!search) found.set(registry, (search = firstThatRuns(registry === 'npm' ? npmCandidates() : pipCandidates())))
  const client = await search
  if (client) return client
  found.delete(registry)
  throw new SeamError(
    'unsupported',
    registry === 'npm'
      ? 'npm was not found on PATH. It comes with Node.js: install it, and try again.'
      : 'Python’s pip was not found on PATH (python3 -m pip, pip3, pip). Install Python 3, or connect to the network so that the hub can be used.',
  )
}

function pipCandidates(): readonly Client[] {
  const windows: Client[] = process.platform === 'win32' ? [['py', '-3', '-m', 'pip']] : []
  return [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ...windows, ['pip3'], ['pip']]
}

function npmCandidates(): readonly Client[] {
  const script = process.env.npm_execpath
  const own: Client[] = script && /npm-cli\.c?js$/.test(script) ? [[process.execPath, script]] : []
  return [...own, process.platform === 'win32' ? ['npm.cmd'] : ['npm']]
}

async function firstThatRuns(candidates: readonly Client[]): Promise<Client | undefined> {
  for (const client of candidates) {
    try {
      await runClient(client, ['--version'])
      return client
    } catch {
      // The next one, then.
    }
  }
  return undefined
}

/** Runs a client to its end. Its output is kept only to explain a failure. @throws SeamError, AbortError */
export async function runClient(
  client: Client,
  args: readonly string[],
  options: { cwd?: string; signal?: AbortSignal; env?: Record<string, string> } = {},
): Promise<void> {
  const [command, ...first] = client
  await new Promise<void>((resolve, reject) => {
    const child = spawn(command, [...first, ...args], {
      cwd: options.cwd,
      signal: options.signal,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'ignore', 'pipe'],
      // Windows starts .cmd files only through its shell; every argument is a name or a version from the catalogue.
      shell: /\.cmd$/.test(command),
      windowsHide: true,
    })
    let tail = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (tail = (tail + text).slice(-8_000)))
    child.once('error', error => reject(options.signal?.aborted ? cancelled() : error))
    child.once('close', code => {
      if (options.signal?.aborted) reject(cancelled())
      else if (code === 0) resolve()
      else reject(explain([command, ...first].join(' '), code, tail))
    })
  })
}

function cancelled(): SeamError {
  return new SeamError('cancelled', 'Cancelled. What was fetched so far is kept.')
}

/** A client's last words as a failure of ours. */
function explain(client: string, code: number | null, tail: string): SeamError {
  const lines = tail.split('\n').filter(line => line.trim() && !/\bnotice\b|A complete log of this run/i.test(line))
  const said = lines.slice(-3).join(' ').replace(/\s+/g, ' ').trim()
  const because = said ? ` It said: ${said.slice(0, 400)}` : ''
  if (/ENOSPC|No space left/i.test(tail)) {
    return new SeamError('quota', `There is no room left for what ${client} fetches. Free some space and try again.`)
  }
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|NewConnectionError|Max retries|Temporary failure|Network is unreachable|Connection(Error| refused| aborted)|ReadTimeout/i.test(
      tail,
    )
  ) {
    return new SeamError(
      'offline',
      `${client} could not reach its registry. Check the network and try again.${because}`,
    )
  }
  if (/E404|No matching distribution|ETARGET|notarget/i.test(tail)) {
    return new SeamError('not-found', `${client} found no such package in its registry.${because}`)
  }
  return new SeamError('offline', `${client} stopped with exit code ${code}.${because}`)
}
