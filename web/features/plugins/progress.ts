import type { JobInfo } from '#protocol/jobs.ts'
import type { Progress } from '#protocol/run.ts'

/** How far a job is. The first plugin may swallow everything at once and work on: then that can’t be known. */
export function progressOf({ state, consumed, inputBytes }: JobInfo): Progress {
  return state === 'running' && consumed < inputBytes ? { done: consumed, total: inputBytes } : { done: 0 }
}
