import { connect } from 'node:net'
import type { ModelFile, ModelSource } from '#protocol/models.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Part } from './part.ts'

export type HubSource = Extract<ModelSource, { kind: 'hub' }>

export const DEFAULT_HUB = 'https://huggingface.co'

export interface HubOptions {
  /** Without a slash at the end. */
  readonly base?: string
  /** Milliseconds until a hub that does not answer the first knock counts as out of reach. Default 3000. */
  readonly connectTimeout?: number
  /** Milliseconds without a byte until a transfer counts as stalled and is resumed. Default 30000. */
  readonly stallTimeout?: number
  /** How often one file's transfer is taken up again after it broke off. Default 4. */
  readonly retries?: number
}

/** Fetches files of pinned revisions over HTTPS, resuming by Range. One `Hub` remembers that it is out of reach. */
export class Hub {
  readonly base: string
  readonly #connectTimeout: number
  readonly #stallTimeout: number
  readonly #retries: number
  #knock: Promise<SeamError | undefined> | undefined

  constructor(options: HubOptions = {}) {
    this.base = (options.base ?? DEFAULT_HUB).replace(/\/+$/, '')
    this.#connectTimeout = options.connectTimeout ?? 3_000
    this.#stallTimeout = options.stallTimeout ?? 30_000
    this.#retries = options.retries ?? 4
  }

  url(source: HubSource, path: string): string {
    const theirs = source.paths?.[path] ?? path
    return `${this.base}/${source.repo}/resolve/${source.revision}/${theirs.split('/').map(encodeURIComponent).join('/')}`
  }

  /** Why the hub can't be used now, or undefined when it answers. Asked once; the answer holds for this run. */
  reach(): Promise<SeamError | undefined> {
    return (this.#knock ??= knock(this.base, this.#connectTimeout))
  }

  /**
   * Brings `part` to its full length and finishes it. A transfer that breaks off is taken up again; one that stands
   * still, or breaks off again and again without a new byte, is given up.
   * @throws SeamError offline, not-found, refused, integrity, quota, cancelled
   */
  async fetch(
    source: HubSource,
    file: ModelFile,
    part: Part,
    run: { signal?: AbortSignal; onBytes?: (kept: number) => void } = {},
  ): Promise<void> {
    const unreachable = await this.reach()
    if (unreachable) throw unreachable
    const url = this.url(source, file.path)
    for (let attempt = 0; ; attempt++) {
      const before = part.length
      try {
        if (part.length < file.bytes) await this.#transfer(url, file, part, run)
        await part.finish()
        return
      } catch (error) {
        if (run.signal?.aborted) throw new SeamError('cancelled', 'Cancelled. What was fetched so far is kept.')
        const failure = error instanceof SeamError ? error : offline(this.base, error)
        const moved = part.length > before
        if (failure.code !== 'offline' || (!moved && attempt >= this.#retries)) throw failure
        if (moved) attempt = 0
        await pause(Math.min(250 * 2 ** attempt, 4_000), run.signal)
      }
    }
  }

  async #transfer(
    url: string,
    file: ModelFile,
    part: Part,
    run: { signal?: AbortSignal; onBytes?: (kept: number) => void },
  ): Promise<void> {
    const stall = new AbortController()
    const signal = run.signal ? AbortSignal.any([run.signal, stall.signal]) : stall.signal
    let timer = setTimeout(() => stall.abort(), this.#stallTimeout)
    try {
      const answer = await fetch(url, {
        headers: { 'accept-encoding': 'identity', ...(part.length > 0 && { range: `bytes=${part.length}-` }) },
        referrerPolicy: 'no-referrer',
        signal,
      })
      await this.#accept(answer, url, file, part)
      if (!answer.body) return
      for await (const bytes of answer.body) {
        clearTimeout(timer)
        timer = setTimeout(() => stall.abort(), this.#stallTimeout)
        if (part.length === 0 && looksLikeHtml(bytes)) throw htmlError(file, url)
        await part.write(bytes)
        run.onBytes?.(part.length)
      }
    } finally {
      clearTimeout(timer)
      stall.abort()
    }
    if (part.length < file.bytes) {
      throw new SeamError('offline', `The transfer of “${file.path}” broke off. What was fetched so far is kept.`)
    }
  }

  /** Judges the answer's head, and makes `part` begin where the body does. */
  async #accept(answer: Response, url: string, file: ModelFile, part: Part): Promise<void> {
    const { status } = answer
    if (status === 416) {
      await part.restart()
      throw new SeamError('offline', `The hub refused to go on with “${file.path}”; it is fetched from the start.`)
    }
    if (status === 404 || status === 410) throw new SeamError('not-found', `The hub has no ${url}.`)
    if (status === 401 || status === 403) {
      throw new SeamError('refused', `The hub refused ${url} (HTTP ${status}). The model may ask for an account there.`)
    }
    if (status === 429 || status >= 500) {
      throw new SeamError('offline', `The hub is busy (HTTP ${status} for ${url}). Try again later.`)
    }
    if (status !== 200 && status !== 206) throw new SeamError('offline', `The hub answered ${url} with HTTP ${status}.`)
    if (/^\s*(text\/html|application\/xhtml)/i.test(answer.headers.get('content-type') ?? ''))
      throw htmlError(file, url)
    if (status === 200) {
      if (part.length > 0) await part.restart()
      return
    }
    const from = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '')?.[1]
    if (Number(from) !== part.length) {
      await part.restart()
      throw new SeamError('offline', `The hub sent another part of “${file.path}” than was asked for.`)
    }
  }
}

/** Whether a file's first bytes are those of a web page: what captive portals and error pages send instead. */
export function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^(?:\uFEFF)?\s*<(?:!doctype\s+html|html|head|body)\b/i.test(new TextDecoder().decode(bytes.subarray(0, 512)))
}

function htmlError(file: ModelFile, url: string): SeamError {
  return new SeamError(
    'integrity',
    `A web page came instead of “${file.path}” from ${url}. A network sign-in page may be in the way: open a page in the browser, sign in, and try again.`,
  )
}

function offline(base: string, cause: unknown): SeamError {
  return new SeamError('offline', `The hub ${base} can’t be reached now. Check the network and try again.`, { cause })
}

/** Opens and closes a TCP connection: says in a moment whether there is any use in asking. */
async function knock(base: string, timeout: number): Promise<SeamError | undefined> {
  const { hostname, port, protocol } = new URL(base)
  return new Promise(resolve => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    })
    // Not the socket's own time-out: that one begins only after the name was looked up.
    const timer = setTimeout(() => end(offline(base, new Error(`no answer within ${timeout} ms`))), timeout)
    const end = (outcome: SeamError | undefined) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    socket.once('connect', () => end(undefined))
    socket.once('error', error => end(offline(base, error)))
  })
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
