import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import type { Fault, Seen } from './hub-client.ts'

// A hub as the downloader meets it: `/<repo>/resolve/<revision>/<path>` redirects to a file server, which knows Range,
// ETag and If-Range; and a companion's `/models/<model>/<path>`. Tests put files there and order faults through
// `/control`. Preflights are refused, as a file server may: the downloader must do without them.

interface Served {
  readonly bytes: Buffer
  readonly etag: string
  readonly faults: Fault[]
  readonly seen: Seen[]
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Content-Range, Accept-Ranges, Retry-After',
  'cross-origin-resource-policy': 'cross-origin',
}

/** Finds files that nobody put there, by their address. */
type Library = (path: string) => Promise<Buffer | undefined>

export async function startHubServer(library?: Library): Promise<{ url: string; close(): Promise<void> }> {
  const files = new Map<string, Served>()
  const server = createServer((request, response) => {
    answer(files, request, response, library).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function answer(
  files: Map<string, Served>,
  request: IncomingMessage,
  response: ServerResponse,
  library?: Library,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname)
  if (path.startsWith('/control/')) return control(files, path.slice('/control'.length), request, response)
  if (request.method === 'OPTIONS') return void response.writeHead(403).end()
  const address = path.replace(/^\/cdn\//, '/')
  const found = files.has(address) ? undefined : await library?.(address)
  if (found) files.set(address, served(found))
  const file = files.get(address)
  if (!file) return void response.writeHead(404, { ...CORS, 'content-type': 'text/plain' }).end('Entry not found')
  if (path.includes('/resolve/') && !path.startsWith('/cdn/')) {
    return void response
      .writeHead(302, { ...CORS, location: encodeURI(`/cdn${path}`), 'x-linked-etag': file.etag })
      .end()
  }
  serve(file, request, response)
}

/** `PUT` a file, `POST` its faults, `GET` the requests it saw. */
async function control(
  files: Map<string, Served>,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const allow = { ...CORS, 'access-control-allow-methods': 'PUT, POST, GET', 'access-control-allow-headers': '*' }
  const body: Buffer[] = []
  for await (const chunk of request) body.push(chunk as Buffer)
  const file = files.get(path)
  if (request.method === 'PUT') {
    files.set(path, { ...served(Buffer.concat(body)), ...(file && { faults: file.faults, seen: file.seen }) })
  } else if (request.method === 'POST') {
    file!.faults.push(...(JSON.parse(Buffer.concat(body).toString()) as Fault[]))
  }
  response.writeHead(200, { ...allow, 'content-type': 'application/json' }).end(JSON.stringify(file?.seen ?? []))
}

const served = (bytes: Buffer): Served => ({
  bytes,
  etag: `"${createHash('md5').update(bytes).digest('hex')}"`,
  faults: [],
  seen: [],
})

function serve(file: Served, request: IncomingMessage, response: ServerResponse): void {
  const { range, referer, cookie } = request.headers
  const ifRange = request.headers['if-range'] as string | undefined
  file.seen.push({ range: range ?? null, ifRange: ifRange ?? null, referer: referer ?? null, cookie: cookie ?? null })
  const fault = file.faults[0] ?? {}
  if (file.faults.length > 0 && fault.always !== true) file.faults.shift()

  if (fault.status) return void response.writeHead(fault.status, { ...CORS, ...fault.headers }).end()
  if (fault.html) {
    const type = fault.html === 'typed' ? 'text/html; charset=utf-8' : 'application/octet-stream'
    return void response
      .writeHead(200, { ...CORS, 'content-type': type })
      .end('\n<!DOCTYPE html><title>Sign in</title>')
  }
  let bytes = file.bytes
  if (fault.flip !== undefined) {
    bytes = Buffer.from(bytes)
    bytes[fault.flip]! ^= 1
  }
  if (fault.length !== undefined) bytes = Buffer.concat([bytes, Buffer.alloc(fault.length)]).subarray(0, fault.length)

  const asked = /^bytes=(\d+)-$/.exec(range ?? '')
  const honoured = asked && !fault.ignoreRange && (ifRange === undefined || ifRange === file.etag)
  const start = honoured ? Number(asked[1]) : 0
  if (start >= bytes.length && honoured) {
    return void response.writeHead(416, { ...CORS, 'content-range': `bytes */${bytes.length}` }).end()
  }
  const body = bytes.subarray(start)
  response.writeHead(honoured ? 206 : 200, {
    ...CORS,
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    ...(fault.noLength ? {} : { 'content-length': body.length }),
    etag: file.etag,
    ...(honoured ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
  })
  const stop = fault.cutAfter ?? fault.holdAfter
  if (stop === undefined) return void response.end(body)
  response.write(body.subarray(0, stop), () => {
    // A moment, so that what was written is on its way before the connection breaks.
    if (fault.cutAfter !== undefined) setTimeout(() => response.destroy(), 50)
  })
}

/** A global set-up of Vitest: `inject('hub')` is the server's origin then. */
export function hubSetup(library?: Library): (project: TestProject) => Promise<() => Promise<void>> {
  return async project => {
    const hub = await startHubServer(library)
    project.provide('hub', hub.url)
    return () => hub.close()
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    hub: string
  }
}
