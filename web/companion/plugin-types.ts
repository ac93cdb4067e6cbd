import type { JobInfo } from '#protocol/jobs.ts'
import type { OptionValue, PluginInfo } from '#protocol/plugins.ts'

/** One step of a pipeline: a plugin, and the options in which it differs from its defaults. */
export interface PipelineNode {
  readonly id: string
  readonly plugin: string
  readonly options?: Readonly<Record<string, OptionValue>>
}

/** Plugins in a row, as a `.cr` file has them. */
export interface Pipeline {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly nodes: readonly PipelineNode[]
}

/** A pipeline as data, as the text of a `.cr` file, or by the name under which it was saved. */
export type PipelineSource = Pipeline | { readonly toml: string } | { readonly saved: string }

/** One thing that is wrong with a pipeline. */
export interface PipelineProblem {
  readonly code: string
  /** The node that it is about. */
  readonly node: string
  /** A sentence in English. */
  readonly message: string
}

export interface Validation {
  readonly valid: boolean
  readonly problems: readonly PipelineProblem[]
  /** What each node reads and writes; empty while something is wrong. */
  readonly nodes: readonly {
    readonly id: string
    readonly plugin: string
    readonly input: string
    readonly output: string
  }[]
}

export interface PipelineFile {
  /** The file as it is, comments and all. */
  readonly toml: string
  readonly pipeline: Pipeline
}

export interface SavedPipeline extends PipelineFile {
  readonly name: string
}

/** What one plugin said while a job ran. */
export interface LogLine {
  /** ISO 8601. */
  readonly at: string
  /** Of the pipeline; empty when it is the job's own. */
  readonly node: string
  readonly text: string
}

export interface RunRequest {
  readonly pipeline: PipelineSource
  /** Text is sent beside the pipeline. A Blob is the body itself, sent after the pipeline. */
  readonly input: string | Blob
  /** Media type of the input; the first that the first plugin reads when absent. A Blob needs one. */
  readonly type?: string | undefined
  /** Cuts a text at its chapters: several are made at once, and after a crash none is made twice. */
  readonly split?: 'chapters' | undefined
  readonly signal?: AbortSignal
}

/**
 * Plugins, pipelines and jobs of the companion. Every call throws a SeamError: `offline` when nobody answers, else what
 * the companion says.
 */
export interface PluginService {
  plugins(signal?: AbortSignal): Promise<readonly PluginInfo[]>
  /** Starts a plugin with a tiny input: seconds, or minutes for a large model. */
  verify(id: string, signal?: AbortSignal): Promise<PluginInfo>
  validate(pipeline: PipelineSource, inputType?: string, signal?: AbortSignal): Promise<Validation>
  /** Names of those that are saved. */
  pipelines(signal?: AbortSignal): Promise<readonly string[]>
  openPipeline(name: string): Promise<SavedPipeline>
  /** In place of one of the same name. */
  savePipeline(name: string, pipeline: PipelineSource): Promise<SavedPipeline>
  removePipeline(name: string): Promise<void>
  /** @returns the job, which is on the companion's disk by then */
  run(request: RunRequest): Promise<JobInfo>
  /** The newest first. */
  jobs(signal?: AbortSignal): Promise<readonly JobInfo[]>
  job(id: string, signal?: AbortSignal): Promise<JobInfo>
  /** What it does, as it was given. @throws SeamError not-found when that was not kept */
  jobPipeline(id: string): Promise<PipelineFile>
  cancelJob(id: string): Promise<JobInfo>
  /** @throws SeamError conflict while it runs */
  removeJob(id: string): Promise<void>
  log(id: string, signal?: AbortSignal): Promise<readonly LogLine[]>
  /** The output: as it is made while the job runs. */
  stream(id: string, signal?: AbortSignal): Promise<Response>
  /** Where the output can be had, for a link or a player of our own page; a paired page must read the stream. */
  url(id: string): string
}
