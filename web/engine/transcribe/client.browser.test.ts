import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { server } from 'vitest/browser'
import { findModel } from '#engine/catalogue.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { readWav } from '../../../tests/support/wav.ts'
import { wordErrorRate } from '../../../tests/support/words.ts'
import { openModelStore } from '../../storage/models.ts'
import type { ModelStore } from '../../storage/types.ts'
import { createTranscriberClient } from './client.page.ts'
import type { HearingEvent } from './events.ts'
import { CONVERSATION_RULES } from './utterances.ts'
import type { TranscriberClient } from './worker-transcriber.page.ts'

// Real weights in a real worker. They lie beside the tests, and are served as a companion would serve them.

const served = `${location.origin}/@fs${server.config.root}`
const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

let models: ModelStore
let client: TranscriberClient
let sound: { samples: Float32Array; sampleRate: number }

async function pull(id: string): Promise<void> {
  const entry = findModel(id)!
  await models.pull(entry, entry.variants[0]!)
}

beforeAll(async () => {
  models = await openModelStore({ sources: ['companion'], companionBase: served })
  await pull('moonshine-tiny-en')
  await pull('silero-vad')
  const answer = await fetch(`${served}/models/test-recordings/beckett.wav`)
  sound = readWav(new Uint8Array(await answer.arrayBuffer()))
  client = createTranscriberClient({ models, wish: () => ({}) })
}, 120_000)
afterAll(() => client.close())

/** The recording in chunks; `pace` is how many times faster than it was spoken, as fast as may be when absent. */
async function* chunked(seconds: number, pace?: number): AsyncGenerator<SoundChunk, void, undefined> {
  const { samples, sampleRate } = sound
  const size = Math.round(seconds * sampleRate)
  const began = performance.now()
  for (let at = 0; at < samples.length; at += size) {
    const due = pace === undefined ? 0 : ((at + size) / sampleRate / pace) * 1000 - (performance.now() - began)
    if (due > 0) await new Promise(resolve => setTimeout(resolve, due))
    yield { samples: samples.slice(at, at + size), sampleRate, channels: 1 }
  }
}

const textOf = (captions: readonly Caption[]) =>
  captions
    .filter(({ final }) => final)
    .map(({ text }) => text)
    .join(' ')

describe('the transcriber of the page', () => {
  it('asks for its model when that is not here', async () => {
    const empty = await openModelStore({ name: `empty-${Date.now()}` })
    const without = createTranscriberClient({ models: empty, wish: () => ({}) })
    await expect(without.load()).rejects.toMatchObject({ code: 'not-found', details: { model: 'moonshine-tiny-en' } })
    expect(without.report).toBeUndefined()
  })

  it('writes down what was read aloud, and tells what it ran on', async () => {
    const done: number[] = []
    const run = { onProgress: (progress: { done: number }) => void done.push(progress.done) }
    const captions = await Array.fromAsync(client.transcribe(chunked(1), run))
    expect(wordErrorRate(BECKETT, textOf(captions))).toBeLessThan(0.1)
    expect(captions.every(({ words, text }) => words.every(word => text.slice(word.from, word.to) === word.text))).toBe(
      true,
    )
    expect(done.at(-1)).toBeCloseTo(sound.samples.length / sound.sampleRate, 2)
    expect(client.report).toMatchObject({ model: 'moonshine-tiny-en', device: 'wasm' })
    await expect.poll(() => client.report!.realTimeFactor).toBeGreaterThan(0)
  })

  it('shows words while they are said, and keeps what it calls stable', async () => {
    const events: HearingEvent[] = []
    for await (const event of client.listen(chunked(0.02, 2), { live: true, rules: CONVERSATION_RULES })) {
      events.push(event)
    }
    const captions = events.flatMap(event => ('caption' in event && event.caption ? [event.caption] : []))
    expect(captions.some(({ final }) => !final)).toBe(true)
    const kept = new Map<number, string>()
    for (const { utterance, text, stable } of captions) {
      const before = kept.get(utterance) ?? ''
      expect(text.slice(0, before.length)).toBe(before)
      kept.set(utterance, text.slice(0, stable))
    }
    // Each of its sentences is an utterance of two words now, with nothing around to understand them by.
    expect(wordErrorRate(BECKETT, textOf(captions))).toBeLessThan(0.3)
    const kinds = new Set(events.map(({ kind }) => kind))
    for (const kind of ['speech-start', 'soft-end', 'speech-end', 'partial', 'final'] as const) {
      expect(kinds).toContain(kind)
    }
  })

  it('listens to two at once', async () => {
    const [one, other] = await Promise.all([
      Array.fromAsync(client.transcribe(chunked(0.5))),
      Array.fromAsync(client.transcribe(chunked(0.1), { live: true })),
    ])
    expect(wordErrorRate(BECKETT, textOf(one))).toBeLessThan(0.1)
    expect(wordErrorRate(BECKETT, textOf(other))).toBeLessThan(0.2)
  })

  it('stops at once, and hears the next one', async () => {
    const abort = new AbortController()
    const heard: Caption[] = []
    const listening = (async () => {
      for await (const caption of client.transcribe(chunked(0.1, 4), { live: true, signal: abort.signal })) {
        heard.push(caption)
        abort.abort()
      }
    })()
    await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
    expect(heard).toHaveLength(1)
    expect(wordErrorRate(BECKETT, textOf(await Array.fromAsync(client.transcribe(chunked(1)))))).toBeLessThan(0.1)
  })

  it('goes on with a new worker when the one it has dies', async () => {
    await client.load()
    const captions: Caption[] = []
    let killed = false
    for await (const caption of client.transcribe(chunked(0.1, 2), { live: true })) {
      captions.push(caption)
      if (killed || caption.stable === 0) continue
      killed = true
      // What the browser does when a worker runs out of memory: the lock that it lives by is free.
      const { held = [] } = await navigator.locks.query()
      for (const { name } of held.filter(({ name }) => name?.startsWith('voxloom-worker-'))) {
        await navigator.locks.request(name!, { steal: true }, () => {})
      }
    }
    expect(killed).toBe(true)
    let kept = ''
    for (const { text, stable } of captions.filter(({ utterance }) => utterance === 0)) {
      expect(text.slice(0, kept.length)).toBe(kept)
      kept = text.slice(0, stable)
    }
    expect(wordErrorRate(BECKETT, textOf(captions))).toBeLessThan(0.2)
  })

  it('does with loudness where the weights that find speech are not here', async () => {
    await models.remove(findModel('silero-vad')!)
    const simple = createTranscriberClient({ models, wish: () => ({ threads: 1 }) })
    try {
      expect(wordErrorRate(BECKETT, textOf(await Array.fromAsync(simple.transcribe(chunked(1)))))).toBeLessThan(0.2)
      expect(simple.report).toMatchObject({ threads: 1 })
    } finally {
      await simple.close()
      await pull('silero-vad')
    }
  })
})
