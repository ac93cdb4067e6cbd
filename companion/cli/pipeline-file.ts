import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { fileError, isMissing } from '../core/models/files.ts'
import { MAX_PIPELINE, parsePipeline, type Pipeline } from '../core/pipelines/cr.ts'
import { SavedPipelines } from '../core/pipelines/saved.ts'
import type { Context } from './context.ts'

/** @throws SeamError bad-input, not-found, refused */
export async function readPipeline(path: string): Promise<Pipeline> {
  let text: string
  try {
    const { size } = await stat(path)
    if (size > 4 * MAX_PIPELINE) throw new SeamError('bad-input', `${path} has ${size} bytes: too many for a pipeline.`)
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    if (error instanceof TypeError) throw new SeamError('bad-input', `${path} is not UTF-8, and no pipeline.`)
    throw fileError(error, path, 'read')
  }
  return parsePipeline(text, path)
}

/** The file that `given` names, or else the pipeline that was saved under this name. @throws SeamError as above */
export async function openPipeline(given: string, { config }: Pick<Context, 'config'>): Promise<Pipeline> {
  const saved = new SavedPipelines(join(config.folders.config, 'pipelines'))
  // A path names a file alone.
  const isSaved = saved.list().includes(given)
  // A folder of that name is not what was meant.
  if (isSaved && !(await isThere(given))) return readPipeline(saved.path(given))
  try {
    return await readPipeline(given)
  } catch (error) {
    if (!(error instanceof SeamError && error.code === 'not-found')) throw error
    throw new SeamError('not-found', `There is no ${given}, and no such pipeline in ${saved.folder}.`, { cause: error })
  }
}

/** Whether something stands there that is no folder, readable or not. */
const isThere = async (path: string) => {
  try {
    return !(await stat(path)).isDirectory()
  } catch (error) {
    return !isMissing(error)
  }
}
