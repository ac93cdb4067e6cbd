import type { Talk } from './talk.ts'

/**
 * The talk that goes on: begun when somebody first needs it, and left when another conversation is chosen. Changes follow
 * each other in the order in which they were asked for.
 * @param begin makes a talk; `ready` resolves when the conversation that it belongs to is the one that is shown
 * @param settled resolves when all that was said is kept
 */
export function createCurrentTalk(begin: (ready: Promise<unknown>) => Promise<Talk>, settled: () => Promise<unknown>) {
  let talk: Talk | undefined
  let talking: Promise<Talk> | undefined
  let changed: Promise<unknown> = Promise.resolve()
  let isLeft = Promise.withResolvers<undefined>()

  return {
    /** The one that goes on. Whoever waited for anything asks again: another conversation may have been chosen. */
    get now(): Talk | undefined {
      return talk
    },

    /** The talk, begun by now; undefined when it was left before it had begun. From a user gesture. @throws SeamError */
    async ensure(): Promise<Talk | undefined> {
      if (talk) return talk
      const begun: Promise<Talk> = (talking ??= begin(changed).then(
        made => {
          if (talking === begun) talk = made
          return made
        },
        (error: unknown) => {
          if (talking === begun) talking = undefined
          throw error
        },
      ))
      return Promise.race([begun, isLeft.promise])
    },

    /** Does it with the talk that goes on, or is being begun. */
    async withBegun(work: (talk: Talk) => void): Promise<void> {
      const begun = await talking?.catch(() => undefined)
      if (begun) work(begun)
    },

    /** Ends the talk, and does `next` when all of it is kept. One that is begun meanwhile waits for that. */
    leave(next: () => unknown): Promise<void> {
      const [left, begun, before] = [talk, talking, changed]
      talk = talking = undefined
      isLeft.resolve(undefined)
      isLeft = Promise.withResolvers()
      // One that is still on its way has nothing to keep: nobody waits for it.
      if (!left) void begun?.then(made => made.close()).catch(() => undefined)
      const over = (async () => {
        // At once: its microphone is open.
        await left?.close()
        await before
        await settled()
        await next()
      })()
      changed = over.catch(() => undefined)
      return over
    },
  }
}
