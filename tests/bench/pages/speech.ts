import { findModel } from '#engine/catalogue.ts'
import type { Segment } from '#protocol/speech.ts'
import { createKokoroClient, type KokoroClient } from '../../../web/engine/speech/kokoro/client.page.ts'
import { openModelStore } from '../../../web/storage/models.ts'
import { encodePcm } from './pcm.ts'

// Our own speech, as the product runs it: client, worker, model store. Nothing is taken apart for the bench.

export const VOICE = 'af_heart'

export async function store() {
  const models = await openModelStore({ sources: ['companion'] })
  for (const [id, variant] of [
    ['kokoro-82m', 'int8'],
    ['g2p-en', 'full'],
  ] as const) {
    const entry = findModel(id)!
    await models.pull(
      entry,
      entry.variants.find(candidate => candidate.id === variant)!,
    )
  }
  return models
}

const clients = new Map<number, Promise<KokoroClient>>()

export function client(threads: number): Promise<KokoroClient> {
  let found = clients.get(threads)
  if (!found) {
    found = store().then(async models => {
      const made = createKokoroClient({ models, wish: () => ({ device: 'wasm', threads }) })
      await made.load()
      return made
    })
    clients.set(threads, found)
  }
  return found
}

export async function closeClient(threads: number): Promise<void> {
  await (await clients.get(threads))?.close()
  clients.delete(threads)
}

let count = 0
export const segment = (text: string, buffered?: number): Segment => ({
  id: `s${count++}`,
  text,
  lang: 'en-us',
  voice: [{ id: VOICE, weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
  ...(buffered === undefined ? {} : { buffered }),
})

export async function* each<T>(items: readonly T[]) {
  yield* items
}

export interface Spoken {
  /** Seconds. */
  readonly first: number
  readonly wall: number
  /** Seconds of sound. */
  readonly audio: number
}

export async function speak(threads: number, texts: readonly string[], buffered?: number): Promise<Spoken> {
  const engine = await client(threads)
  const started = performance.now()
  let first = 0
  let audio = 0
  const segments = texts.map((text, index) => segment(text, index === 0 ? buffered : undefined))
  for await (const chunk of engine.speak(each(segments))) {
    first ||= (performance.now() - started) / 1000
    audio += chunk.samples.length / chunk.sampleRate
  }
  return { first, wall: (performance.now() - started) / 1000, audio }
}

/** The network alone, on given phonemes. */
export async function raw(threads: number, phonemes: string): Promise<Spoken> {
  const engine = await client(threads)
  const { took, audio } = await engine.raw(phonemes, [{ id: VOICE, weight: 1 }])
  return { first: took / 1000, wall: took / 1000, audio: audio.length / 24_000 }
}

/** Everything at once over one worker a core, as export renders it. */
export async function bulk(texts: readonly string[]): Promise<Spoken> {
  const engine = await (await client(2)).bulk()
  for await (const chunk of engine.speak(each([segment('Hello there.'), segment('Hello there.')]))) void chunk
  const started = performance.now()
  let audio = 0
  for await (const chunk of engine.speak(each(texts.map(text => segment(text)))))
    audio += chunk.samples.length / chunk.sampleRate
  const wall = (performance.now() - started) / 1000
  await engine.close()
  return { first: wall, wall, audio }
}

/** @returns 16-bit samples at 24 kHz, base64: the quickest way out of the page */
export async function sound(text: string): Promise<string> {
  const engine = await client(2)
  const parts: Float32Array[] = []
  for await (const chunk of engine.speak(each([segment(text)]))) parts.push(chunk.samples)
  return encodePcm(parts)
}

/** Speaks `texts` in turn for `seconds`, from the `from`th on. @returns how many were spoken */
export async function soak(texts: readonly string[], seconds: number, from: number): Promise<number> {
  const engine = await client(2)
  const until = performance.now() + seconds * 1000
  let spoken = 0
  while (performance.now() < until) {
    for await (const chunk of engine.speak(each([segment(texts[(from + spoken) % texts.length]!)]))) void chunk
    spoken++
  }
  return spoken
}
