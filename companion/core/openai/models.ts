import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { SeamError } from '#protocol/errors.ts'

type Task = 'speech' | 'transcription'

/** What may be named: our own models first, then those of OpenAI that programs ask for, which ours stand in for. */
const NAMES: Readonly<Record<Task, readonly string[]>> = {
  speech: [kokoroInfo.id, 'tts-1', 'tts-1-hd', 'gpt-4o-mini-tts'],
  transcription: [moonshineInfo.id, 'whisper-1', 'gpt-4o-transcribe', 'gpt-4o-mini-transcribe'],
}

/** Models as `GET /v1/models` lists them. */
export interface ListedModel {
  readonly id: string
  readonly object: 'model'
  /** Seconds since 1970; nobody counts from it here. */
  readonly created: number
  readonly owned_by: string
}

const listed = (id: string): ListedModel => ({ id, object: 'model', created: 0, owned_by: 'voxloom' })

export const listModels = (): readonly ListedModel[] => Object.values(NAMES).flat().map(listed)

/** One, by its name; OpenAI's may have a date behind it. @throws SeamError not-found */
export function findListed(name: string): ListedModel {
  if (
    !Object.values(NAMES)
      .flat()
      .some(known => isCalled(known, name))
  )
    throw unknownModel(name)
  return listed(name)
}

/** @throws SeamError not-found, naming what there is */
export function checkModel(name: string, task: Task): void {
  if (!NAMES[task].some(known => isCalled(known, name))) throw unknownModel(name, task)
}

const isCalled = (known: string, name: string) =>
  name === known || (name.startsWith(`${known}-`) && /^-\d{4}(-\d\d(-\d\d)?)?$/.test(name.slice(known.length)))

function unknownModel(name: string, task?: Task): SeamError {
  const names = task ? NAMES[task] : Object.values(NAMES).flat()
  const forTask = task === undefined ? '' : task === 'speech' ? ' that speaks' : ' that listens'
  return new SeamError(
    'not-found',
    `There is no model “${name.slice(0, 64)}”${forTask}: there are ${names.join(', ')}.`,
    {
      details: { param: 'model', code: 'model_not_found' },
    },
  )
}
