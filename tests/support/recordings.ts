import { readFile } from 'node:fs/promises'
import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import { ModelStore } from '../../companion/core/models/store.ts'
import { modelsFolder } from './models.ts'
import { readWav } from './wav.ts'

/** People reading aloud, recorded with microphones. They come in the package of the recogniser's makers. */
const RECORDINGS = {
  /** A short text, about 10 s. */
  beckett: ['beckett.wav', 318_978, 'e5a26b3d29e5b0bc8dbd72c11d16a3808a4ec0ac45b21f12a27d2a2fe5c5ae61'],
  /** The beginning of a novel, about 44 s. */
  cities: ['two_cities.wav', 4_260_326, 'f3348494d77cb74a02862f5e685ed09faf3e75832c5cc5c80703282c2cd8b52e'],
  /** Two people on a stage, about 28 s. */
  stage: ['endgame_nagg_nell.wav', 1_357_352, '78f44dc6d3da32ecab0c37f391700f0569f4612b8e0be2ecbaf33e1d3d566474'],
  /** One sentence, about 4 s. */
  sentence: ['clone-test.wav', 131_560, 'ff0313f1b99468ac425304ba7f8deada003efbada014863a475cb8bda87a6191'],
  /** Not speech: a sound that says that something went well, about 1 s. */
  chime: ['success.wav', 96_698, '63daf79c8c55c8601775d456aac9f949ab1930155454ab14286818e9d956db4b'],
} as const

type Recording = keyof typeof RECORDINGS

const files = Object.values(RECORDINGS).map<ModelFile>(([path, bytes, sha256]) => ({ path, bytes, sha256 }))

/** Kept beside the weights, and fetched and checked as they are. */
const entry: ModelEntry = {
  id: 'test-recordings',
  name: 'Recordings for the tests',
  task: 'transcribe',
  languages: ['en-us'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/moonshine-ai/moonshine/blob/main/LICENSE',
  shared: files,
  sharedSources: [
    {
      kind: 'packages',
      packages: [
        {
          registry: 'pypi',
          name: 'moonshine-voice',
          version: '0.0.73',
          files: files.map(({ path }) => ({ from: `moonshine_voice/assets/${path}`, to: path })),
        },
      ],
    },
  ],
  variants: [],
}

const store = new ModelStore({ folder: modelsFolder, catalogue: [entry] })

/** Makes all of them complete: that may take a minute, once. */
export const fetchRecordings = () => store.pull(entry.id)

/** Where the WAV file is; fetched when it is not there yet. */
export async function recordingPath(name: Recording): Promise<string> {
  const [path] = RECORDINGS[name]
  const found = await store.locate(entry.id, path)
  if (found) return found
  await fetchRecordings()
  return (await store.locate(entry.id, path))!
}

export async function recording(name: Recording): Promise<{ samples: Float32Array; sampleRate: number }> {
  return readWav(await readFile(await recordingPath(name)))
}
