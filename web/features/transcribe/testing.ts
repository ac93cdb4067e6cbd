import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { SeamError } from '#protocol/errors.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import type { Microphone, MicrophoneTrouble } from '../../audio/capture/types.ts'
import { openTranscriptStore, type OpenTranscriptStore } from '../../storage/transcripts.ts'
import { scriptedContracts } from '../contract-testing.ts'
import { studioKey, type Studio, type StudioTranscriber } from '../studio.ts'
import { lengthOf } from './transcribing.ts'

// A studio for tests of the stores: the sound and the words are scripted, storage is the browser's own.

export const RATE = 8000

/** Files and recordings are transcribed; nothing here listens to a dialogue. */
type Scripted = StudioTranscriber & { readonly given: number[] }

/** Says the number of each second, when it has heard it: "w0", "w1", … */
export function scriptedTranscriber({ failAt = Infinity, gate = () => Promise.resolve() } = {}): Scripted {
  const given: number[] = []
  return {
    given,
    info: { id: 'test', name: 'Test', version: '1', languages: ['en-us'], wordTimes: true },
    supports: () => true,
    load: async () => {},
    close: async () => {},
    report: undefined,
    watch: () => () => {},
    listen: () => {
      throw new Error('Not scripted.')
    },
    async *transcribe(sound, run) {
      let at = 0
      let said = 0
      for await (const chunk of sound) {
        run?.signal?.throwIfAborted()
        given.push(chunk.samples[0]!)
        at += lengthOf(chunk)
        run?.onProgress?.({ done: at })
        await gate()
        const value = chunk.samples[0]!
        while (at - said >= 1 - 1e-9) {
          if (value >= failAt) throw new SeamError('engine', 'The scripted engine failed.')
          const text = `w${Math.round(value)}`
          const word = { text, from: 0, to: text.length, start: said, end: said + 0.5 }
          const caption: Caption = {
            utterance: said,
            text,
            start: said,
            end: said + 1,
            words: [word],
            final: true,
            stable: text.length,
          }
          if (run?.live) yield { ...caption, final: false, stable: 0 }
          yield caption
          said++
        }
      }
    },
  }
}

/** Sound of which each second has its number as samples. */
async function* numbered(seconds: number, from = 0): AsyncGenerator<SoundChunk> {
  for (let at = from; at < seconds; at++) {
    yield { samples: new Float32Array(RATE).fill(at), sampleRate: RATE, channels: 1 }
  }
}

/** A microphone that a test speaks into. */
export function scriptedMicrophone() {
  const chunks: SoundChunk[] = []
  const listeners = new Set<() => void>()
  let trouble: MicrophoneTrouble | undefined
  let lost: number | undefined
  let ended = false
  let failure: SeamError | undefined
  let wake: () => void = () => {}
  const microphone: Microphone = {
    label: 'Scripted',
    sampleRate: RATE,
    level: 0.5,
    get trouble() {
      return trouble
    },
    get lost() {
      return lost
    },
    async *sound() {
      for (;;) {
        const next = chunks.shift()
        if (next) yield next
        else if (failure) throw failure
        else if (ended) return
        else await new Promise<void>(resolve => (wake = resolve))
      }
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      ended = true
      wake()
    },
  }
  return {
    microphone,
    async say(seconds: number, from: number) {
      for await (const chunk of numbered(from + seconds, from)) chunks.push(chunk)
      wake()
    },
    unplug() {
      failure = new SeamError('not-found', 'The microphone was unplugged.')
      wake()
    },
    lose(seconds: number) {
      lost = seconds
      for (const listener of listeners) listener()
    },
    become(next: MicrophoneTrouble | undefined) {
      trouble = next
      for (const listener of listeners) listener()
    },
  }
}

const stores: OpenTranscriptStore[] = []

/** A browser tab: its own connection to the same database, its own stores. */
export async function openTab(name: string, parts: Partial<Studio> & { seconds?: number } = {}) {
  const kept = await openTranscriptStore({ name })
  stores.push(kept)
  const { seconds = 5, ...rest } = parts
  const pinia = createPinia()
  const app = createApp({})
  app.use(pinia)
  const studio: Partial<Studio> = {
    transcripts: async () => kept,
    transcribers: [scriptedTranscriber()],
    contracts: scriptedContracts().contracts,
    soundFile: async () => ({
      duration: seconds,
      sampleRate: RATE,
      channels: 1,
      video: false,
      sound: () => numbered(seconds),
      close: () => {},
    }),
    ...rest,
  }
  // These stores use nothing else of the studio.
  app.provide(studioKey, studio as Studio)
  return { kept, pinia, studio: studio as Studio }
}

export function closeTabs(): void {
  for (const store of stores.splice(0)) store.close()
}
