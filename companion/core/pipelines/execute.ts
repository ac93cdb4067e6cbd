import { setFlagsFromString } from 'node:v8'
import { SeamError } from '#protocol/errors.ts'
import { PluginRun, type NodeTraffic, type PlannedNode, type RunHooks } from './plugin-run.ts'

// What flows through lies outside V8's heap, and is freed when its small handle is: with a young generation of usual size
// a hundred megabytes of sound wait for that. A small one halves the memory, and is quicker at it.
setFlagsFromString('--max-semi-space-size=2')
setFlagsFromString('--semi-space-growth-factor=1')

/** A pipeline that was checked: what starts, in which order, and what flows. See plan.ts. */
export interface PipelinePlan {
  readonly name: string
  readonly nodes: readonly PlannedNode[]
  /** Types of what goes in and of what comes out, as handshakes show them. */
  readonly inputType: string
  readonly outputType: string
}

export interface ExecuteOptions extends RunHooks {
  readonly signal?: AbortSignal
  /** Called with every piece of output and at the end: what went through each node so far, in order. */
  readonly onTraffic?: (traffic: readonly NodeTraffic[]) => void
}

/**
 * Runs a pipeline: starts every plugin, and gives the last one's output as it comes. Nothing is collected on the way:
 * whoever reads slowly slows the whole row down. When the iteration is over, however it ended, every process is gone.
 * @throws SeamError engine or bad-input (a plugin, named in details), cancelled, or whatever `input` threw
 */
export async function* executePipeline(
  { nodes }: PipelinePlan,
  input: AsyncIterable<Uint8Array>,
  options: ExecuteOptions = {},
): AsyncGenerator<Buffer> {
  const { signal, onTraffic, ...hooks } = options
  if (signal?.aborted) throw cancelled()
  const source = new Source(input)
  const runs: PluginRun[] = []
  const stopAll = () => runs.forEach(run => run.fail(cancelled()))
  signal?.addEventListener('abort', stopAll, { once: true })
  try {
    for (const node of nodes) runs.push(new PluginRun(node, hooks))
    let stream: AsyncIterable<Uint8Array> = source
    for (const [at, run] of runs.entries()) {
      stream = run.output(stream, () => {
        source.stop()
        for (const before of runs.slice(0, at)) void before.stop()
      })
    }
    for await (const piece of stream as AsyncIterable<Buffer>) {
      yield piece
      onTraffic?.(runs.map(({ traffic }) => traffic))
    }
    if (signal?.aborted) throw cancelled()
    // What went in after the last piece of output, or all of it when there was none.
    onTraffic?.(runs.map(({ traffic }) => traffic))
  } finally {
    signal?.removeEventListener('abort', stopAll)
    source.stop()
    await Promise.all(runs.map(run => run.stop()))
  }
}

const cancelled = () => new SeamError('cancelled', 'The run was stopped; every program of it has ended.')

/** The input, which somebody may wait for while it says nothing: a terminal, a socket. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #input: AsyncIterable<Uint8Array>
  #reading: AsyncIterator<Uint8Array> | undefined
  #stopped = false
  /** Ends the read that is under way. */
  #wake: (() => void) | undefined

  constructor(input: AsyncIterable<Uint8Array>) {
    this.#input = input
  }

  stop(): void {
    if (this.#stopped) return
    this.#stopped = true
    this.#wake?.()
    this.#leave()
  }

  /** Lets go of what the input holds. Not waited for: an input that hangs in its own read would never answer. */
  #leave(): void {
    void Promise.resolve(this.#reading?.return?.()).catch(() => undefined)
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const inner = (this.#reading = this.#input[Symbol.asyncIterator]())
    const over: IteratorResult<Uint8Array> = { done: true, value: undefined }
    return {
      next: () =>
        new Promise((resolve, reject) => {
          if (this.#stopped) return resolve(over)
          this.#wake = () => resolve(over)
          inner.next().then(resolve, reject)
        }),
      return: async () => {
        this.#leave()
        return over
      },
    }
  }
}
