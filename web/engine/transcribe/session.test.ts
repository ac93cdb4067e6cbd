import { describe, expect, it } from 'vitest'
import { findModel } from '#engine/catalogue.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { linked } from '../../rpc/linked.ts'
import { connect, serve } from '../../rpc/peer.ts'
import type { TranscriberCalls, Vitals } from './calls.ts'
import type { HearingEvent, HearRun } from './events.ts'
import { transcriberHandlers } from './handlers.ts'
import { HEARING_RATE } from './recogniser.ts'
import { HEAP_LIMIT, type Listener, listenThrough, MOST_ATTEMPTS, outgrown, type SessionParts } from './session.ts'
import { chunks, openScripted, script, SENTENCES, speech } from './testing/scripted.ts'

interface TestWorker extends Listener {
  retired: boolean
  readonly number: number
  /** As when it runs out of memory. */
  die(): void
}

/** Workers over linked ports, each with a recogniser of its own. @param before what happens before a reading */
function workers(before: (worker: TestWorker, reading: number) => Promise<void> | void = () => {}) {
  const started: TestWorker[] = []
  const left: { number: number; failed: boolean }[] = []
  const vitals: Vitals[] = []
  let current: TestWorker | undefined

  async function start(): Promise<TestWorker> {
    const [near, far] = linked()
    const worker: TestWorker = {
      peer: connect<TranscriberCalls>(near),
      retired: false,
      number: started.length,
      die: () => far.close?.(),
    }
    started.push(worker)
    const { transcriber } = openScripted(script, { before: reading => before(worker, reading) })
    serve<TranscriberCalls>(
      far,
      transcriberHandlers({ open: async () => ({ transcriber, detector: 'silero' }), heap: () => 1000 }),
    )
    await worker.peer.call('load', { model: findModel('moonshine-tiny-en')!, variant: 'v', threads: 1 })
    return worker
  }

  const parts: SessionParts<TestWorker> = {
    worker: async () => (current = current && !current.retired ? current : await start()),
    leave(worker, failed) {
      left.push({ number: worker.number, failed })
      if (failed && worker === current) current = undefined
    },
    note: (_, each) => void vitals.push(each),
  }
  return { parts, started, left, vitals }
}

const finals = (events: readonly HearingEvent[]) =>
  events.flatMap(event => (event.kind === 'final' && event.caption ? [event.caption.text] : []))
const listen = (parts: SessionParts<TestWorker>, sound: AsyncIterable<SoundChunk>, run: HearRun = {}) =>
  Array.fromAsync(listenThrough(parts, sound, run))
const paced = (samples: Float32Array) =>
  chunks(samples, 0.1, { pause: () => new Promise(resolve => setTimeout(resolve, 1)) })

