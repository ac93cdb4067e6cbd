import { createKokoroClient } from '../../../web/engine/speech/kokoro/client.page.ts'
import { encodePcm } from './pcm.ts'
import { store, VOICE } from './speech.ts'

export interface GpuSpeech {
  /** Where the engine ended up, after its own trial of WebGPU against WASM. */
  readonly device: string
  /** Why WebGPU was not taken. */
  readonly demoted: string | undefined
  /** 16-bit samples at 24 kHz, base64. */
  readonly webgpu: string
  readonly wasm: string
  /** Milliseconds of the network alone. */
  readonly took: { readonly webgpu: number; readonly wasm: number }
}

/** Says the same phonemes on both devices. */
export async function speakOnBoth(phonemes: string): Promise<GpuSpeech> {
  const models = await store()
  const voice = [{ id: VOICE, weight: 1 }]
  const wasm = createKokoroClient({ models, wish: () => ({ device: 'wasm' }) })
  const expected = await wasm.raw(phonemes, voice)
  await wasm.close()
  const gpu = createKokoroClient({ models, wish: () => ({ device: 'webgpu' }) })
  await gpu.load()
  const made = await gpu.raw(phonemes, voice)
  const { device = '', demoted } = gpu.report ?? {}
  await gpu.close()
  return {
    device,
    demoted,
    webgpu: encodePcm([made.audio]),
    wasm: encodePcm([expected.audio]),
    took: { webgpu: made.took, wasm: expected.took },
  }
}
