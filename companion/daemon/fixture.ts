import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { ModelEntry } from '#protocol/models.ts'
import type { ContractHost } from '../core/contracts/host.ts'
import { ModelStore } from '../core/models/store.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import type { ListenerPool } from '../core/listening/pool.ts'
import type { SpeakerPool } from '../core/speakers/pool.ts'
import { ensureToken } from '../core/token.ts'
import { startDaemon } from './server.ts'
import type { WyomingPlace } from './wyoming.ts'

/** What the built page's files are to be dressed with. */
export const csp = "default-src 'self'; frame-ancestors 'none'"
const devOrigin = 'http://localhost:5173'
/** What a browser says of our own page. */
export const ownPage = { 'sec-fetch-site': 'same-origin' }

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Fixture {
  readonly folder: string
  readonly port: number
  /** Of the Wyoming protocol, when it was asked for. */
  readonly wyoming: string | undefined
  /** `localhost:<port>` */
  readonly host: string
  readonly token: string
  readonly bearer: { readonly authorization: string }
  readonly weights: Buffer
  readonly sha256: string
  /** A request exactly as written: no client that tidies paths or sets headers. */
  ask(path: string, headers?: Record<string, string>, method?: string, address?: string): Promise<Answer>
  /** The same with a body, in pieces when it comes as such. */
  send(method: string, path: string, sent?: Sent): Promise<Answer>
  /** Bytes to the port, and all that comes back. */
  raw(text: string): Promise<string>
  close(): Promise<void>
}

export interface Sent {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>
}

export interface FixtureOptions {
  /** Plugins and jobs, with what they need in the fixture's folder. */
  readonly host?: (folder: string) => PluginHost
  /** Contract plugins, in the fixture's folder. */
  readonly contracts?: (folder: string) => ContractHost
  readonly speakers?: SpeakerPool
  readonly listeners?: ListenerPool
  readonly wyoming?: WyomingPlace
  /** The product's own catalogue, with weights from this folder, in place of one small model. */
  readonly models?: string
}

/** A real daemon on a free port, with a small page and one model, for tests. */
export async function openFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-daemon-'))
  const weights = randomBytes(5_000)
  const sha256 = createHash('sha256').update(weights).digest('hex')
  const dist = writeFiles(folder, weights)
  const store = new ModelStore(
    options.models === undefined
      ? { folder: join(folder, 'models'), catalogue: [model(weights.length, sha256)] }
      : { folder: options.models },
  )
  const stateFolder = join(folder, 'state')
  const host = options.host?.(folder)
  const contracts = options.contracts?.(folder)
  const { speakers, listeners, wyoming } = options
  const daemon = await startDaemon({
    port: 0,
    store,
    stateFolder,
    dist,
    origins: [devOrigin],
    ...(host && { host }),
    ...(contracts && { contracts }),
    ...(speakers && { speakers }),
    ...(listeners && { listeners }),
    ...(wyoming && { wyoming }),
  })
  const { port } = daemon
  const name = `localhost:${port}`
  const token = ensureToken(stateFolder)
  return {
    folder,
    port,
    wyoming: daemon.wyoming?.address,
    host: name,
    token,
    bearer: { authorization: `Bearer ${token}` },
    weights,
    sha256,
    ask: (path, headers = {}, method = 'GET', address = '127.0.0.1') =>
      new Promise((resolve, reject) => {
        const sent = request({ host: address, port, path, method, headers: { host: name, ...headers } })
        sent.once('error', reject)
        sent.once('response', answer => whole(answer).then(resolve, reject))
        sent.end()
      }),
    send: (method, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const isWhole = typeof body === 'string' || body instanceof Uint8Array
        // Node says it by itself only for methods that usually have a body.
        const length = isWhole ? { 'content-length': String(Buffer.byteLength(body)) } : {}
        const sent = request({ host: '127.0.0.1', port, path, method, headers: { host: name, ...length, ...headers } })
        sent.once('error', reject)
        sent.once('response', answer => whole(answer).then(resolve, reject))
        if (isWhole || body === undefined) sent.end(body)
        else
          Readable.from(body)
            .on('error', () => sent.destroy())
            .pipe(sent)
      }),
    raw: text =>
      new Promise(resolve => {
        const socket = connect(port, '127.0.0.1')
        let answer = ''
        socket.on('data', data => (answer += data)).on('close', () => resolve(answer))
        socket.on('error', () => undefined)
        socket.write(text)
      }),
    async close() {
      await daemon.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function whole(answer: IncomingMessage): Promise<Answer> {
  const pieces: Buffer[] = []
  for await (const piece of answer) pieces.push(piece as Buffer)
  return { status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(pieces) }
}

function model(bytes: number, sha256: string): ModelEntry {
  return {
    id: 'm',
    name: 'M',
    task: 'speech',
    languages: [],
    licence: 'MIT',
    licenceUrl: '',
    shared: [
      { path: 'onnx/w.bin', bytes, sha256 },
      { path: 'absent.bin', bytes: 1, sha256: '0'.repeat(64) },
    ],
    sharedSources: [],
    variants: [],
  }
}

function writeFiles(folder: string, weights: Buffer): string {
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  mkdirSync(join(folder, 'models', 'm', 'onnx'), { recursive: true })
  writeFileSync(join(folder, 'models', 'm', 'onnx', 'w.bin'), weights)
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Voxloom</title>')
  writeFileSync(join(dist, 'service-worker.js'), '//')
  writeFileSync(join(dist, '.hidden'), 'hidden')
  writeFileSync(join(dist, 'assets', 'a-1234.js'), 'export {}')
  const headers = { 'Content-Security-Policy': csp, 'Cross-Origin-Embedder-Policy': 'require-corp' }
  writeFileSync(join(dist, 'headers.json'), JSON.stringify(headers))
  // A file of the build that stands in the API's way must lose.
  writeFileSync(join(dist, 'status'), 'page')
  return dist
}

/** The pair of name and value that a browser would send back. */
export function cookieOf(answer: Answer): string {
  return answer.headers['set-cookie']![0]!.split(';')[0]!
}
