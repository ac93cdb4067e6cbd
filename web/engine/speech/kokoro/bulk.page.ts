import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { kokoroInfo } from './meta.ts'
import { KOKORO_VOICES } from './voices.ts'
import { startWorker, type Assignment, type KokoroWorker } from './worker-handle.page.ts'

/**
 * A worker of one thread a core: together they do more than one worker with all the threads (0.57 against 0.65 seconds a
 * second on two cores), because much of the graph runs on one thread whatever is offered.
 */
export async function speakInParallel({ variant, threads }: Assignment, run: Run): Promise<SpeechEngine> {
  const started = await Promise.allSettled(
    Array.from({ length: threads }, () => startWorker({ device: 'wasm', variant, threads: 1 }, run)),
  )
  const workers = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  if (workers.length === 0) throw started.find(result => result.status === 'rejected')?.reason
  const idle = [...workers]
  const waiting: ((worker: KokoroWorker) => void)[] = []

  const take = () => {
    const worker = idle.pop()
    return worker ? Promise.resolve(worker) : new Promise<KokoroWorker>(resolve => waiting.push(resolve))
  }
  const give = (worker: KokoroWorker) => {
    const next = waiting.shift()
    if (next) next(worker)
    else idle.push(worker)
  }

  async function render(segment: Segment, signalled: Run): Promise<PcmChunk[]> {
    const worker = await take()
    try {
      signalled.signal?.throwIfAborted()
      return await Array.fromAsync(worker.peer.stream('speak', segment, signalled))
    } finally {
      give(worker)
    }
  }

  return {
    info: kokoroInfo,
    supports: () => true,
    load: async () => {},
    voices: async () => KOKORO_VOICES,
    async *speak(segments, signalled = {}) {
      const ahead: Promise<PcmChunk[]>[] = []
      const next = async function* () {
        const first = ahead.shift()
        if (first) yield* await first
      }
      for await (const segment of segments) {
        const rendering = render(segment, signalled)
        // Read in order below; a failure further on must not count as unhandled until then.
        rendering.catch(() => undefined)
        ahead.push(rendering)
        if (ahead.length > workers.length) yield* next()
      }
      while (ahead.length > 0) yield* next()
    },
    close: async () => workers.forEach(({ peer }) => peer.terminate()),
  }
}
