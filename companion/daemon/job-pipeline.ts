import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { unknownJob, type JobRequest } from '../core/jobs/runner.ts'
import { formatCr } from '../core/pipelines/cr-edit.ts'
import { SavedPipelines } from '../core/pipelines/saved.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { readSaved, type GivenPipeline } from './pipeline-source.ts'

/** The file `pipeline.cr` beside a job’s input and output. */
const NAME = 'pipeline'
const folderOf = ({ files }: PluginHost, id: string) => new SavedPipelines(join(files.folder, id))

/**
 * Takes a job, and keeps its pipeline with it, in the words in which it came.
 * @throws SeamError as `JobRunner.submit` does, and bad-input for a pipeline that is too large for a `.cr` file
 */
export async function submitJob(
  host: PluginHost,
  { pipeline, text = formatCr(pipeline) }: GivenPipeline,
  request: Omit<JobRequest, 'pipeline'>,
) {
  const taken = await host.jobs.submit({ ...request, pipeline })
  try {
    if (taken.isNew) folderOf(host, taken.job.id).save(NAME, pipeline, text)
  } catch {
    // The disk is full: the job has all that it needs, and the page can't show how it was made.
  }
  return taken
}

/** What a job does, as data and as the text of a `.cr` file. @throws SeamError not-found */
export function jobPipeline(host: PluginHost, id: string) {
  // An id is no path: only one that is known leads into a folder.
  if (!host.jobs.get(id)) throw unknownJob(id)
  const folder = folderOf(host, id)
  if (folder.list().length === 0) {
    throw new SeamError('not-found', `The pipeline of the job “${id}” was not kept. Its output and its log are there.`)
  }
  return readSaved(folder, NAME)
}
