import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSpeech } from '../../../companion/core/speech.ts'
import { modelPath, modelsFolder } from '../../support/models.ts'
import { openBench } from '../browser.ts'
import { kokoroOnnx } from '../peers.ts'
import { against, median, type Row } from '../rows.ts'
import { LENGTHS } from '../sentences.ts'

const VOICE = [{ id: 'af_heart', weight: 1 }] as const

/** The same graph in the browser and on onnxruntime-node, in turns; and `voxloom say`'s engine against kokoro-onnx. */
export async function native({ quick }: { quick: boolean }): Promise<Row[]> {
  const repeats = quick ? 2 : 5
  const engine = openSpeech({ models: modelsFolder, threads: 2 })
  const text = LENGTHS['7 s']
  const { phonemes } = await engine.analyse({ text, lang: 'en-us', lexicon: [] })
  await engine.raw(phonemes, VOICE)
  const rows: Row[] = []
  const bench = await openBench()
  try {
    const inWasm: number[] = []
    const inNode: number[] = []
    await bench.call('speech', 'raw', 2, phonemes)
    for (let i = 0; i < repeats; i++) {
      inWasm.push((await bench.call<{ wall: number }>('speech', 'raw', 2, phonemes)).wall)
      inNode.push((await engine.raw(phonemes, VOICE)).took / 1000)
    }
    rows.push(against('same graph, WASM against native, 2 threads', median(inWasm), 's', median(inNode), 2.2))
  } finally {
    await bench.close()
  }
  rows.push(await againstPython(engine, text, repeats))
  await engine.close()
  return rows
}

async function againstPython(engine: ReturnType<typeof openSpeech>, text: string, repeats: number): Promise<Row> {
  const python = await kokoroOnnx()
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-bench-'))
  try {
    const ours: number[] = []
    const theirs: number[] = []
    for (let i = 0; i < repeats; i++) {
      theirs.push(await pythonFactor(python, folder, text))
      ours.push(await ourFactor(engine, text))
    }
    return against(
      'native speech against kokoro-onnx (Python, int8), 2 threads',
      median(ours),
      's/s',
      median(theirs),
      0.75,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Seconds a second of sound, from text on, silence at the ends counted as the peer counts it: not at all. */
async function ourFactor(engine: ReturnType<typeof openSpeech>, text: string): Promise<number> {
  const segment = { id: 'bench', text, lang: 'en-us', voice: VOICE, speed: 1, lexicon: [], pauseAfter: 0 }
  const started = performance.now()
  let audio = 0
  for await (const { samples, sampleRate } of engine.speak(each([segment]))) audio += samples.length / sampleRate
  return (performance.now() - started) / 1000 / audio
}

const SCRIPT = `
import sys, time, numpy as np, onnxruntime as ort
from kokoro_onnx import Kokoro
model, voice, out, text = sys.argv[1:]
np.savez(out, af_heart=np.fromfile(voice, np.float32).reshape(510, 1, 256))
options = ort.SessionOptions(); options.intra_op_num_threads = 2; options.inter_op_num_threads = 1
session = ort.InferenceSession(model, options, providers=['CPUExecutionProvider'])
kokoro = Kokoro.from_session(session, out)
kokoro.create(text, voice='af_heart')
best = []
for _ in range(2):
    t = time.perf_counter(); audio, rate = kokoro.create(text, voice='af_heart'); best.append((time.perf_counter() - t) / (len(audio) / rate))
print(min(best))
`

async function pythonFactor(python: string, folder: string, text: string): Promise<number> {
  const script = join(folder, 'peer.py')
  await writeFile(script, SCRIPT)
  const args = [
    script,
    modelPath('kokoro-82m', 'onnx/model_int8.onnx'),
    modelPath('kokoro-82m', 'voices/af_heart.bin'),
    join(folder, 'voices.npz'),
    text,
  ]
  const { stdout, stderr, status } = spawnSync(python, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`kokoro-onnx failed:\n${stderr}`)
  return Number(stdout.trim().split('\n').at(-1))
}

async function* each<T>(items: readonly T[]) {
  yield* items
}
