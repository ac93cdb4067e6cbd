import { findModel } from '#engine/catalogue.ts'
import type { ModelEntry } from '#protocol/models.ts'
import type { CaptionWord } from '#protocol/transcribe.ts'
import { createTranscriberClient, MOONSHINE } from '../../../web/engine/transcribe/client.page.ts'
import { openModelStore } from '../../../web/storage/models.ts'
import { readWav } from '../../support/wav.ts'

export interface Heard {
  readonly text: string
  readonly words: readonly CaptionWord[]
  /** Seconds until the networks were open, and then until everything was written down. */
  readonly took: { readonly load: number; readonly reading: number }
}

/**
 * Writes a recording down with the product's own client, worker and store.
 * @param model served beside the page, its first variant read on `device` @param recording where its WAV file is
 */
export async function hear(model: ModelEntry, device: 'webgpu' | 'wasm', recording: string): Promise<Heard> {
  const models = await openModelStore({ sources: ['companion'] })
  const silero = findModel('silero-vad')!
  await models.pull(silero, silero.variants[0]!)
  await models.pull(model, model.variants[0]!)
  const { samples, sampleRate } = readWav(new Uint8Array(await (await fetch(recording)).arrayBuffer()))
  async function* sound() {
    yield { samples: Float32Array.from(samples), sampleRate, channels: 1 as const }
  }
  const client = createTranscriberClient(
    { models, wish: () => ({ threads: 2 }) },
    { ...MOONSHINE, model, start: variant => MOONSHINE.start({ ...variant, device }) },
  )
  const began = performance.now()
  await client.load()
  const loaded = performance.now()
  const captions = await Array.fromAsync(client.transcribe(sound()))
  const ended = performance.now()
  await client.close()
  return {
    text: captions.map(({ text }) => text).join(' '),
    words: captions.flatMap(({ words }) => words),
    took: { load: (loaded - began) / 1000, reading: (ended - loaded) / 1000 },
  }
}
