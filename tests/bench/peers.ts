import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readModel, renamedPort, writeModel } from '#engine/speech/kokoro/graph/model.ts'
import { VOCABULARY } from '#engine/speech/kokoro/vocabulary.ts'
import { modelPath, root } from '../support/models.ts'

// The programs that the bench compares with, in a folder of their own: the product installs none of them.

const folder = join(root, '.cache', 'bench')
const peers = join(folder, 'peers')

export const peerModules = join(peers, 'node_modules')
export const peerHub = join(folder, 'hub')

function run(command: string, args: readonly string[], cwd = folder): void {
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr}`)
}

/** kokoro-js 1.2.1 with the transformers.js that it was built with, and the hub's files as it asks for them. */
export async function kokoroJs(): Promise<void> {
  await mkdir(peers, { recursive: true })
  if (!existsSync(join(peerModules, 'kokoro-js', 'package.json'))) {
    await writeFile(join(peers, 'package.json'), '{ "private": true }')
    const packages = ['kokoro-js@1.2.1', '@huggingface/transformers@3.5.1']
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], peers)
  }
  await mkdir(join(peerHub, 'onnx'), { recursive: true })
  const graph = join(peerHub, 'onnx', 'model_quantized.onnx')
  if (!existsSync(graph))
    await writeFile(graph, hubNames(await readFile(modelPath('kokoro-82m', 'onnx/model_int8.onnx'))))
  await writeFile(join(peerHub, 'config.json'), JSON.stringify({ model_type: 'style_text_to_speech_2' }))
  await writeFile(
    join(peerHub, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'PreTrainedTokenizer', unk_token: '$' }),
  )
  await writeFile(join(peerHub, 'tokenizer.json'), JSON.stringify(tokenizer()))
}

/** The packaged graph under the port names of the hub's file; the weights stay as they are. */
function hubNames(bytes: Uint8Array): Uint8Array {
  const model = readModel(new Uint8Array(bytes))
  const names: Record<string, string> = { tokens: 'input_ids', audio: 'waveform' }
  const rename = (name: string) => names[name] ?? name
  return writeModel({
    ...model,
    nodes: model.nodes.map(node => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
    inputs: model.inputs.map(port => renamedPort(port, rename(port.name))),
    outputs: model.outputs.map(port => renamedPort(port, rename(port.name))),
  })
}

/** A tokenizer of one symbol a token with a pad at both ends, in the hub's format. */
function tokenizer() {
  const symbols = [...VOCABULARY.keys()].map(symbol => symbol.replace(/[\\\]^-]/g, '\\$&')).join('')
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Replace', pattern: { Regex: `[^${symbols}]` }, content: '' },
    pre_tokenizer: { type: 'Split', pattern: { Regex: '' }, behavior: 'Isolated', invert: false },
    post_processor: {
      type: 'TemplateProcessing',
      single: [
        { SpecialToken: { id: '$', type_id: 0 } },
        { Sequence: { id: 'A', type_id: 0 } },
        { SpecialToken: { id: '$', type_id: 0 } },
      ],
      pair: [],
      special_tokens: { $: { id: '$', ids: [0], tokens: ['$'] } },
    },
    decoder: null,
    model: { type: 'WordLevel', vocab: { $: 0, ...Object.fromEntries(VOCABULARY) }, unk_token: '$' },
  }
}

/** Python with kokoro-onnx. @returns the interpreter */
export async function kokoroOnnx(): Promise<string> {
  const python = join(folder, 'venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  if (!existsSync(python)) {
    await mkdir(folder, { recursive: true })
    run('python3', ['-m', 'venv', 'venv'])
    run(python, ['-m', 'pip', 'install', '-q', 'kokoro-onnx==0.6.1', 'onnxruntime', 'numpy'])
  }
  return python
}
