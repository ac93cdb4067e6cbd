import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Run } from '#protocol/run.ts'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'
import { isAddress, readAddress, shown, type AddressRules } from './address.ts'
import { networkError, openAddress } from './transport.ts'

/** Bytes of an archive. */
export const MAX_ARCHIVE = 100 * 1024 * 1024

export interface DownloadOptions extends AddressRules, Run {
  readonly maxBytes?: number
  /** Milliseconds for all of it. */
  readonly timeLimit?: number
  /** Milliseconds without a byte. */
  readonly idleLimit?: number
  readonly ca?: string
}

/** What was fetched: lower-case hex, and where it came from at first, without query. */
export interface Download {
  readonly sha256: string
  readonly bytes: number
  readonly source: string
}

/**
 * Copies an archive from an https address, or from a path, into a new file that only this account may read, hashing it
 * on the way. What is hashed is what will be unpacked, whatever becomes of the original meanwhile.
 * @throws SeamError bad-input, refused, offline, not-found, quota, cancelled
 */
export async function fetchArchive(source: string, target: string, options: DownloadOptions = {}): Promise<Download> {
  return isAddress(source) ? fromNet(readAddress(source), target, options) : fromFile(source, target, options)
}

async function fromFile(path: string, target: string, options: DownloadOptions): Promise<Download> {
  const { maxBytes = MAX_ARCHIVE } = options
  let size: number
  try {
    const facts = await stat(path)
    if (!facts.isFile()) throw new SeamError('bad-input', `${path} is no file. Name an archive, .zip or .tar.gz.`)
    size = facts.size
  } catch (error) {
    throw fileError(error, path, 'read')
  }
  if (size > maxBytes) throw tooLarge(path, maxBytes)
  const pieces = createReadStream(path, options.signal && { signal: options.signal })
  const said = (error: unknown) => fileError(error, path, 'read')
  return { ...(await write(pieces, target, path, said, { ...options, total: size })), source: resolve(path) }
}

async function fromNet(url: URL, target: string, options: DownloadOptions): Promise<Download> {
  const { maxBytes = MAX_ARCHIVE, timeLimit = 600_000, idleLimit = 30_000, signal, onProgress, ...transport } = options
  const stop = new AbortController()
  let reason: SeamError | undefined
  const giveUp = (why: SeamError) => ((reason ??= why), stop.abort())
  const idle = setTimeout(
    () => giveUp(new SeamError('offline', `${url.host} has sent nothing for ${idleLimit / 1000} s. Try again later.`)),
    idleLimit,
  )
  const late = setTimeout(
    () => giveUp(new SeamError('offline', `${shown(url)} took longer than ${timeLimit / 1000} s and was given up.`)),
    timeLimit,
  )
  const cancel = () => giveUp(new SeamError('cancelled', 'Cancelled. Nothing was installed.'))
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel, { once: true })
  const said = (error: unknown) => reason ?? networkError(error, url)
  try {
    const { answer, url: last } = await openAddress(url, { ...transport, signal: stop.signal })
    if (/^\s*(text\/html|application\/xhtml)/i.test(answer.headers['content-type'] ?? '')) {
      answer.destroy()
      throw new SeamError('bad-input', `${shown(last)} is a web page, not an archive. Use the address of the file.`)
    }
    const length = Number(answer.headers['content-length'])
    if (length > maxBytes) {
      answer.destroy()
      throw tooLarge(shown(url), maxBytes)
    }
    const moving = async function* () {
      for await (const piece of answer) {
        idle.refresh()
        yield piece as Buffer
      }
    }
    const total = Number.isSafeInteger(length) ? length : undefined
    const written = await write(moving(), target, shown(url), said, {
      maxBytes,
      total,
      ...(onProgress && { onProgress }),
    })
    return { ...written, source: shown(url) }
  } catch (error) {
    throw said(error)
  } finally {
    clearTimeout(idle)
    clearTimeout(late)
    signal?.removeEventListener('abort', cancel)
  }
}

interface Copy {
  readonly maxBytes?: number
  readonly total: number | undefined
  readonly onProgress?: Run['onProgress']
}

async function write(
  pieces: AsyncIterable<Buffer>,
  target: string,
  name: string,
  said: (error: unknown) => SeamError,
  { maxBytes = MAX_ARCHIVE, total, onProgress }: Copy,
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256')
  let bytes = 0
  const file = await open(target, 'wx', 0o600).catch(error => Promise.reject(fileError(error, target, 'write')))
  try {
    const source = pieces[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await source.next().catch((error: unknown) => Promise.reject(said(error)))
      if (done) break
      bytes += value.length
      if (bytes > maxBytes) {
        await source.return?.()
        throw tooLarge(name, maxBytes)
      }
      hash.update(value)
      await file.appendFile(value).catch(error => Promise.reject(fileError(error, target, 'write')))
      onProgress?.({ done: bytes, ...(total !== undefined && { total }), what: 'plugins.downloading' })
    }
  } finally {
    await file.close()
  }
  return { sha256: hash.digest('hex'), bytes }
}

function tooLarge(name: string, maxBytes: number): SeamError {
  return new SeamError('refused', `${name} is larger than the ${maxBytes} bytes that an archive of a plugin may have.`)
}
