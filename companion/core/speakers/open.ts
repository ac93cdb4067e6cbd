import { availableParallelism } from 'node:os'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import type { CompanionVoice } from '#protocol/status.ts'
import { SpeakerPool } from './pool.ts'

/** Milliseconds until processes that nobody asks for are ended: they hold half a gigabyte each. */
const IDLE = 5 * 60_000
/** More threads gave nothing: the graph's kernels are small. */
const MOST_THREADS = 4
/** Processes at most: beyond, memory is dearer than time. */
const MOST_SPEAKERS = 3

/**
 * As many processes as the cores can keep busy.
 * @param wanted threads of each; up to four when absent
 */
export function openSpeakers(models: string, wanted?: number, cores = availableParallelism()): SpeakerPool {
  const threads = wanted ?? Math.min(MOST_THREADS, cores)
  const speakers = Math.max(1, Math.min(MOST_SPEAKERS, Math.floor(cores / threads)))
  return new SpeakerPool({ models, speakers, threads, idle: IDLE })
}

/** What `/status` tells of the companion's own voice. */
export function describeVoice({ options }: SpeakerPool, complete: ReadonlySet<string>): CompanionVoice {
  return {
    engine: kokoroInfo.id,
    version: kokoroInfo.version,
    ready: complete.has(kokoroInfo.id) && complete.has('g2p-en'),
    threads: options.threads * options.speakers,
  }
}
