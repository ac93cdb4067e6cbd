import { SeamError } from '#protocol/errors.ts'
import type { Handlers } from '#protocol/peer.ts'
import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { LoadOutput, TranscriberCalls } from './calls.ts'
import { Inlet } from './inlet.ts'
import type { ListeningTranscriber } from './stream.ts'

export interface ListeningService extends LoadOutput {
  readonly transcriber: ListeningTranscriber
}

export interface HandlerParts<Load> {
  open(input: Load, run: Run): Promise<ListeningService>
  /** Bytes of WebAssembly memory. */
  heap(): number
}

/** What answers TranscriberCalls. */
export function transcriberHandlers<Load>({ open, heap }: HandlerParts<Load>): Handlers<TranscriberCalls<Load>> {
  const inlets = new Map<number, Inlet<SoundChunk>>()
  let opened: Promise<ListeningService> | undefined

  const service = () => {
    if (!opened) throw new SeamError('internal', 'The transcriber was asked to listen before it was loaded.')
    return opened
  }

  return {
    async load(input, run) {
      opened ??= open(input, run)
      try {
        const { transcriber, detector } = await opened
        await transcriber.load(run)
        return { detector }
      } catch (error) {
        opened = undefined
        throw error
      }
    },
    listen({ session, ...how }, run) {
      // At once: the first chunk is on its way behind this.
      const inlet = new Inlet<SoundChunk>()
      inlets.set(session, inlet)
      return (async function* () {
        try {
          yield* (await service()).transcriber.listen(inlet, { ...how, signal: run.signal })
        } finally {
          inlet.leave()
          inlets.delete(session)
        }
      })()
    },
    async push({ session, chunk }) {
      await inlets.get(session)?.push(chunk)
      return null
    },
    finish({ session }) {
      inlets.get(session)?.end()
      return null
    },
    vitals: async () => ({ heap: heap(), realTimeFactor: (await opened)?.transcriber.realTimeFactor }),
  }
}
