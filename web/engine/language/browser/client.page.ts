import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelHealth, Message, ReplyRun } from '#protocol/language.ts'
import type { Run } from '#protocol/run.ts'
import { connectWorker, type WorkerPeer } from '../../../rpc/peer.ts'
import { detectDevice } from '../../device.page.ts'
import { requireDialogue } from '../messages.ts'
import { ThoughtFilter } from '../thoughts.ts'
import { MODEL_CACHE, type ChatCalls, type LoadInput } from './calls.ts'
import { MODEL_HUB, type BrowserModel } from './catalogue.ts'

/** Milliseconds without a reply after which the model's memory is given back. */
const IDLE_LIFE = 10 * 60_000

export interface BrowserModelOptions {
  readonly model: BrowserModel
  /** Whether the hub may be asked. */
  readonly mayDownload: () => boolean
  /** Another hub, with a slash at its end. */
  readonly hub?: string
}

/** A language model that runs in a worker of this browser. */
export interface BrowserLanguageModel extends LanguageModel {
  /** Bytes that a download takes on this machine. */
  bytes(): Promise<number>
  /** To be started by the user alone. @throws SeamError refused, offline, quota, cancelled, engine */
  download(run?: Run): Promise<void>
  /** Deletes what was downloaded. */
  remove(): Promise<void>
  close(): void
}

export function createBrowserModel({ model, mayDownload, hub = MODEL_HUB }: BrowserModelOptions): BrowserLanguageModel {
  const { id, name, repo, revision } = model
  const at = `${hub}${repo}/resolve/${encodeURIComponent(revision)}/`
  let current: Promise<WorkerPeer<ChatCalls>> | undefined
  let idle: ReturnType<typeof setTimeout> | undefined
  let replies = 0

  async function assignment(): Promise<LoadInput & { readonly bytes: number; readonly file: string }> {
    const found = await detectDevice()
    // The processor's imitation of a graphics card is slower than the processor.
    const device = found.webgpu && !found.software && found.shaderF16 ? 'webgpu' : 'wasm'
    const { dtype, bytes, file } = model[device]
    return { hub, repo, revision, device, dtype, bytes, file, threads: found.threads }
  }

  async function isHere(): Promise<boolean> {
    const { file } = await assignment()
    const cache = await globalThis.caches?.open(MODEL_CACHE).catch(() => undefined)
    return (await cache?.match(at + file)) !== undefined
  }

  async function start(run: Run): Promise<WorkerPeer<ChatCalls>> {
    const { bytes: _bytes, file: _file, ...input } = await assignment()
    const worker = new Worker(new URL('./worker/chat.worker.ts', import.meta.url), {
      type: 'module',
      name: 'language-model',
    })
    const peer = connectWorker<ChatCalls>(worker)
    try {
      await peer.call('load', input, run)
      return peer
    } catch (error) {
      peer.terminate()
      throw error
    }
  }

  const open = (run: Run) =>
    (current ??= start(run).catch((error: unknown) => {
      current = undefined
      throw error
    }))

  function close(): void {
    clearTimeout(idle)
    const closing = current
    current = undefined
    void closing?.then(peer => peer.terminate()).catch(() => undefined)
  }

  function rest(): void {
    clearTimeout(idle)
    if (replies === 0) idle = setTimeout(close, IDLE_LIFE)
  }

  async function* reply(messages: readonly Message[], run: ReplyRun = {}): AsyncGenerator<string, void> {
    requireDialogue(messages)
    const { signal, temperature, maxTokens } = run
    if (signal?.aborted) throw new SeamError('cancelled', 'The reply was stopped.')
    if (!current && !(await isHere())) {
      throw new SeamError('not-found', `${name} has not been downloaded. Do so at Settings, Language models.`)
    }
    const peer = await open(signal ? { signal } : {})
    const thoughts = new ThoughtFilter()
    let isEmpty = true
    replies++
    try {
      const input = {
        messages,
        ...(temperature === undefined ? {} : { temperature }),
        ...(maxTokens === undefined ? {} : { maxTokens }),
      }
      for await (const piece of peer.stream('reply', input, signal ? { signal } : {})) {
        const said = thoughts.push(piece)
        if (said === '') continue
        isEmpty = false
        yield said
      }
    } catch (error) {
      // A worker that died is replaced at the next reply.
      if (error instanceof SeamError && error.code === 'engine') close()
      throw error
    } finally {
      replies--
      rest()
    }
    const last = thoughts.end()
    if (last !== '') yield last
    else if (isEmpty) throw new SeamError('engine', `${name} gave an empty reply. Try again.`, { retryable: true })
  }

  async function health(): Promise<LanguageModelHealth> {
    if (await isHere().catch(() => false)) return { state: 'ready', models: [] }
    const why = mayDownload()
      ? `${name} has not been downloaded.`
      : `${name} is not here, and the hub may not be asked.`
    return { state: mayDownload() ? 'loading' : 'refused', why }
  }

  return {
    info: { id, name, kind: 'browser' },
    health,
    reply,
    bytes: async () => (await assignment()).bytes,
    async download(run = {}) {
      if (!mayDownload()) {
        throw new SeamError(
          'refused',
          'Downloads from the hub are switched off at Settings, Privacy. Nothing was fetched.',
        )
      }
      await open(run)
      rest()
    },
    async remove() {
      close()
      const cache = await caches.open(MODEL_CACHE)
      for (const { url } of await cache.keys()) if (url.startsWith(at)) await cache.delete(url)
    },
    close,
  }
}
