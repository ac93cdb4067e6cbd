import { expect, test } from 'playwright/test'
import type { GpuSpeech } from '../bench/pages/gpu.ts'
import { openBench } from '../bench/browser.ts'
import { openRecogniser } from '../support/recogniser.ts'
import { FLAGS } from './flags.ts'

const samplesOf = (base64: string) => {
  const raw = Buffer.from(base64, 'base64')
  return Float32Array.from(new Int16Array(raw.buffer, raw.byteOffset, raw.byteLength / 2), sample => sample / 32_768)
}

test('WebGPU says what WASM says', async () => {
  const bench = await openBench(FLAGS)
  try {
    // "Seven boats came in."
    const said = await bench.call<GpuSpeech>('gpu', 'speakOnBoth', 'sˈɛvən bˈOts kˈAm ˈɪn.')
    console.log(`network alone, ms: WebGPU ${said.took.webgpu.toFixed(0)}, WASM ${said.took.wasm.toFixed(0)}`)
    expect(said).toMatchObject({ device: 'webgpu', demoted: undefined })
    const [webgpu, wasm] = [samplesOf(said.webgpu), samplesOf(said.wasm)]
    expect(Math.abs(webgpu.length - wasm.length)).toBeLessThan(wasm.length * 0.02)
    const recogniser = await openRecogniser()
    expect(await recogniser.transcribe(webgpu, 24_000)).toMatch(/seven boats came in/i)
    expect(await recogniser.transcribe(wasm, 24_000)).toMatch(/seven boats came in/i)
  } finally {
    await bench.close()
  }
})
