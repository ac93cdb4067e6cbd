import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { modelPath, modelsFolder, root } from '../../support/models.ts'
import { book } from '../../support/book.ts'
import { kokoroOnnx } from '../peers.ts'
import { against, type Row } from '../rows.ts'

const WORDS = 10_000
/** Parts that both read in turns, so that what else the machine does falls on both. */
const PARTS = 5

/** A long chapter through text-normalize and kokoro-tts, from start to end, against kokoro-onnx on the same text. */
export async function chapter({ quick }: { quick: boolean }): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'voxloom-bench-'))
  try {
    const path = (name: string) => join(folder, name)
    // Cleaned once, so that both read the very same words.
    await writeFile(path('book.txt'), book())
    await writeFile(path('clean.cr'), pipelineOf('text-normalize'))
    voxloom(path('clean.cr'), path('book.txt'), path('clean.txt'))
    const all = (await readFile(path('clean.txt'), 'utf8')).split(/(?<=\s)(?=\S)/)
    // Past the table of contents, which is no prose.
    const parts = quick ? 1 : PARTS
    const each = quick ? 600 : WORDS / PARTS
    const [input, pipeline] = [path('chapter.txt'), path('voice.cr')]
    await writeFile(pipeline, pipelineOf('kokoro-tts'))
    const peer = await kokoroOnnx()
    const ours: Spoken[] = []
    const theirs: Spoken[] = []
    for (let part = 0; part < parts; part++) {
      await writeFile(input, all.slice(300 + part * each, 300 + (part + 1) * each).join(''))
      ours.push(voxloom(pipeline, input, path('ours.pcm')))
      theirs.push(python(peer, folder, input))
    }
    const name = `${(parts * each).toLocaleString('en')} words, kokoro-tts with a session a core against kokoro-onnx`
    return [against(name, factor(ours), 's/s', factor(theirs), 0.5)]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Seconds of work, and of sound. */
interface Spoken {
  readonly seconds: number
  readonly sound: number
}

/** Seconds of work a second of sound, over all parts. */
const factor = (parts: readonly Spoken[]) =>
  parts.reduce((sum, { seconds }) => sum + seconds, 0) / parts.reduce((sum, { sound }) => sum + sound, 0)

const pipelineOf = (plugin: string) => `name = "bench"\n[[nodes]]\nid = "it"\nplugin = "${plugin}"\n`

function voxloom(pipeline: string, input: string, output: string): Spoken {
  const args = ['companion/voxloom.mjs', 'run', pipeline, input, '--output', output, '--no-verify', '--force', '--json']
  const env = { ...process.env, VOXLOOM_MODELS: modelsFolder }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env })
  if (status !== 0) throw new Error(`voxloom run failed:\n${stderr}`)
  const { took, bytes } = JSON.parse(stdout) as { took: number; bytes: number }
  return { seconds: took, sound: bytes / 2 / 24_000 }
}

const SCRIPT = `
import sys, time, numpy as np, onnxruntime as ort
began = time.perf_counter()
from kokoro_onnx import Kokoro
model, voice, out, path = sys.argv[1:]
np.savez(out, af_heart=np.fromfile(voice, np.float32).reshape(510, 1, 256))
options = ort.SessionOptions(); options.intra_op_num_threads = 2; options.inter_op_num_threads = 1
kokoro = Kokoro.from_session(ort.InferenceSession(model, options, providers=['CPUExecutionProvider']), out)
sound = 0
for paragraph in open(path, encoding='utf8').read().split('\\n\\n'):
    if paragraph.strip():
        audio, rate = kokoro.create(paragraph.strip(), voice='af_heart')
        sound += len(audio) / rate
print(time.perf_counter() - began, sound)
`

function python(program: string, folder: string, input: string): Spoken {
  const model = modelPath('kokoro-82m', 'onnx/model_int8.onnx')
  const voice = modelPath('kokoro-82m', 'voices/af_heart.bin')
  const args = ['-c', SCRIPT, model, voice, join(folder, 'voices.npz'), input]
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`kokoro-onnx failed:\n${stderr}`)
  const [seconds, sound] = stdout.trim().split('\n').at(-1)!.split(' ').map(Number) as [number, number]
  return { seconds, sound }
}
