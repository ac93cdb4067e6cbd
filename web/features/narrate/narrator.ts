import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk, WordTime } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Player } from '../../audio/sink.ts'
import type { Studio } from '../studio.ts'
import { createRenders } from './narrator-renders.ts'
import { renderMissing } from './narrator-job.ts'
import { isSuspect } from './narrator-suspects.ts'
import type { Script, ScriptSentence } from './script.ts'

export type SentenceState = 'waiting' | 'rendering' | 'ready' | 'suspect'

export interface NarratorPosition {
  /** Index in the script. */
  readonly sentence: number
  /** Seconds into the sentence. */
  readonly at: number
  /** The word that sounds: UTF-16 offsets in the sentence's text. */
  readonly word: { readonly from: number; readonly to: number } | undefined
}

export type NarratorState = 'idle' | 'loading' | 'playing' | 'paused' | 'starved'

/** Speaks a script: makes what is missing, plays it, and keeps it. */
export interface Narrator {
  readonly state: NarratorState
  /** Why playing ended by itself; cleared by the next `play`. */
  readonly failure: SeamError | undefined
  /** While playing, too: the next sentence is then taken from the new script. */
  setScript(script: Script): void
  /**
   * @param from `offset`, UTF-16 in the sentence's text, starts at that word
   * Resolves when sound begins. @throws SeamError not-found (weights), engine, bad-input (nothing to speak)
   */
  play(from?: { sentence: number; offset?: number }): Promise<void>
  pause(): void
  resume(): Promise<void>
  stop(): void
  readonly position: NarratorPosition | undefined
  stateOf(sentence: ScriptSentence): SentenceState
  /** Whether it is being made, for the first time or anew. */
  isRendering(sentence: ScriptSentence): boolean
  /** Makes it anew; the kept sound stays until there is another. */
  rerender(sentence: ScriptSentence): Promise<void>
  /**
   * Makes all that is missing, from the listener's place on and then from the start. Where a plugin fails, a voice of this
   * page goes on; what that said is made again when the plugin is there once more.
   * @returns sentences that another voice than their own says in the end
   */
  renderAll(run: Run): Promise<number>
  /** Seconds; undefined until the sentence was made. */
  duration(sentence: ScriptSentence): number | undefined
  watch(listener: (what: 'position' | 'state' | 'sentences') => void): () => void
  rate: number
  volume: number
  close(): Promise<void>
}

/** How far ahead of the listener sentences are made, seconds of sound. */
const AHEAD = 90
/** Sentences still being made for a place that the listener has left. */
const STRAGGLERS = 2
/** Kept sound goes to the ring in pieces, so that a seek does not wait for a long sentence. Seconds. */
const PIECE = 0.5
const WORDS_KEPT = 200

