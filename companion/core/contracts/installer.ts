import { dirname } from 'node:path'
import { z } from 'zod'
import type { InstallLine } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { exitWords, lastWords } from '../pipelines/failure.ts'
import { Child } from '../process/child.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import { pluginEnvironment } from '../plugins/environment.ts'
import { onPath } from '../process/on-path.ts'
import { LogTail } from '../process/tail.ts'
import { confine } from '../sandbox/confine.ts'
import { NO_LIMITS } from '../sandbox/rules.ts'
import type { FoundContract } from './discovery.ts'
import { moveFromStage, stageOf } from './environment-folder.ts'
import type { Python } from './interpreter.ts'
import { hostCommand, PYTHON_SDK } from './python-command.ts'

/** Characters of one line that the installer may write. */
const MAX_LINE = 1024 * 1024

/** What the SDK's installer tells, a line of JSON each. */
const event = z.discriminatedUnion('event', [
  z.looseObject({ event: z.literal('begin'), tool: z.string(), requirements: z.array(z.string()) }),
  z.looseObject({ event: z.literal('progress'), done: z.number(), total: z.number(), what: z.string() }),
  z.looseObject({ event: z.literal('log'), text: z.string() }),
  z.looseObject({ event: z.literal('done'), python: z.string(), lock: z.array(z.string()) }),
  z.looseObject({ event: z.literal('failed'), code: z.string(), message: z.string() }),
])

interface Environment {
  readonly path: string
  readonly python: Python
  readonly ledger?: ProcessLedger
}

/**
 * Makes an environment by the Python SDK's installer. What builds packages runs a stranger's code: for a plugin that is
 * confined it is confined as well, with a network, and a folder of its own to write into.
 * @returns what was installed @throws SeamError with what the tool said
 */
export async function installPackages(
  { name, folder, confinement }: Pick<FoundContract, 'name' | 'folder' | 'confinement'>,
  { path, python, ledger }: Environment,
  tell: (line: InstallLine) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const args = ['--install-deps', '--plugin', folder, '--environment', path]
  const command = hostCommand({ program: python.program, python, args, folder, env: installEnvironment() })
  const uv = onPath('uv')
  const stage = stageOf(path)
  const child = new Child(
    confine(command, {
      confinement: confinement && { ...confinement, limits: NO_LIMITS },
      permissions: { network: true, gpu: false, read: [] },
      models: '',
      readable: [PYTHON_SDK, python.prefix, ...(uv === undefined ? [] : [dirname(uv)])],
      // Other plugins' environments are not there.
      writable: [{ path: dirname(path), from: stage }],
    }),
    { ...(ledger && { ledger }), onLine: text => tell({ kind: 'log', text }) },
  )
  const end = () => {
    // It does not listen to the end of its input.
    child.signal('SIGTERM')
    void child.end()
  }
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    const lock = await outcome(child, name, tell, signal)
    moveFromStage(path)
    return lock
  } finally {
    signal.removeEventListener('abort', end)
    await child.end()
  }
}

async function outcome(
  child: Child,
  name: string,
  tell: (line: InstallLine) => void,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let lock: readonly string[] | undefined
  let failed: string | undefined
  const out = new LogTail(MAX_LINE, line => {
    const told = readEvent(line)
    if (told?.event === 'done') lock = told.lock
    else if (told?.event === 'failed') failed = told.message
    else if (told?.event === 'progress') tell({ kind: 'progress', done: told.done, total: told.total, what: told.what })
    else if (told?.event === 'begin') tell({ kind: 'log', text: `${told.tool}: ${told.requirements.join(', ')}` })
    else tell({ kind: 'log', text: told?.text ?? line })
  })
  const read = (async () => {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) out.add(piece)
    out.end()
  })().catch(() => undefined)
  const exit = await child.exited
  // Whatever it started is gone with it, and holds its output no longer.
  if (!signal.aborted) await read
  if (signal.aborted) throw new SeamError('cancelled', `The packages of “${name}” were not installed: cancelled.`)
  if (exit?.code === 0 && lock) return lock
  const why = failed ?? (exit ? `the installer ${exitWords(exit)}: ${lastWords(child.log)}` : child.spawnError?.message)
  throw new SeamError('engine', `The packages of “${name}” could not be installed: ${why}`, {
    retryable: true,
    details: {
      failure: 'DEPENDENCIES_MISSING',
      plugin: name,
      ...(child.log !== '' && { stderr: child.log.slice(-4000) }),
    },
  })
}

function readEvent(line: string): z.infer<typeof event> | undefined {
  try {
    return event.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** The account's own settings of pip and uv, the way to the network, and nothing else that plugins do not see. */
const PASSED =
  /^(PIP_|UV_|SSL_CERT_|REQUESTS_CA_BUNDLE$|CURL_CA_BUNDLE$|XDG_(CACHE|CONFIG)_HOME$)|^(HTTPS?|NO|ALL)_PROXY$/i

function installEnvironment(): Record<string, string> {
  const passed = Object.keys(process.env).filter(name => PASSED.test(name))
  return pluginEnvironment(passed, '')
}
