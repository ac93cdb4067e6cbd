import type { SoundChunk, Transcriber, TranscriberInfo } from '#protocol/transcribe.ts'
import type { TranscriberReport } from '../report.ts'
import type { LoadInput, Vitals } from './calls.ts'
import { captionsOf } from './captions.ts'
import type { HearingEvent, HearRun } from './events.ts'
import { type Listener, listenThrough, outgrown, type SessionParts } from './session.ts'
import type { ListeningWorker } from './worker-handle.page.ts'

/** A recogniser as the page uses it: workers that come and go behind one transcriber. */
export interface TranscriberClient extends Transcriber {
  /** Undefined before `load`, and where no weights of this page are used. */
  readonly report: TranscriberReport | undefined
  watch(listener: () => void): () => void
  /** Everything as it is heard: where speech begins and ends, and the captions. */
  listen(sound: AsyncIterable<SoundChunk>, run?: HearRun): AsyncIterable<HearingEvent>
  /** Its workers, for whoever lets several transcribers listen to one sound in turn. */
  readonly parts: SessionParts<Listener>
}

interface WorkerTranscriberOptions<Load> {
  readonly info: TranscriberInfo
  /** @throws SeamError; no worker is left running then */
  start(): Promise<ListeningWorker<Load>>
  report(): TranscriberReport | undefined
  /** How a worker is, each time that it has told something. */
  noted?(worker: ListeningWorker<Load>, vitals: Vitals): void
}

interface WorkerTranscriber extends TranscriberClient {
  /** Tells its watchers that the report is another. */
  tell(): void
  /** Ends its worker as soon as nobody is heard by it. */
  retire(): void
}

/** A transcriber of one worker at a time. */
export function createWorkerTranscriber<Load = LoadInput>(options: WorkerTranscriberOptions<Load>): WorkerTranscriber {
  const listeners = new Set<() => void>()
  let current: Promise<ListeningWorker<Load>> | undefined

  function worker(): Promise<ListeningWorker<Load>> {
    const starting = (current ??= options.start().catch((error: unknown) => {
      if (current === starting) current = undefined
      throw error
    }))
    return starting
  }

  /** No new sound comes to it; it ends with its last one. */
  function retire(old: ListeningWorker<Load>): void {
    if (old.retired) return
    old.retired = true
    current = undefined
    if (old.users === 0) old.peer.close()
  }

  const parts: SessionParts<ListeningWorker<Load>> = {
    async worker() {
      const found = await worker()
      found.users += 1
      return found
    },
    leave(used, failed) {
      used.users -= 1
      if (failed) retire(used)
      if (used.retired && (failed || used.users === 0)) used.peer.terminate()
    },
    note(used, vitals) {
      options.noted?.(used, vitals)
      if (outgrown(vitals)) retire(used)
    },
  }

  const listen = (sound: AsyncIterable<SoundChunk>, run: HearRun = {}) => listenThrough(parts, sound, run)

  return {
    info: options.info,
    get report() {
      return options.report()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: () => listeners.forEach(listener => listener()),
    retire: () => void current?.then(retire, () => undefined),
    supports: () => typeof WebAssembly === 'object',
    load: async (run = {}) => {
      run.signal?.throwIfAborted()
      await worker()
    },
    parts,
    listen,
    transcribe: (sound, run) => captionsOf(listen(sound, run)),
    async close() {
      const open = current
      current = undefined
      ;(await open?.catch(() => undefined))?.peer.close()
    },
  }
}
