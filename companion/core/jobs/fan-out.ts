import { createReadStream } from 'node:fs'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import type { PartRunner, PartTask, StageFiles } from './parts.ts'

export interface FanOutOptions {
  readonly stages: StageFiles
  readonly runner: PartRunner
  readonly signal: AbortSignal
  readonly hooks?: RunHooks
  /** Told when another part is there: how many are, of how many. */
  readonly onPart: (done: number, total: number) => void
}

/**
 * Has all parts made, several at once, and gives their outcomes in order, each as soon as those before it were given.
 * What is there already is not made again. @throws what a part threw; the others are stopped then
 */
export async function* fanOut(tasks: readonly PartTask[], options: FanOutOptions): AsyncGenerator<Buffer> {
  const { stages, runner, onPart } = options
  const abort = new AbortController()
  const signal = AbortSignal.any([options.signal, abort.signal])
  let done = 0
  const made = new Map<string, Promise<void>>()
  const waiting: (() => void)[] = []
  let free = runner.width

  /** Another job may be at work on the same part: what it makes is there afterwards, or is still to be made. */
  const make = (task: PartTask) => stages.alone(task.key, () => makeMissing(task), signal)

  async function makeMissing(task: PartTask): Promise<void> {
    // Before anything is waited for, so that the first of the text is the first to be made.
    if (free > 0) free--
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      signal.throwIfAborted()
      if (stages.has(task.key)) await stages.touch(task.key)
      else await stages.keep(task.key, runner.run(task, signal, options.hooks))
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }

  const letGo = stages.hold(tasks.map(({ key }) => key))
  try {
    for (const task of tasks) {
      // Two chapters with the same words are one piece of work.
      const known = made.get(task.key)
      const making = (known ?? make(task)).then(() => onPart(++done, tasks.length))
      making.catch(() => undefined)
      if (!known) made.set(task.key, making)
    }
    for (const { key } of tasks) {
      await made.get(key)
      yield* createReadStream(stages.path(key)) as AsyncIterable<Buffer>
    }
  } finally {
    abort.abort()
    waiting.splice(0).forEach(go => go())
    await Promise.allSettled(made.values())
    letGo()
  }
}
