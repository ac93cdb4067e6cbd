import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { HandClock } from '#dialogue/testing/clock.ts'
import { ScriptedModel, ScriptedSpeech } from '#dialogue/testing/engines.ts'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Caption } from '#protocol/transcribe.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import type { SpeakerPlayer } from '../../audio/sink.ts'
import { openConversationStore, type OpenConversationStore } from '../../storage/conversations.ts'
import { openPersonaStore, type OpenPersonaStore } from '../../storage/personas.ts'
import { scriptedContracts } from '../contract-testing.ts'
import { studioKey, type Studio, type StudioSpeech, type StudioTranscriber } from '../studio.ts'

// A studio for tests of the room: who speaks, listens and answers is scripted; what is kept is kept by the browser.

const RATE = 8000

/** Milliseconds between two looks of those that wait. */
const SOON = 1

const soon = () => new Promise(resolve => setTimeout(resolve, SOON))

/** A microphone that is quiet until it is closed. */
export function quietMicrophone(): Microphone & { readonly closed: boolean } {
  let closed = false
  return {
    label: 'Scripted',
    sampleRate: RATE,
    level: 0,
    trouble: undefined,
    get closed() {
      return closed
    },
    async *sound() {
      while (!closed) {
        yield { samples: new Float32Array(RATE / 10), sampleRate: RATE, channels: 1 }
        await soon()
      }
    },
    watch: () => () => {},
    async close() {
      closed = true
    },
  }
}

/** Hears what a test says. What is being said when the sound ends is heard to its end. */
export function scriptedListener() {
  const events: HearingEvent[] = []
  let utterance = 0
  let at = 0
  let saying: string | undefined
  function ends(): void {
    if (saying === undefined) return
    const caption: Caption = {
      utterance,
      text: saying,
      start: at,
      end: at,
      words: [],
      final: true,
      stable: saying.length,
    }
    events.push({ kind: 'speech-end', utterance, at }, { kind: 'final', utterance, caption, settled: at })
    saying = undefined
    utterance++
  }
  const transcriber: StudioTranscriber = {
    info: { id: 'scripted', name: 'Scripted', version: '1', languages: ['en-us'], wordTimes: true },
    supports: () => true,
    load: async () => {},
    close: async () => {},
    report: undefined,
    watch: () => () => {},
    transcribe: () => {
      throw new Error('Not scripted.')
    },
    async *listen(sound, run) {
      at = run?.since?.at ?? 0
      for await (const { samples } of sound) {
        run?.signal?.throwIfAborted()
        at += samples.length / RATE
        yield* events.splice(0)
        yield { kind: 'silence', settled: at }
      }
      ends()
      yield* events.splice(0)
    },
  }
  return {
    transcriber,
    /** Somebody begins to say it. Resolves when that was heard. */
    async begins(text: string): Promise<void> {
      saying = text
      events.push({ kind: 'speech-start', utterance, at })
      while (events.length > 0) await soon()
    },
    ends,
  }
}

/** A loudspeaker: what it was given goes on until the test ends it, or somebody breaks in. */
export function scriptedPlayer() {
  let playing = Promise.withResolvers<void>()
  let segment: string | undefined
  const begin = () => {
    playing = Promise.withResolvers<void>()
    playing.promise.catch(() => undefined)
  }
  begin()
  const player: Partial<SpeakerPlayer> = {
    volume: 1,
    play: async () => {},
    pause: () => {},
    close: async () => {},
    listenIn: async () => () => {},
    write: async chunk => void (segment = chunk.segment),
    writeSilence: async () => {},
    flush: () => playing.promise,
    interrupt() {
      const { heard } = player
      playing.reject(new SeamError('cancelled', 'Interrupted.'))
      begin()
      return heard
    },
    get heard() {
      return segment === undefined ? undefined : { segment, at: 60 }
    },
  }
  return {
    player: player as SpeakerPlayer,
    /** All of the reply was heard. */
    end(): void {
      playing.resolve()
      begin()
    },
  }
}

const stores: (OpenConversationStore | OpenPersonaStore)[] = []

/** A browser tab: what is kept under `name` is shared with others, the stores are its own. */
export async function openTab(name: string, parts: Partial<Studio> = {}) {
  const conversations = await openConversationStore({ name })
  const personas = await openPersonaStore({ name: `${name}-personas` })
  stores.push(conversations, personas)
  const clock = new HandClock()
  const model = new ScriptedModel(clock, ['Aye, aye.'])
  const listener = scriptedListener()
  const speaker = scriptedPlayer()
  const speech: Partial<StudioSpeech> = Object.assign(new ScriptedSpeech(clock), { elsewhere: 'unwanted' as const })
  const studio = {
    conversations: async () => conversations,
    personas,
    transcriber: listener.transcriber,
    speech,
    talkPlayer: async () => speaker.player,
    microphone: async () => quietMicrophone(),
    languages: { open: async () => model },
    // All weights are here.
    models: { state: async () => ({ state: 'ready' }) },
    companion: { state: 'absent', status: undefined },
    contracts: scriptedContracts().contracts,
    ...parts,
  }
  const pinia = createPinia()
  const app = createApp({})
  app.use(pinia)
  // Nothing else of the studio is used.
  app.provide(studioKey, studio as unknown as Studio)
  return { pinia, studio: studio as unknown as Studio, conversations, personas, model, listener, speaker }
}

export function closeTabs(): void {
  for (const store of stores.splice(0)) store.close()
}
