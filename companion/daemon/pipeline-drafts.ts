import { createHash } from 'node:crypto'
import { SeamError } from '#protocol/errors.ts'
import type { GivenPipeline } from './pipeline-source.ts'

/** Pipelines that wait for their input, of 1 MiB at most each; the oldest makes room for one more. */
export const MAX_DRAFTS = 32

/** Pipelines that nobody saved, until an input comes that is too large, or no text, to stand beside them. */
export class PipelineDrafts {
  readonly #drafts = new Map<string, GivenPipeline>()

  /** @returns its name: the same for the same pipeline */
  add(given: GivenPipeline): string {
    const words = given.text ?? JSON.stringify(given.pipeline)
    const name = createHash('sha256').update(words).digest('hex').slice(0, 32)
    this.#drafts.delete(name)
    this.#drafts.set(name, given)
    const [oldest] = this.#drafts.keys()
    if (this.#drafts.size > MAX_DRAFTS) this.#drafts.delete(oldest!)
    return name
  }

  /** @throws SeamError not-found */
  find(name: string): GivenPipeline {
    const found = this.#drafts.get(name)
    if (found) return found
    throw new SeamError(
      'not-found',
      `There is no draft “${name.slice(0, 64)}”: the companion keeps the last ${MAX_DRAFTS} until it ends. Nothing was started; send the pipeline to /pipeline/draft again.`,
    )
  }
}
