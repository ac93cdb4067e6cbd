import { availableParallelism } from 'node:os'
import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import type { CompanionListening } from '#protocol/status.ts'
import { matchLang } from '../match-lang.ts'
import { ListenerPool } from './pool.ts'

/** Milliseconds until processes that nobody asks for are ended: they hold a quarter of a gigabyte each. */
const IDLE = 5 * 60_000
/** More threads gave nothing: the decoder makes one small step at a time. */
const MOST_THREADS = 2
/** Processes at most: beyond, memory is dearer than time. */
const MOST_LISTENERS = 4

/** Weights that listening can't do without. */
export const HEARING_MODEL = moonshineInfo.id

/**
 * As many processes as the cores can keep busy.
 * @param wanted threads of each; up to two when absent
 */
export function openListeners(models: string, wanted?: number, cores = availableParallelism()): ListenerPool {
  const threads = Math.min(wanted ?? MOST_THREADS, MOST_THREADS, cores)
  const listeners = Math.max(1, Math.min(MOST_LISTENERS, Math.floor(cores / threads)))
  return new ListenerPool(moonshineInfo, { models, listeners, threads, idle: IDLE })
}

/** What `/status` tells of the companion's own ears. */
export function describeListening({ info, options }: ListenerPool, complete: ReadonlySet<string>): CompanionListening {
  return {
    engine: info.id,
    version: info.version,
    ready: complete.has(HEARING_MODEL),
    threads: options.threads * options.listeners,
  }
}

/**
 * The language of the recogniser that a tag means.
 * @throws SeamError bad-input, naming those that there are
 */
export function heardLang(tag: string, languages: readonly Lang[] = moonshineInfo.languages): Lang {
  const found = matchLang(tag, languages)
  if (found !== undefined) return found
  throw new SeamError(
    'bad-input',
    `“${tag.slice(0, 35)}” is no language that is understood here: there are ${languages.join(', ')}.`,
  )
}
