import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { ollamaRecords, openAiRecords, wholeOllama, wholeOpenAi } from './language-records.ts'
import type { AskedRequest, Scene } from './language-scene.ts'

// A server of language models that says what it is told to, in the words of OpenAI's API (`/v1/…`) and of Ollama's
// (`/api/…`), whose oddities it keeps to. By itself: node tests/support/language-server.ts --port 11434
// Then `POST /script` takes scenes as JSON, and `GET /requests` tells what was asked.

export interface LanguageServerOptions {
  /** 0 takes any free one. */
  readonly port?: number
  /** Who does not send it is refused with 401. */
  readonly key?: string
  readonly models?: readonly string[]
  /** What is answered when no scene is left; by default the last words of the dialogue, said back. */
  readonly otherwise?: Scene
}

export interface LanguageServer {
  /** `http://127.0.0.1:<port>`, Ollama's base. */
  readonly url: string
  /** The same with `/v1`. */
  readonly openAi: string
  /** Dialogues that were sent, in order. */
  readonly requests: readonly AskedRequest[]
  /** What to do with the next requests, one scene each. */
  play(...scenes: readonly Scene[]): void
  close(): Promise<void>
}

const MODELS = ['llama3.2:3b', 'qwen2.5:0.5b']

export async function startLanguageServer(options: LanguageServerOptions = {}): Promise<LanguageServer> {
  const scenes: Scene[] = []
  const requests: AskedRequest[] = []
  const { models = MODELS, key, otherwise = {} } = options
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(JSON.stringify({ error: { message: String(error) } }))
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://server').pathname
    const body = await bodyOf(request)
    if (path === '/script' && request.method === 'POST') {
      scenes.push(...([JSON.parse(body) as Scene | Scene[]].flat() as Scene[]))
      return json(response, 200, { scenes: scenes.length })
    }
    if (path === '/requests') return json(response, 200, requests)
    const isOllama = path.startsWith('/api/')
    // Ollama lets in no page that it was not told of.
    if (isOllama && request.headers.origin !== undefined) return void response.writeHead(403).end()
    if (key !== undefined && request.headers.authorization !== `Bearer ${key}`) return noKey(response, isOllama)
    if (path === '/v1/models') return json(response, 200, { object: 'list', data: models.map(modelEntry) })
    if (path === '/api/tags') return json(response, 200, { models: models.map(name => ({ name, model: name })) })
    if (request.method !== 'POST' || !['/v1/chat/completions', '/api/chat'].includes(path)) {
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
    }
    const asked = readAsked(path, request, body)
    requests.push(asked)
    response.once('close', () => (asked.isOver = true))
    await play(scenes.shift() ?? otherwise, asked, response, { isOllama, models })
  }

  await listen(server, options.port ?? 0)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    openAi: `${url}/v1`,
    requests,
    play: (...more) => void scenes.push(...more),
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

interface Stage {
  readonly isOllama: boolean
  readonly models: readonly string[]
}

async function play(scene: Scene, asked: AskedRequest, response: ServerResponse, stage: Stage): Promise<void> {
  const { isOllama, models } = stage
  if (scene.silent) return
  if (scene.status !== undefined) {
    const headers = scene.retryAfter === undefined ? {} : { 'retry-after': scene.retryAfter }
    return json(response, scene.status, scene.says ?? told(isOllama, 'It does not work today.'), headers)
  }
  if (scene.redirect !== undefined) return void response.writeHead(307, { location: scene.redirect }).end()
  if (scene.html) {
    const page = '<!DOCTYPE html><html><title>Sign in</title></html>'
    return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page)
  }
  if (!models.includes(asked.model)) return noModel(response, isOllama, asked.model)
  const tokens = scene.tokens ?? (asked.messages.at(-1)?.content ?? '').match(/\S+\s*/g) ?? []
  if (scene.whole) return json(response, 200, (isOllama ? wholeOllama : wholeOpenAi)(scene, tokens))
  await pause(scene.firstAfter)
  response.writeHead(200, {
    'content-type': isOllama ? 'application/x-ndjson' : 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  })
  response.flushHeaders()
  for (const record of (isOllama ? ollamaRecords : openAiRecords)(scene, tokens)) {
    if (asked.isOver) return
    if (record === 'cut') {
      // A moment, so that what was written is on its way before the connection breaks.
      await pause(50)
      return void response.destroy()
    }
    if (record === 'hang') return
    await write(response, Buffer.from(record), scene.pieceSize)
    asked.sent++
    await pause(scene.every)
  }
  response.end()
}

/** In pieces of so many bytes, each on its way by itself: characters and line ends are cut wherever it falls. */
async function write(response: ServerResponse, bytes: Buffer, size = bytes.length): Promise<void> {
  for (let at = 0; at < bytes.length; at += size) {
    if (response.destroyed) return
    if (!response.write(bytes.subarray(at, at + size))) {
      await new Promise<void>(resolve => {
        response.once('drain', resolve)
        response.once('close', resolve)
      })
    }
    if (size < bytes.length) await pause(1)
  }
}

function readAsked(path: string, request: IncomingMessage, body: string): AskedRequest {
  const { model = '', messages = [], ...options } = JSON.parse(body) as Partial<AskedRequest> & Record<string, unknown>
  const { authorization } = request.headers
  return { path, model, messages, options, authorization, sent: 0, isOver: false }
}

const modelEntry = (id: string) => ({ id, object: 'model', created: 1_700_000_000, owned_by: 'script' })

const told = (isOllama: boolean, message: string, more: object = {}) =>
  isOllama ? { error: message } : { error: { message, type: 'server_error', param: null, code: null, ...more } }

function noKey(response: ServerResponse, isOllama: boolean): void {
  json(response, 401, told(isOllama, 'Incorrect API key provided.', { code: 'invalid_api_key' }))
}

function noModel(response: ServerResponse, isOllama: boolean, model: string): void {
  const message = isOllama ? `model '${model}' not found` : `The model \`${model}\` does not exist.`
  json(response, 404, told(isOllama, message, { code: 'model_not_found' }))
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(text)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}

async function pause(milliseconds = 0): Promise<void> {
  if (milliseconds > 0) await new Promise(resolve => setTimeout(resolve, milliseconds))
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { port: { type: 'string' }, key: { type: 'string' } } })
  const { url } = await startLanguageServer({
    port: Number(values.port ?? 0),
    ...(values.key === undefined ? {} : { key: values.key }),
  })
  console.log(JSON.stringify({ url, openAi: `${url}/v1` }))
}
