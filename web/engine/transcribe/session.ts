import { type SeamError, toSeamError } from '#protocol/errors.ts'
import type { Peer } from '#protocol/peer.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { TranscriberCalls, Vitals } from './calls.ts'
import type { HearingEvent, HearRun, Since } from './events.ts'
import { KeptChunks } from './kept-chunks.ts'

/** A worker that listens, for as long as it is fit to. */
export interface Listener {
  readonly peer: Pick<Peer<TranscriberCalls>, 'call' | 'stream'>
  /** It should be left as soon as nobody is in the middle of a sentence. */
  readonly retired: boolean
}

export interface SessionParts<Worker extends Listener> {
  /** A worker to listen with: the same one as long as that is fit. @throws SeamError */
  worker(): Promise<Worker>
  /** This session does not use it any longer; `failed` when it died, or may as well be dead. */
  leave(worker: Worker, failed: boolean): void
  /** How a worker is, each time it has told something. */
  note(worker: Worker, vitals: Vitals): void
}

/** WebAssembly memory never shrinks: past this, a worker is replaced between two sentences. Bytes. */
export const HEAP_LIMIT = 2 ** 30

export const outgrown = ({ heap }: Vitals) => heap > HEAP_LIMIT

/** Workers that may die over the same sentence before it is given up. */
export const MOST_ATTEMPTS = 3
/** Seconds of live sound that are kept while every worker is busy or on its way. */
const AHEAD = 60
/** Events that may be on their way. */
const WINDOW = 16

let sessions = 0

/**
 * Listens to one sound through workers that may come and go: what was told before stays, and the sentence that was being
 * worked on is read again. Events about that sentence's beginning may come twice then; its captions go on as they were.
 */
export async function* listenThrough<Worker extends Listener>(
  parts: SessionParts<Worker>,
  sound: AsyncIterable<SoundChunk>,
  run: HearRun,
): AsyncGenerator<HearingEvent, void, undefined> {
  const kept = new KeptChunks(sound, run.live ? AHEAD : 0)
  const told = new Told(run.since)
  try {
    for (let attempts = 1; ; attempts++) {
      run.signal?.throwIfAborted()
      const worker = await parts.worker()
      const settled = told.settled
      let failure: SeamError | undefined
      try {
        if (yield* attempt(parts, worker, kept, told, run)) break
      } catch (error) {
        failure = toSeamError(error)
      } finally {
        parts.leave(worker, failure?.code === 'engine')
      }
      if (told.settled > settled) attempts = 0
      if (failure && (failure.code !== 'engine' || attempts >= MOST_ATTEMPTS)) throw failure
    }
    if (kept.over && 'error' in kept.over) throw kept.over.error
  } finally {
    kept.close()
  }
}

/** What was told, and where another worker would have to go on. */
class Told {
  settled: number
  #next: number
  readonly #open = new Map<number, string | undefined>()

  constructor(since: Since | undefined) {
    this.settled = since?.at ?? 0
    this.#next = since?.utterance ?? 0
    if (since?.said) this.#open.set(since.utterance, since.said)
  }

  get silent(): boolean {
    return this.#open.size === 0
  }

  note(event: HearingEvent): void {
    if (event.kind === 'speech-start') {
      this.#next = Math.max(this.#next, event.utterance + 1)
      if (!this.#open.has(event.utterance)) this.#open.set(event.utterance, undefined)
    } else if (event.kind === 'partial') {
      this.#open.set(event.utterance, event.caption.text.slice(0, event.caption.stable))
    } else if (event.kind === 'final' || event.kind === 'dropped') {
      this.#open.delete(event.utterance)
    }
    if ('settled' in event) this.settled = event.settled
  }

  since(at: number): Since {
    const first = Math.min(...this.#open.keys(), this.#next)
    const said = this.#open.get(first)
    return { at, utterance: first, ...(said === undefined ? {} : { said }) }
  }
}

/** @returns whether all of the sound was told; false when the worker should be replaced */
async function* attempt<Worker extends Listener>(
  parts: SessionParts<Worker>,
  worker: Worker,
  kept: KeptChunks,
  told: Told,
  { signal, onProgress, since, ...how }: HearRun,
): AsyncGenerator<HearingEvent, boolean, undefined> {
  const session = ++sessions
  const { peer } = worker
  // Chunks count from the first that came here, which need not be the first of all.
  const base = since?.at ?? 0
  kept.forget(told.settled - base)
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const input = { session, ...how, since: told.since(base + kept.start) }
  const events = peer.stream('listen', input, { signal: stop.signal, window: WINDOW })[Symbol.asyncIterator]()
  try {
    // The session is opened by its first reading, and must be before sound arrives.
    let coming = events.next()
    void feed(peer, session, kept, stop.signal).catch(() => undefined)
    for (;;) {
      const next = await coming
      if (next.done) return true
      const event = next.value
      coming = events.next()
      // Awaited below; a failure while the reader is busy must not count as unhandled.
      coming.catch(() => undefined)
      told.note(event)
      if ('settled' in event) {
        kept.forget(event.settled - base)
        onProgress?.({ done: event.settled })
      }
      yield event
      if (event.kind === 'final') {
        // Nobody waits for the answer: the worker may be in the middle of the next sentence.
        void peer.call('vitals', null).then(
          vitals => parts.note(worker, vitals),
          () => undefined,
        )
      }
      if (worker.retired && told.silent) return false
    }
  } finally {
    signal?.removeEventListener('abort', onAbort)
    stop.abort()
  }
}

/** Sends the chunks, each when the one before was taken. */
async function feed(peer: Listener['peer'], session: number, kept: KeptChunks, signal: AbortSignal): Promise<void> {
  let position = kept.first
  while (!signal.aborted) {
    const next = await kept.at(position++)
    if (signal.aborted) return
    if (!next) {
      await peer.call('finish', { session }, { signal })
      return
    }
    const { samples, sampleRate, channels } = next.chunk
    // A copy goes: the chunk may have to be sent again, to another worker.
    const copy = samples.slice()
    await peer.call(
      'push',
      { session, chunk: { samples: copy, sampleRate, channels } },
      { signal, transfer: [copy.buffer] },
    )
  }
}
