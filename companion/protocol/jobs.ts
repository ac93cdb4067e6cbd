/** A job's life. What waits, works, and how it may end. */
export const JOB_STATES = ['pending', 'running', 'done', 'failed', 'cancelled', 'interrupted'] as const
export type JobState = (typeof JOB_STATES)[number]

/** Whether nothing more will happen to a job. */
export const isOver = (state: JobState): boolean => state !== 'pending' && state !== 'running'

/** A pipeline run that the daemon does on somebody's behalf. */
export interface JobInfo {
  readonly id: string
  /** Name of the pipeline. */
  readonly pipeline: string
  readonly state: JobState
  readonly inputType: string
  readonly outputType: string
  /** Bytes. */
  readonly inputBytes: number
  /** Bytes of input that the first plugin has been given. */
  readonly consumed: number
  readonly outputBytes: number
  /** ISO 8601. */
  readonly created: string
  readonly started?: string | undefined
  readonly finished?: string | undefined
  /** How often it was begun: more than once when the daemon died in between. */
  readonly attempts: number
  /** Why it failed or was interrupted, as a sentence. */
  readonly message?: string | undefined
  readonly warnings: number
}
