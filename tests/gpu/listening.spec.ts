import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'playwright/test'
import { findModel } from '#engine/catalogue.ts'
import { MOONSHINE_PATHS } from '#engine/transcribe/moonshine/meta.ts'
import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import { openBench } from '../bench/browser.ts'
import type { Heard } from '../bench/pages/gpu-listening.ts'
import { modelPath, modelsFolder } from '../support/models.ts'
import { floatNetworks } from '../support/moonshine/networks.ts'
import { fetchRecordings } from '../support/recordings.ts'
import { wordErrorRate } from '../support/words.ts'
import { FLAGS } from './flags.ts'

const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

/** The build for graphics cards, of weights that a registry has, served beside the page. */
async function floatModel(): Promise<ModelEntry> {
  const id = 'test-moonshine-floats'
  const networks = await floatNetworks()
  const paths = MOONSHINE_PATHS.fp32
  const contents: Readonly<Record<string, Uint8Array>> = {
    [paths.encoder]: networks.encoder,
    [paths.decoder]: networks.decoder,
    [paths.tokenizer]: await readFile(modelPath('moonshine-tiny-en', MOONSHINE_PATHS.int8.tokenizer)),
  }
  const files: ModelFile[] = []
  for (const [path, bytes] of Object.entries(contents)) {
    const full = join(modelsFolder, id, path)
    await mkdir(dirname(full), { recursive: true })
    await writeFile(full, bytes)
    files.push({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  }
  // For any device: a card made of software is never chosen.
  const variant = { id: 'fp32', device: 'any', dtype: 'fp32', files, sources: [{ kind: 'companion' }] } as const
  return { ...findModel('moonshine-tiny-en')!, id, variants: [variant] }
}

test('WebGPU hears what WASM hears', async () => {
  const model = await floatModel()
  await fetchRecordings()
  const bench = await openBench(FLAGS)
  try {
    const hear = (device: string) =>
      bench.call<Heard>('gpu-listening', 'hear', model, device, '/models/test-recordings/beckett.wav')
    const [wasm, webgpu] = [await hear('wasm'), await hear('webgpu')]
    for (const [device, { took }] of Object.entries({ wasm, webgpu })) {
      console.log(`${device}: ${took.load.toFixed(1)} s to open, ${took.reading.toFixed(1)} s to read`)
    }
    expect(wordErrorRate(BECKETT, wasm.text)).toBeLessThan(0.1)
    expect(webgpu.text).toBe(wasm.text)
    expect(webgpu.words.map(({ text }) => text)).toEqual(wasm.words.map(({ text }) => text))
    webgpu.words.forEach(({ start, end }, i) => {
      expect(Math.abs(start - wasm.words[i]!.start)).toBeLessThan(0.05)
      expect(Math.abs(end - wasm.words[i]!.end)).toBeLessThan(0.05)
    })
  } finally {
    await bench.close()
  }
})
