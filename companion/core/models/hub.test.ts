import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ModelFile } from '#protocol/models.ts'
import { Hub, looksLikeHtml, type HubSource } from './hub.ts'
import { Part } from './part.ts'

const body = randomBytes(300_000)
const file: ModelFile = {
  path: 'onnx/model x.onnx',
  bytes: body.length,
  sha256: createHash('sha256').update(body).digest('hex'),
}
const source: HubSource = { kind: 'hub', repo: 'maker/model', revision: '0123abc' }

let folder: string
let server: Server
let base: string
let requests: IncomingMessage[]
let answer: (request: IncomingMessage, response: ServerResponse) => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxloom-hub-'))
  requests = []
  server = createServer((request, response) => {
    requests.push(request)
    answer(request, response)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  answer = ranged
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
  await rm(folder, { recursive: true, force: true })
})

/** As the hub does: 206 with Content-Range for an open range, 200 else. */
function ranged(request: IncomingMessage, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(from)) response.writeHead(200, { 'content-length': body.length }).end(body)
  else
    response
      .writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` })
      .end(body.subarray(from))
}

async function fetchIt(hub = new Hub({ base }), signal?: AbortSignal): Promise<void> {
  const part = await Part.open(join(folder, 'w.bin'), file)
  try {
    await hub.fetch(source, file, part, signal ? { signal } : {})
  } finally {
    await part.close()
  }
}
const kept = () => readFile(join(folder, 'w.bin'))
const partSize = async () => (await stat(join(folder, 'w.bin.part')).catch(() => undefined))?.size

describe('a file from the hub', () => {
  it('comes from the pinned revision, without a referrer', async () => {
    await fetchIt()
    expect(await kept()).toEqual(body)
    expect(requests[0]!.url).toBe('/maker/model/resolve/0123abc/onnx/model%20x.onnx')
    expect(requests[0]!.headers.referer).toBeUndefined()
    expect(await partSize()).toBeUndefined()
  })

  it('follows the redirect to the place where large files lie', async () => {
    answer = (request, response) => {
      if (request.url!.startsWith('/maker')) response.writeHead(302, { location: `${base}/large` }).end()
      else ranged(request, response)
    }
    await fetchIt()
    expect(await kept()).toEqual(body)
  })

  it('goes on where an earlier run stopped', async () => {
    await writeFile(join(folder, 'w.bin.part'), body.subarray(0, 123_457))
    await fetchIt()
    expect(requests[0]!.headers.range).toBe('bytes=123457-')
    expect(await kept()).toEqual(body)
  })

  it('goes on by itself when the connection breaks in the middle, again and again', async () => {
    answer = (request, response) => {
      const from = Number(/(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      if (from === 0) response.writeHead(200, { 'content-length': body.length })
      else response.writeHead(206, { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` })
      response.write(body.subarray(from, from + 100_000), () => {
        if (from + 100_000 >= body.length) response.end()
        else response.destroy()
      })
    }
    await fetchIt()
    expect(await kept()).toEqual(body)
    expect(requests.length).toBeGreaterThanOrEqual(3)
  })

  it('starts again when the server ignores Range', async () => {
    await writeFile(join(folder, 'w.bin.part'), randomBytes(1_000))
    answer = (_, response) => response.writeHead(200).end(body)
    await fetchIt()
    expect(await kept()).toEqual(body)
  })

  it('starts again when the server sends another range than the one asked for', async () => {
    await writeFile(join(folder, 'w.bin.part'), body.subarray(0, 1_000))
    answer = (request, response) => {
      if (!request.headers.range) return ranged(request, response)
      response.writeHead(206, { 'content-range': `bytes 0-9/${body.length}` }).end(body.subarray(0, 10))
    }
    await fetchIt()
    expect(await kept()).toEqual(body)
  })

  it('starts again when the server refuses the range', async () => {
    await writeFile(join(folder, 'w.bin.part'), body.subarray(0, 1_000))
    answer = (request, response) => {
      if (request.headers.range) response.writeHead(416).end()
      else ranged(request, response)
    }
    await fetchIt()
    expect(await kept()).toEqual(body)
  })

  it('refuses bytes with another hash, and keeps none of them', async () => {
    answer = (_, response) => response.writeHead(200).end(randomBytes(body.length))
    await expect(fetchIt()).rejects.toMatchObject({ code: 'integrity', message: expect.stringContaining(file.sha256) })
    await expect(kept()).rejects.toThrow('ENOENT')
    expect(await partSize()).toBeUndefined()
  })

  it('takes a file of the exact length, and refuses one byte more', async () => {
    await fetchIt()
    await rm(join(folder, 'w.bin'))
    answer = (_, response) => response.writeHead(200).end(Buffer.concat([body, Buffer.of(0)]))
    await expect(fetchIt()).rejects.toMatchObject({ code: 'integrity' })
    await expect(kept()).rejects.toThrow('ENOENT')
  })

  it.each([
    ['text/html; charset=utf-8', body],
    ['application/octet-stream', Buffer.from('<!DOCTYPE html><title>Sign in</title>'.padEnd(2_000))],
  ])('recognises a web page (%s)', async (type, content) => {
    answer = (_, response) => response.writeHead(200, { 'content-type': type }).end(content)
    await expect(fetchIt()).rejects.toMatchObject({ code: 'integrity', message: expect.stringContaining('web page') })
    expect(await partSize()).toBe(0)
  })

  it.each([
    [404, 'not-found'],
    [401, 'refused'],
    [403, 'refused'],
  ])('says what HTTP %i means', async (status, code) => {
    answer = (_, response) => response.writeHead(status).end()
    await expect(fetchIt()).rejects.toMatchObject({ code })
    expect(requests).toHaveLength(1)
  })

  it('tries a busy hub again, then gives up', async () => {
    answer = (_, response) => response.writeHead(503).end()
    await expect(fetchIt(new Hub({ base, retries: 1 }))).rejects.toMatchObject({ code: 'offline' })
    expect(requests).toHaveLength(2)
  })

  it('takes up a transfer that stands still', async () => {
    answer = (request, response) => {
      if (request.headers.range) return ranged(request, response)
      response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 50_000))
    }
    await fetchIt(new Hub({ base, stallTimeout: 200 }))
    expect(await kept()).toEqual(body)
  })

  it('keeps what it has when it is cancelled', async () => {
    const stop = new AbortController()
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': body.length }).write(body.subarray(0, 50_000))
    }
    const part = await Part.open(join(folder, 'w.bin'), file)
    const work = new Hub({ base }).fetch(source, file, part, { signal: stop.signal, onBytes: () => stop.abort() })
    await expect(work).rejects.toMatchObject({ code: 'cancelled' })
    await part.close()
    expect(await partSize()).toBeGreaterThan(0)
  })

  it('knocks once at a hub that is out of reach, and remembers', async () => {
    await new Promise(resolve => server.close(resolve))
    const hub = new Hub({ base })
    const first = await hub.reach()
    expect(first).toMatchObject({ code: 'offline' })
    expect(await hub.reach()).toBe(first)
    await expect(fetchIt(hub)).rejects.toBe(first)
    server = createServer()
    await new Promise<void>(resolve => server.listen(0, resolve))
  })
})

describe('looksLikeHtml', () => {
  it.each(['<!doctype html>', '\uFEFF <HTML lang="en">', '\n<head>'])('knows %j', text => {
    expect(looksLikeHtml(new TextEncoder().encode(text))).toBe(true)
  })
  it.each(['{"a":1}', '<?xml version="1.0"?>', '<htmlish', ''])('lets %j pass', text => {
    expect(looksLikeHtml(new TextEncoder().encode(text))).toBe(false)
  })
})
