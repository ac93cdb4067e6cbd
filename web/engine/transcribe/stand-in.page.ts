import { type SeamError, toSeamError } from '#protocol/errors.ts'
import type { SoundChunk, TranscriberInfo } from '#protocol/transcribe.ts'
import { captionsOf } from './captions.ts'
import type { HearRun } from './events.ts'
import { type Listener, listenThrough, type SessionParts } from './session.ts'
import type { TranscriberClient } from './worker-transcriber.page.ts'

export interface StandInOptions {
  /** What listens where nobody else does. */
  readonly local: TranscriberClient
  /** Who should listen now; undefined where that is the local one. Asked again between any two sentences. */
  first(): TranscriberClient | undefined
  /** Calls back when that may have changed. @returns an end to it */
  watch(listener: () => void): () => void
  /**
   * Told when the local one begins to listen for want of the first, which need not have been in the middle of anything.
   * @returns what is thrown where the local one can't listen either
   */
  missed?(): SeamError
  /** Who it says it is; whoever listens now when absent. */
  readonly info?: TranscriberInfo
}

/** A worker of one of several transcribers, until another one should listen. */
interface Lent extends Listener {
  readonly owner: TranscriberClient
  readonly worker: Listener
}

/**
 * One transcriber out of two: the first as long as it is there, else the local one. A sound goes on where the other one
 * left it, and nothing that was told is lost: see session.ts.
 */
export function createStandIn({ local, first, watch, missed, info }: StandInOptions): TranscriberClient {
  const now = () => first() ?? local

  async function lend(owner: TranscriberClient): Promise<Lent> {
    const worker = await owner.parts.worker()
    return {
      owner,
      worker,
      peer: worker.peer,
      get retired() {
        return worker.retired || now() !== owner
      },
    }
  }

  const parts: SessionParts<Lent> = {
    async worker() {
      const wanted = now()
      let failure: SeamError | undefined
      if (wanted === local) failure = missed?.()
      else {
        try {
          return await lend(wanted)
        } catch (error) {
          failure = toSeamError(error)
        }
      }
      return lend(local).catch((error: unknown) => {
        throw failure ?? error
      })
    },
    leave: ({ owner, worker }, failed) => owner.parts.leave(worker, failed),
    note: ({ owner, worker }, vitals) => owner.parts.note(worker, vitals),
  }

  const listen = (sound: AsyncIterable<SoundChunk>, run: HearRun = {}) => listenThrough(parts, sound, run)

  return {
    get info() {
      return info ?? now().info
    },
    get report() {
      return now().report
    },
    watch(listener) {
      const ends = [local.watch(listener), watch(listener)]
      return () => ends.forEach(end => end())
    },
    supports: device => now().supports(device),
    load: run => now().load(run),
    parts,
    listen,
    transcribe: (sound, run) => captionsOf(listen(sound, run)),
    close: () => local.close(),
  }
}
