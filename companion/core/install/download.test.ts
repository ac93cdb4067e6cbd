import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { fetchArchive, type DownloadOptions } from './download.ts'
import { startServer, type TestServer } from './testing/server.ts'

const body = Buffer.from('archive '.repeat(2000))
const sha256 = createHash('sha256').update(body).digest('hex')

let server: TestServer
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: string[]

beforeAll(async () => {
  server = await startServer((request, response) => {
    asked.push(`${request.headers.host?.split(':')[0]}${request.url}`)
    answer(request, response)
  })
})
afterAll(() => server.close())
beforeEach(() => {
  asked = []
  answer = (_, response) => response.end(body)
})

/** Every name leads to the test's server, but those that a test wants to lead elsewhere. */
const resolve = async (host: string) => [
  { address: host === 'inside.example.test' ? '10.0.0.1' : '127.0.0.1', family: 4 },
]
const isAllowed = (address: string) => address === '127.0.0.1'
const at = (path: string, host = 'files.example.test') => `https://${host}:${server.port}${path}`

function download(url: string, options: DownloadOptions = {}) {
  const target = join(scratch(), 'archive')
  const done = fetchArchive(url, target, { resolve, isAllowed, ca: server.ca, ...options })
  return { target, done }
}

describe('a download', () => {
  it('lands in a file of its own, hashed, and tells how far it is', async () => {
    const seen: unknown[] = []
    const { target, done } = download(at('/a.zip?token=secret'), { onProgress: progress => seen.push(progress) })
    expect(await done).toEqual({ sha256, bytes: body.length, source: at('/a.zip') })
    expect(readFileSync(target)).toEqual(body)
    expect(statSync(target).mode & 0o777).toBe(0o600)
    expect(seen.at(-1)).toMatchObject({ done: body.length, what: 'plugins.downloading' })
  })

  it('never writes into a file that is there', async () => {
    const target = join(scratch(), 'archive')
    writeFileSync(target, 'mine')
    await expect(fetchArchive(at('/a'), target, { resolve, isAllowed, ca: server.ca })).rejects.toThrow()
    expect(readFileSync(target, 'utf8')).toBe('mine')
  })

  it('follows five redirects and no sixth', async () => {
    answer = ({ url }, response) => {
      const left = Number(url!.slice(1))
      if (left === 0) response.end(body)
      else response.writeHead(302, { location: `/${left - 1}` }).end('elsewhere')
    }
    expect(await download(at('/5')).done).toMatchObject({ sha256 })
    await expect(download(at('/6')).done).rejects.toThrow('more than 5 times')
  })

  it.each([
    ['https://inside.example.test/a', 'inside.example.test leads to 10.0.0.1'],
    ['https://169.254.169.254/latest/meta-data', '169.254.169.254 is an address'],
    ['https://[::1]/a', '::1 is an address'],
    ['http://files.example.test/a', 'over https:// alone'],
    ['https://a:b@files.example.test/a', 'name or password'],
    ['file:///etc/passwd', 'give its path'],
  ])('does not follow a redirect to %s', async (location, words) => {
    answer = (_, response) => response.writeHead(301, { location }).end()
    const { target, done } = download(at('/a'))
    await expect(done).rejects.toThrow(words)
    expect([asked, existsSync(target)]).toEqual([['files.example.test/a'], false])
  })

  it('goes to the address that was checked, though the name leads elsewhere by then', async () => {
    let times = 0
    const rebinding = async () => [{ address: times++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
    expect(await download(at('/a', 'rebinding.example.test'), { resolve: rebinding }).done).toMatchObject({ sha256 })
    expect(times).toBe(1)
  })

  it('refuses the server itself, unless a test allows it', async () => {
    const target = join(scratch(), 'archive')
    const real = fetchArchive(at('/a', 'localhost'), target, { ca: server.ca })
    await expect(real).rejects.toMatchObject({ code: 'refused' })
    expect(asked).toEqual([])
  })

  it('refuses a certificate of nobody, and one of another name', async () => {
    const target = join(scratch(), 'archive')
    await expect(fetchArchive(at('/a'), target, { resolve, isAllowed })).rejects.toMatchObject({ code: 'refused' })
    await expect(download(at('/a', 'other.test')).done).rejects.toMatchObject({ code: 'refused' })
    expect(asked).toEqual([])
  })

  it.each([
    [404, 'not-found'],
    [403, 'refused'],
    [500, 'offline'],
    [204, 'offline'],
    [302, 'offline'],
  ])('says what HTTP %i means', async (status, code) => {
    answer = (_, response) => response.writeHead(status).end()
    await expect(download(at('/a')).done).rejects.toMatchObject({ code })
  })

  it('does not take a web page for an archive', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>')
    await expect(download(at('/a')).done).rejects.toThrow('is a web page')
  })
})

describe('a download that does not end well', () => {
  it('is cut short', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': body.length })
      response.write(body.subarray(0, 100), () => response.destroy())
    }
    await expect(download(at('/a')).done).rejects.toMatchObject({ code: 'offline' })
    answer = (_, response) => response.write(body.subarray(0, 100), () => response.destroy())
    await expect(download(at('/a')).done).rejects.toMatchObject({ code: 'offline' })
  })

  it('sends nothing, at first or after a while', async () => {
    answer = () => undefined
    await expect(download(at('/a'), { idleLimit: 200 }).done).rejects.toThrow('has sent nothing for 0.2 s')
    answer = (_, response) => void response.write('a')
    await expect(download(at('/a'), { idleLimit: 200 }).done).rejects.toThrow('has sent nothing for 0.2 s')
  })

  it('sends a little at a time, without end', async () => {
    let timer: NodeJS.Timeout | undefined
    answer = (_, response) => {
      timer = setInterval(() => response.write('a'), 20)
      response.on('close', () => clearInterval(timer))
    }
    await expect(download(at('/a'), { idleLimit: 1000, timeLimit: 300 }).done).rejects.toThrow('longer than 0.3 s')
    clearInterval(timer)
  })

  it.each([true, false])('is larger than it may be, by one byte (told beforehand: %s)', async told => {
    answer = (_, response) => {
      if (told) response.setHeader('content-length', body.length)
      response.write(body)
      response.end()
    }
    expect(await download(at('/a'), { maxBytes: body.length }).done).toMatchObject({ bytes: body.length })
    const late = download(at('/a'), { maxBytes: body.length - 1 })
    await expect(late.done).rejects.toThrow(`larger than the ${body.length - 1} bytes`)
  })

  it('is cancelled, before and in the middle', async () => {
    await expect(download(at('/a'), { signal: AbortSignal.abort() }).done).rejects.toMatchObject({ code: 'cancelled' })
    const abort = new AbortController()
    answer = (_, response) => void response.write(body, () => abort.abort())
    await expect(download(at('/a'), { signal: abort.signal }).done).rejects.toMatchObject({ code: 'cancelled' })
  })
})

describe('a file', () => {
  it('is copied, with the same limits', async () => {
    const path = join(scratch(), 'made.zip')
    writeFileSync(path, body)
    expect(await download(path).done).toEqual({ sha256, bytes: body.length, source: path })
    await expect(download(path, { maxBytes: body.length - 1 }).done).rejects.toMatchObject({ code: 'refused' })
    await expect(download(`${path}x`).done).rejects.toMatchObject({ code: 'not-found' })
    const folder = join(scratch(), 'folder')
    mkdirSync(folder)
    await expect(download(folder).done).rejects.toThrow('is no file')
    await expect(download('/dev/zero').done).rejects.toThrow('is no file')
  })
})
