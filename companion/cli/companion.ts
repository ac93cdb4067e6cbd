import { request, type IncomingMessage } from 'node:http'
import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'
import { ensureToken } from '../core/token.ts'
import { notedPort } from './companion-port.ts'
import type { Context } from './context.ts'

/** Bytes of an answer that is read whole. */
const MAX_ANSWER = 16 * 1024 * 1024
/** Milliseconds for whatever holds a port to say who it is: a companion that starts its plugins is a busy one. */
const PATIENCE = 5_000

/** The companion that runs on this machine, for commands that ask it. */
export interface Companion {
  /** As people open it. */
  readonly address: string
  /** An answer whose body is for the caller to read. @throws SeamError what the companion said, or offline */
  ask(method: string, path: string, body?: unknown): Promise<IncomingMessage>
  /** An answer of JSON; undefined when it has no body. @param body as JSON @throws SeamError */
  json<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
}

/** @throws SeamError offline, when none runs on the configured port, nor on the one that was noted */
export async function openCompanion(context: Context): Promise<Companion> {
  const found = await findCompanion(context)
  if (!found) throw none(context.config.settings['server.port']!)
  return found
}

/** The companion where one runs, for commands that can do without. */
export async function findCompanion(context: Context): Promise<Companion | undefined> {
  const port = await portOf(context)
  return port === undefined ? undefined : companionAt(port, context)
}

/** Where it runs: on the port of the settings, or, unless the command line named that, where it said that it does. */
async function portOf({ config }: Context): Promise<number | undefined> {
  const port = config.settings['server.port']!
  if (await isOurs(port)) return port
  if (config.sources['server.port'] === 'flag') return undefined
  const noted = notedPort(config.folders.state)
  return noted !== undefined && noted !== port && (await isOurs(noted)) ? noted : undefined
}

function companionAt(port: number, { config, signal }: Context): Companion {
  const authorization = `Bearer ${ensureToken(config.folders.state)}`
  const ask: Companion['ask'] = (method, path, body) =>
    new Promise((resolve, reject) => {
      // Not fetch: it gives up on an answer that takes minutes, and a job may wait for hours.
      const content = body === undefined ? undefined : JSON.stringify(body)
      const type = content !== undefined && { 'content-type': 'application/json' }
      const headers = { host: `localhost:${port}`, authorization, ...type }
      const sent = request({ host: '127.0.0.1', port, method, path, headers, signal, agent: false })
      sent.once('error', error => reject(signal.aborted ? stopped() : none(port, error)))
      sent.once('response', answer => {
        if ((answer.statusCode ?? 500) < 400) resolve(answer)
        else void failureOf(answer).then(reject, reject)
      })
      sent.end(content)
    })
  const json = async <Answer>(method: string, path: string, body?: unknown) => {
    const text = await textOf(await ask(method, path, body))
    return (text === '' ? undefined : JSON.parse(text)) as Answer
  }
  return { address: `http://localhost:${port}`, ask, json }
}

const stopped = () => new SeamError('cancelled', 'Stopped.')

function none(port: number, cause?: unknown): SeamError {
  const message = `No companion of yours answers at http://localhost:${port}. Start it with voxloom serve, or name another --port.`
  return new SeamError('offline', message, { cause })
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of answer as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > MAX_ANSWER) throw new SeamError('engine', 'The companion’s answer is longer than any of its answers is.')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** What the companion said, in its own words. */
async function failureOf(answer: IncomingMessage): Promise<SeamError> {
  const text = await textOf(answer).catch(() => '')
  if (answer.statusCode === 401) {
    return new SeamError(
      'refused',
      'The companion does not know this token: it was started with another state folder, or by another account.',
    )
  }
  try {
    return fromErrorData(JSON.parse(text) as ErrorData)
  } catch {
    return new SeamError('engine', `The companion answered ${answer.statusCode}, and not in its own words.`)
  }
}

/** Whether the program on this port is a companion. It is not shown the token: it might be a stranger. */
export async function isOurs(port: number): Promise<boolean> {
  if (port === 0) return false
  try {
    const options = { signal: AbortSignal.timeout(PATIENCE), redirect: 'manual' } as const
    const { status, headers } = await fetch(`http://127.0.0.1:${port}/status`, options)
    return status === 401 && headers.get('www-authenticate') === 'Bearer realm="voxloom"'
  } catch {
    return false
  }
}