export function createNarrator({ pcm, speech, contracts, player: openPlayer }: Studio): Narrator {
  const listeners = new Set<(what: 'position' | 'state' | 'sentences') => void>()
  const tell = (what: 'position' | 'state' | 'sentences') => listeners.forEach(listener => listener(what))
  const durations = new Map<string, number>()
  const words = new Map<string, readonly WordTime[]>()
  let script: Script | undefined
  let player: Player | undefined
  let unwatch = () => {}
  let playing: AbortController | undefined
  let paused = false
  let loading = false
  let failure: SeamError | undefined
  let written: ScriptSentence | undefined
  let rate = 1
  let volume = 1

  const renders = createRenders(
    pcm,
    (sentence, seconds) => {
      if (seconds !== undefined) durations.set(sentence.key, seconds)
      tell('sentences')
    },
    error => {
      // A full disk is no reason to fall silent in the middle of a chapter; it is one to say so.
      failure = error
      tell('state')
    },
  )

  function keepWords(id: string, times: readonly WordTime[]): void {
    words.delete(id)
    words.set(id, times)
    if (words.size > WORDS_KEPT) words.delete(words.keys().next().value!)
  }

  async function ready(): Promise<Player> {
    if (!player) {
      player = await openPlayer()
      player.rate = rate
      player.volume = volume
      unwatch = player.watch(() => tell('position'))
    }
    return player
  }

  /** Sound ahead of the listener, as far as it was made. */
  function secondsAhead(index: number): number {
    const heard = player?.heard
    const from = heard && script ? script.indexOf(heard.segment) : -1
    if (from < 0 || !script || !heard) return 0
    let seconds = -heard.at
    for (let i = from; i < index; i++) {
      const { key, segment } = script.sentences[i]!
      seconds += (durations.get(key) ?? 0) + segment.pauseAfter
    }
    return Math.max(0, seconds)
  }

  /** The sound of a sentence: from the store, or while it is being made. */
  async function* soundOf(sentence: ScriptSentence, index: number): AsyncGenerator<PcmChunk> {
    const underWay = renders.current(sentence.key)
    if (!underWay) {
      const kept = await pcm.get(sentence.key)
      if (kept) {
        durations.set(sentence.key, kept.samples.length / kept.sampleRate)
        keepWords(sentence.id, kept.words)
        yield* pieces(sentence, kept.samples, kept.sampleRate, kept.words)
        return
      }
    }
    const render = underWay ?? renders.begin(sentence, speech, secondsAhead(index))
    const times: WordTime[] = []
    for await (const chunk of render.chunks()) {
      times.push(...(chunk.words ?? []))
      keepWords(sentence.id, times)
      // The render keeps its own samples for the store; the sink may take the buffer it is given.
      yield { ...chunk, segment: sentence.id, samples: chunk.samples.slice() }
    }
  }

  async function playFrom(first: number, offset: number, signal: AbortSignal, begun: () => void): Promise<void> {
    const sink = await ready()
    let skipTo = offset
    for (let index = first; script && index < script.sentences.length;) {
      const sentence = script.sentences[index]!
      written = sentence
      keepAhead(index, signal)
      for await (const chunk of soundOf(sentence, index)) {
        signal.throwIfAborted()
        const rest = skipTo > 0 ? dropBefore(chunk, skipTo) : chunk
        if (!rest) continue
        skipTo = 0
        if (rest.samples.length > 0) {
          await sink.write(rest)
          signal.throwIfAborted()
          begun()
        }
      }
      signal.throwIfAborted()
      skipTo = 0
      await sink.writeSilence(sentence.segment.pauseAfter)
      signal.throwIfAborted()
      // The script may be another by now: go on after the sentence just written, wherever that is.
      const now = script.indexOf(sentence.id)
      index = now >= 0 ? now + 1 : Math.min(index, script.sentences.length)
    }
    begun()
    await sink.flush()
  }

  let keepingAhead = false
  /** Makes the sentences after `index`, one at a time, until enough is ahead. */
  function keepAhead(index: number, signal: AbortSignal): void {
    if (keepingAhead) return
    keepingAhead = true
    void (async () => {
      let place = index
      while (!signal.aborted && script) {
        const from = written ? script.indexOf(written.id) : -1
        place = Math.max(place, from)
        const sentence = script.sentences[place]
        if (!sentence || secondsAhead(place) > AHEAD) return
        if (!(await known(sentence))) {
          // The one that is due is made by the player's own loop, which knows how soon it must come.
          const render = renders.current(sentence.key) ?? (place > from ? renders.begin(sentence, speech) : undefined)
          if (!render) {
            await new Promise(resolve => setTimeout(resolve, 20))
            continue
          }
          await render.stored
        }
        place++
      }
    })()
      // The player's loop meets the same failure and tells it.
      .catch(() => undefined)
      .finally(() => {
        keepingAhead = false
      })
  }

  async function known(sentence: ScriptSentence): Promise<boolean> {
    if (durations.has(sentence.key)) return true
    const seconds = await pcm.duration(sentence.key)
    if (seconds === undefined) return false
    durations.set(sentence.key, seconds)
    return true
  }

  function leave(): void {
    playing?.abort(new SeamError('cancelled', 'Cancelled.'))
    playing = undefined
    loading = false
    keepingAhead = false
    player?.interrupt()
    // What is nearly done is worth keeping; a queue of it would keep the next place waiting.
    for (const render of renders.active.slice(0, -STRAGGLERS)) render.cancel()
  }

  async function play(from: { sentence: number; offset?: number } = resumeAt()): Promise<void> {
    leave()
    failure = undefined
    paused = false
    const sentence = script?.sentences[from.sentence]
    if (!sentence)
      throw new SeamError('bad-input', 'There is nothing to read here yet. Type some text, then press Play.')
    const mine = new AbortController()
    playing = mine
    loading = true
    tell('state')
    const begun = Promise.withResolvers<void>()
    const started = () => {
      if (loading && playing === mine) {
        loading = false
        tell('state')
      }
      begun.resolve()
    }
    // The player is opened while the user's gesture still counts.
    const sink = await ready()
    if (playing !== mine) return
    const failed = (error: unknown) => {
      if (mine.signal.aborted) return begun.resolve()
      failure = toSeamError(error)
      begun.reject(failure)
      playing?.abort(failure)
      ended(mine)
    }
    sink.play().catch(failed)
    playFrom(from.sentence, from.offset ?? 0, mine.signal, started).then(() => ended(mine), failed)
    return begun.promise
  }

  function ended(mine: AbortController): void {
    if (playing !== mine) return
    playing = undefined
    loading = false
    player?.pause()
    tell('state')
  }

  function resumeAt(): { sentence: number } {
    const place = position()?.sentence ?? 0
    return { sentence: script && place >= script.sentences.length - 1 && !playing ? 0 : place }
  }

  function position(): NarratorPosition | undefined {
    const heard = player?.heard
    const sentence = heard && script ? script.indexOf(heard.segment) : -1
    if (!heard || sentence < 0) return undefined
    const word = words.get(heard.segment)?.findLast(({ start, end }) => start <= heard.at && heard.at < end + 0.25)
    return { sentence, at: heard.at, word: word && { from: word.from, to: word.to } }
  }

  async function renderAll(run: Run): Promise<number> {
    const wanted = script?.sentences ?? []
    const here = await pcm.which(wanted.map(({ key }) => key))
    const start = Math.max(0, position()?.sentence ?? 0)
    const missing = unique([...wanted.slice(start), ...wanted.slice(0, start)].filter(({ key }) => !here.has(key)))
    return renderMissing({ missing, total: unique(wanted).length, renders, pcm, speech, contracts }, run)
  }

  const isRendering = ({ key }: ScriptSentence) => renders.current(key) !== undefined

  return {
    get state() {
      if (loading) return 'loading'
      if (paused && playing) return 'paused'
      if (!playing) return 'idle'
      return player?.state === 'starved' ? 'starved' : 'playing'
    },
    get failure() {
      return failure
    },
    setScript(next) {
      script = next
      tell('sentences')
      void learn(next)
    },
    play,
    pause() {
      if (!playing) return
      paused = true
      player?.pause()
      tell('state')
    },
    async resume() {
      if (!playing) return play()
      paused = false
      await player?.play()
      tell('state')
    },
    stop() {
      leave()
      paused = false
      player?.pause()
      tell('state')
    },
    get position() {
      return position()
    },
    isRendering,
    stateOf(sentence) {
      if (isRendering(sentence)) return 'rendering'
      const seconds = durations.get(sentence.key)
      if (seconds === undefined) return 'waiting'
      return isSuspect(sentence, seconds) ? 'suspect' : 'ready'
    },
    async rerender(sentence) {
      // The new sound takes the old one's place; where there is none in the end, the old one stays.
      await renders.begin(sentence, speech).stored
    },
    renderAll,
    duration: ({ key }) => durations.get(key),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get rate() {
      return rate
    },
    set rate(value) {
      rate = value
      if (player) player.rate = value
    },
    get volume() {
      return volume
    },
    set volume(value) {
      volume = value
      if (player) player.volume = value
    },
    async close() {
      leave()
      renders.active.forEach(render => render.cancel())
      unwatch()
      listeners.clear()
      player?.pause()
    },
  }

  /** Learns which sentences are in the store, and how long they are. */
  async function learn(of: Script): Promise<void> {
    const unknown = of.sentences.filter(({ key }) => !durations.has(key)).map(({ key }) => key)
    for (const key of await pcm.which(unknown)) {
      if (script !== of) return
      const seconds = await pcm.duration(key)
      if (seconds !== undefined) durations.set(key, seconds)
    }
    if (script === of) tell('sentences')
  }
}