describe('a sound, through workers', () => {
  it('is heard as it would be here, and leaves the chunks as they were', async () => {
    const { parts, started, left, vitals } = workers()
    const sent: SoundChunk[] = []
    async function* sound() {
      for await (const chunk of chunks(speech, 0.25)) {
        sent.push(chunk)
        yield chunk
      }
    }
    const done: number[] = []
    const events = await listen(parts, sound(), { onProgress: progress => void done.push(progress.done) })
    expect(finals(events)).toEqual(SENTENCES)
    expect(started).toHaveLength(1)
    expect(left).toEqual([{ number: 0, failed: false }])
    expect(vitals.length).toBeGreaterThan(0)
    expect(done.at(-1)).toBeCloseTo(13, 6)
    expect(sent.every(({ samples }) => samples.length === 4000)).toBe(true)
  })

  it('goes on with another worker when one dies: nothing told is lost, nothing is told twice', async () => {
    const { parts, started, left } = workers((worker, reading) => {
      if (worker.number === 0 && reading === 1) worker.die()
    })
    const events = await listen(parts, chunks(speech, 0.25))
    expect(finals(events)).toEqual(SENTENCES)
    expect(started).toHaveLength(2)
    expect(left).toEqual([
      { number: 0, failed: true },
      { number: 1, failed: false },
    ])
    const numbers = events.flatMap(event => (event.kind === 'final' ? [event.utterance] : []))
    expect(numbers).toEqual([0, 1, 2])
    const captions = events.flatMap(event => (event.kind === 'final' && event.caption ? [event.caption] : []))
    captions.forEach(({ words }, i) => expect(words[0]!.start).toBeCloseTo(1 + i * 4, 2))
  })

  it('keeps what live captions had settled on when a worker dies in mid-sentence', async () => {
    const long = 'it was the best of times'
    const { parts, started } = workers((worker, reading) => {
      if (worker.number === 0 && reading === 3) worker.die()
    })
    const captions: Caption[] = []
    for await (const event of listenThrough(parts, paced(speech.slice(0, 4.5 * HEARING_RATE)), { live: true })) {
      if ('caption' in event && event.caption) captions.push(event.caption)
    }
    expect(started).toHaveLength(2)
    let kept = ''
    for (const { utterance, text, stable } of captions) {
      expect(utterance).toBe(0)
      expect(text.startsWith(kept)).toBe(true)
      kept = text.slice(0, stable)
    }
    expect(kept).toBe(long)
    expect(captions.at(-1)!.final).toBe(true)
  })

  it('gives up over a sentence that every worker dies of, and says so', async () => {
    const { parts, started } = workers((worker, reading) => {
      if (worker.number > 0 || reading === 1) worker.die()
    })
    const events: HearingEvent[] = []
    const listening = async () => {
      for await (const event of listenThrough(parts, chunks(speech, 0.25), {})) events.push(event)
    }
    await expect(listening()).rejects.toMatchObject({ code: 'engine', retryable: true })
    expect(finals(events)).toEqual([SENTENCES[0]])
    expect(started).toHaveLength(MOST_ATTEMPTS + 1)
  })

  it('moves to a new worker between two sentences when the old one has grown too large', async () => {
    const { parts, started, left } = workers()
    const events: HearingEvent[] = []
    for await (const event of listenThrough(parts, paced(speech), {})) {
      events.push(event)
      if (event.kind === 'final' && event.utterance === 0) started[0]!.retired = true
    }
    expect(finals(events)).toEqual(SENTENCES)
    expect(left).toEqual([
      { number: 0, failed: false },
      { number: 1, failed: false },
    ])
    const starts = events.flatMap(event => (event.kind === 'speech-start' ? [event.utterance] : []))
    expect(starts).toEqual([0, 1, 2])
  })

  it('takes a worker for too large past the limit, and not at it', () => {
    expect(outgrown({ heap: HEAP_LIMIT, realTimeFactor: undefined })).toBe(false)
    expect(outgrown({ heap: HEAP_LIMIT + 1, realTimeFactor: undefined })).toBe(true)
  })

  it('is one of several that a worker listens to', async () => {
    const { parts, started } = workers()
    const [first, second] = await Promise.all([
      listen(parts, chunks(speech, 0.25)),
      listen(parts, paced(speech.slice(4 * HEARING_RATE)), { live: true }),
    ])
    expect(finals(first)).toEqual(SENTENCES)
    expect(finals(second)).toEqual(SENTENCES.slice(1))
    expect(started.length).toBeLessThanOrEqual(2)
  })

  it('ends with the failure of its source, after what came before', async () => {
    const { parts, left } = workers()
    async function* unplugged() {
      yield* chunks(speech.slice(0, 4 * HEARING_RATE), 0.1)
      throw new SeamError('not-found', 'The microphone was unplugged.')
    }
    const events: HearingEvent[] = []
    const listening = async () => {
      for await (const event of listenThrough(parts, unplugged(), {})) events.push(event)
    }
    await expect(listening()).rejects.toMatchObject({ code: 'not-found' })
    expect(finals(events)).toEqual([SENTENCES[0]])
    expect(left).toEqual([{ number: 0, failed: false }])
  })

  it('stops at once when nobody wants it any longer, and takes no more sound', async () => {
    const { parts, left } = workers()
    const abort = new AbortController()
    let taken = 0
    async function* endless() {
      for (;;) {
        for await (const chunk of paced(speech)) {
          taken += 1
          yield chunk
        }
      }
    }
    const listening = listen(parts, endless(), { signal: abort.signal })
    setTimeout(() => abort.abort(), 100)
    await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
    expect(left).toEqual([{ number: 0, failed: false }])
    await new Promise(resolve => setTimeout(resolve, 20))
    const before = taken
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(taken).toBe(before)
    // Leaving the loop does the same.
    for await (const event of listenThrough(parts, endless(), {})) if (event.kind === 'final') break
    expect(left).toHaveLength(2)
  })
})
