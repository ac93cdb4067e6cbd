import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { server } from 'vitest/browser'
import { findModel } from '#engine/catalogue.ts'
import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { readWav } from '../../../../tests/support/wav.ts'
import { whisperEntry, WHISPER_REPO } from '../../../../tests/support/whisper/entry.ts'
import { wordErrorRate } from '../../../../tests/support/words.ts'
import { openModelStore } from '../../../storage/models.ts'
import { REVISION } from '../../../storage/testing/hub-client.ts'
import type { ModelStore } from '../../../storage/types.ts'
import { createWhisperClient } from './client.page.ts'

// Real weights from a hub, through the page's own store of models, in a real worker.

const served = `${location.origin}/@fs${server.config.root}`
const hub = inject('hub')
const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

let models: ModelStore
let model: ModelEntry
let client: ReturnType<typeof createWhisperClient>
let sound: { samples: Float32Array; sampleRate: number }

beforeAll(async () => {
  const list = await fetch(`${hub}/${WHISPER_REPO}/resolve/${REVISION}/files.json`)
  model = whisperEntry((await list.json()) as ModelFile[], [{ kind: 'hub', repo: WHISPER_REPO, revision: REVISION }])
  models = await openModelStore({ sources: ['companion', 'hub'], companionBase: served, hubBase: hub })
  const silero = findModel('silero-vad')!
  await models.pull(silero, silero.variants[0]!)
  const answer = await fetch(`${served}/models/test-recordings/beckett.wav`)
  sound = readWav(new Uint8Array(await answer.arrayBuffer()))
  client = createWhisperClient({ models, wish: () => ({}) }, model)
}, 300_000)
afterAll(async () => {
  await client.close()
  await models.remove(model)
})

async function* chunked(seconds: number): AsyncGenerator<SoundChunk, void, undefined> {
  const { samples, sampleRate } = sound
  const size = Math.round(seconds * sampleRate)
  for (let at = 0; at < samples.length; at += size) {
    yield { samples: samples.slice(at, at + size), sampleRate, channels: 1 }
  }
}

describe('Whisper in the page', () => {
  it('is asked for when it is not here', async () => {
    await expect(client.load()).rejects.toMatchObject({ code: 'not-found', details: { model: model.id } })
  })

  it('is fetched with progress and kept, and writes down what was read aloud', async () => {
    const parts: number[] = []
    await models.pull(model, model.variants[0]!, { onProgress: ({ done, total }) => parts.push(done / total!) })
    expect(parts.at(-1)).toBe(1)
    expect(await models.state(model, model.variants[0]!)).toMatchObject({ state: 'ready' })

    const captions: Caption[] = await Array.fromAsync(client.transcribe(chunked(1)))
    const said = captions.map(({ text }) => text).join(' ')
    expect(wordErrorRate(BECKETT, said)).toBeLessThan(0.1)
    const words = captions.flatMap(caption => {
      for (const { from, to, text } of caption.words) expect(caption.text.slice(from, to)).toBe(text)
      return caption.words
    })
    expect(words.length).toBe(said.split(/\s+/).length)
    let reached = 0
    for (const { start, end, confidence } of words) {
      expect(start).toBeGreaterThanOrEqual(reached)
      expect(end).toBeGreaterThan(start)
      expect(confidence).toBeGreaterThan(0)
      reached = end
    }
    expect(reached).toBeLessThanOrEqual(sound.samples.length / sound.sampleRate)
    // It is read slowly: none of its words is over in a moment, and pauses lie between its sentences.
    expect(words.at(-1)!.end - words[0]!.start).toBeGreaterThan(6)
    expect(client.report).toMatchObject({ model: model.id, variant: 'fp32', device: 'wasm' })
  }, 120_000)

  it('stops at once, and says which language it does not understand', async () => {
    const abort = new AbortController()
    const stopped = Array.fromAsync(client.transcribe(chunked(1), { signal: abort.signal }))
    abort.abort()
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' })
    await expect(Array.fromAsync(client.transcribe(chunked(1), { lang: 'de' }))).rejects.toMatchObject({
      code: 'unsupported',
    })
  }, 60_000)
})