/** Repeated sentences share their sound. */
function unique(sentences: readonly ScriptSentence[]): ScriptSentence[] {
  return [...new Map(sentences.map(sentence => [sentence.key, sentence])).values()]
}

function* pieces(
  { id }: ScriptSentence,
  samples: Float32Array<ArrayBuffer>,
  sampleRate: number,
  words: readonly WordTime[],
): Generator<PcmChunk> {
  const size = Math.round(PIECE * sampleRate)
  for (let from = 0; from === 0 || from < samples.length; from += size) {
    const to = Math.min(from + size, samples.length)
    const at = from / sampleRate
    const within = words.filter(({ start }) => start >= at && (start < to / sampleRate || to === samples.length))
    yield {
      samples: samples.slice(from, to),
      sampleRate,
      channels: 1,
      segment: id,
      at,
      last: to === samples.length,
      words: within,
    }
  }
}

/** The chunk from the word at `offset` on; undefined when that word comes later. */
function dropBefore(chunk: PcmChunk, offset: number): PcmChunk | undefined {
  const word = chunk.words?.find(({ to }) => to > offset)
  if (!word) return chunk.last ? chunk : undefined
  const seconds = Math.max(0, word.start - chunk.at)
  const samples = chunk.samples.slice(Math.min(chunk.samples.length, Math.floor(seconds * chunk.sampleRate)))
  return { ...chunk, samples, at: chunk.at + seconds }
}
