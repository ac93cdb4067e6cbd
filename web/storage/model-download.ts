import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelFile } from '#protocol/models.ts'
import { throwIfCancelled } from './errors.ts'
import type { ModelCache } from './model-cache.ts'
import { openPartial, type Partial } from './model-partial.ts'
import { checkAnswer, looksLikeHtml, retryAfter, wrongBytes } from './model-answer.ts'
import type { Target } from './model-sources.ts'

export interface DownloadOptions {
  readonly fetch: typeof fetch
  /** Milliseconds before the first retry; doubled for each further one. */
  readonly retryDelay: number
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly stallTimeout: number
  /** Size of the parts that are stored on the way. */
  readonly partBytes: number
  readonly signal: AbortSignal | undefined
  /** Bytes of this file that are here. */
  readonly onBytes: (bytes: number) => void
}

/** Tries in a row that bring no new byte, before a source is given up. */
const PATIENCE = 3
/** A server that wants us to wait longer than this, seconds, is given up. */
export const LONGEST_WAIT = 60

/**
 * Brings one file into the cache: from the first of `targets` that has it, going on where an earlier try stopped.
 * @throws SeamError offline, integrity, not-found, refused, quota, cancelled; what arrived stays for the next try
 */
export async function downloadFile(
  cache: ModelCache,
  address: string,
  file: ModelFile,
  targets: readonly Target[],
  options: DownloadOptions,
): Promise<void> {
  const failures: SeamError[] = []
  for (const target of targets) {
    try {
      return await fromTarget(cache, address, file, target, options)
    } catch (error) {
      throwIfCancelled(options.signal)
      const failure = toSeamError(error)
      if (failure.code === 'quota' || failure.code === 'internal') throw failure
      failures.push(failure)
    }
  }
  throw summary(file, failures)
}

/** Wrong bytes are worth more worry than a server that can't be reached; else the last source has the word. */
function summary(file: ModelFile, failures: readonly SeamError[]): SeamError {
  const decisive = failures.find(failure => failure.details.reason === 'hash') ?? failures.at(-1)
  if (!decisive) {
    return new SeamError(
      'not-found',
      `No source that this page can reach has the file ${file.path}. Start the companion, which can fetch it.`,
    )
  }
  const reasons = failures.map(failure => failure.message).join('; ')
  return new SeamError(
    decisive.code,
    `The file ${file.path} could not be downloaded: ${reasons}. Files that were complete are kept; try again.`,
    { cause: decisive, retryable: decisive.retryable, details: { ...decisive.details, file: file.path } },
  )
}

async function fromTarget(
  cache: ModelCache,
  address: string,
  file: ModelFile,
  target: Target,
  options: DownloadOptions,
): Promise<void> {
  const partial = await openPartial(cache, address, file.sha256, options.partBytes)
  let patience = PATIENCE
  let begunAnew = false
  for (;;) {
    const before = partial.bytes
    const result = before === file.bytes ? 'complete' : await attempt(file, target, partial, options)
    if (result === 'complete') {
      const { sha256, parts } = await partial.finish()
      if (sha256 === file.sha256) {
        await cache.putHead(address, { sha256, bytes: file.bytes, parts, verifiedAt: new Date().toISOString() })
        return
      }
    }
    if (result === 'complete' || result === 'begin anew') {
      // Bytes kept from before may belong to something else: without them it gets one more chance.
      await partial.clear()
      options.onBytes(0)
      if (before === 0 || begunAnew) throw wrongBytes(target, 'hash')
      begunAnew = true
      continue
    }
    if (partial.bytes > before) patience = PATIENCE
    else if (--patience === 0) throw result.failure
    await pause(result.wait ?? options.retryDelay * 2 ** (PATIENCE - patience), options.signal)
  }
}

/** The connection gave no (more) bytes; trying again may help. */
interface Cut {
  readonly failure: SeamError
  /** Milliseconds. */
  readonly wait?: number
}

/** One request. Bytes that arrived are in `partial`, stored, however it ends. */
async function attempt(
  file: ModelFile,
  target: Target,
  partial: Partial,
  options: DownloadOptions,
): Promise<'complete' | 'begin anew' | Cut> {
  throwIfCancelled(options.signal)
  const stall = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stall.signal]) : stall.signal
  let timer = setTimeout(() => stall.abort(), options.stallTimeout)
  const cut = (how: string): Cut => ({
    failure: new SeamError('offline', `${target.label} ${how}`, { details: { source: target.label } }),
  })
  try {
    const response = await options.fetch(target.url, {
      headers: rangeHeaders(target, partial),
      signal,
      cache: 'no-store',
      ...(target.crossOrigin ? { credentials: 'omit' as const, referrerPolicy: 'no-referrer' as const } : {}),
    })
    const verdict = checkAnswer(response, target, file.bytes, partial)
    if (verdict !== 'go on') {
      await response.body?.cancel()
      if (verdict === 'begin anew') return verdict
      const wait = retryAfter(response.headers.get('retry-after'), Date.now())
      if (wait !== undefined && wait > LONGEST_WAIT) throw verdict
      return { failure: verdict, ...(wait === undefined ? {} : { wait: wait * 1_000 }) }
    }
    // A 200 where a range was asked for is the whole file again.
    if (response.status !== 206 && partial.bytes > 0) await partial.clear()
    const etag = response.headers.get('etag') ?? undefined
    const reader = response.body!.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      clearTimeout(timer)
      timer = setTimeout(() => stall.abort(), options.stallTimeout)
      const page = partial.bytes === 0 && looksLikeHtml(value)
      if (page || partial.bytes + value.length > file.bytes) {
        await reader.cancel()
        await partial.clear()
        throw wrongBytes(target, page ? 'page' : 'size')
      }
      await partial.append(value, { url: target.url, etag })
      options.onBytes(partial.bytes)
    }
    await partial.flush()
    return partial.bytes === file.bytes ? 'complete' : cut('ended the connection too early')
  } catch (error) {
    if (error instanceof SeamError) throw error
    await partial.flush()
    throwIfCancelled(options.signal)
    return cut(stall.signal.aborted ? 'sent nothing for too long' : 'cannot be reached')
  } finally {
    clearTimeout(timer)
    // Ends the request when we gave up on it in mid-body; otherwise it is over already.
    stall.abort()
  }
}

/**
 * `If-Range` makes the server send everything when its file has changed. It goes to our own origin alone: elsewhere it
 * would need a preflight, which a hub's file servers needn't answer. There, and with weak validators, the hash decides.
 */
function rangeHeaders(target: Target, partial: Partial): Record<string, string> {
  if (partial.bytes === 0) return {}
  const strong = partial.etag?.startsWith('"') && partial.url === target.url && !target.crossOrigin
  return { Range: `bytes=${partial.bytes}-`, ...(strong ? { 'If-Range': partial.etag! } : {}) }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal)
  await new Promise<void>(resolve => {
    const timer = setTimeout(end, milliseconds)
    function end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    signal?.addEventListener('abort', end)
  })
  throwIfCancelled(signal)
}
