import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { contractId, type ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'

type Task = 'speech' | 'transcription'

/** What may be named: our own models first, then those of OpenAI that programs ask for, which ours stand in for. */
const NAMES: Readonly<Record<Task, readonly string[]>> = {
  speech: [kokoroInfo.id, 'tts-1', 'tts-1-hd', 'gpt-4o-mini-tts'],
  transcription: [moonshineInfo.id, 'whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe'],
}

/** Contracts of plugins that do the same. */
const CONTRACTS: Readonly<Record<Task, string>> = { speech: 'tts', transcription: 'stt' }

/** Models as `GET /v1/models` lists them. */
export interface ListedModel {
  readonly id: string
  readonly object: 'model'
  /** Seconds since 1970; nobody counts from it here. */
  readonly created: number
  readonly owned_by: string
}

const listed = (id: string): ListedModel => ({ id, object: 'model', created: 0, owned_by: 'voxloom' })

/** Plugins of a task, as models: `plugin:NAME`. */
const pluginsFor = (task: Task, lights: readonly ContractLight[]) =>
  lights.filter(({ contract }) => contract === CONTRACTS[task]).map(({ name }) => contractId(name))

/** @param lights contract plugins that there are */
const namesFor = (task: Task, lights: readonly ContractLight[]) => [...NAMES[task], ...pluginsFor(task, lights)]

const allNames = (lights: readonly ContractLight[]) =>
  (['speech', 'transcription'] as const).flatMap(task => namesFor(task, lights))

export const listModels = (lights: readonly ContractLight[]): readonly ListedModel[] => allNames(lights).map(listed)

/** One, by its name; OpenAI's may have a date behind it. @throws SeamError not-found */
export function findListed(name: string, lights: readonly ContractLight[]): ListedModel {
  const names = allNames(lights)
  if (!names.some(known => isCalled(known, name))) throw unknownModel(name, names)
  return listed(name)
}

/** @throws SeamError not-found, naming what there is */
export function checkModel(name: string, task: Task, lights: readonly ContractLight[]): void {
  const names = namesFor(task, lights)
  if (names.some(known => isCalled(known, name))) return
  throw unknownModel(name, names, task === 'speech' ? ' that speaks' : ' that listens')
}

const isCalled = (known: string, name: string) =>
  name === known || (name.startsWith(`${known}-`) && /^-\d{4}(-\d\d(-\d\d)?)?$/.test(name.slice(known.length)))

function unknownModel(name: string, names: readonly string[], does = ''): SeamError {
  return new SeamError('not-found', `There is no model “${name.slice(0, 64)}”${does}: there are ${names.join(', ')}.`, {
    details: { param: 'model', code: 'model_not_found' },
  })
}
