import { contractId, readContractVoice } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { EngineInfo, Segment, VoiceBlend } from '#protocol/speech.ts'
import type { StudioSpeech } from '../features/studio.ts'
import { contractVoices } from './contract-offers.ts'
import { nearestTo } from './contract-stand-in.ts'
import type { ContractShelf } from './contracts.ts'

/** Hz of every plugin's sound, once the companion has brought it to one form. */
const RATE = 24_000

export interface ContractSpeechParts {
  readonly shelf: Pick<ContractShelf, 'find' | 'isUp' | 'of' | 'failed' | 'watch'>
  /** One sentence by a plugin's voice. @throws SeamError */
  speak(segment: Segment, run?: Run): AsyncIterable<PcmChunk>
  /** What speaks with the voices of this page, and where a plugin can't. */
  readonly local: Omit<StudioSpeech, 'infoOf'>
  /** Which version of a plugin was heard last, while it is away. */
  readonly versions: { get(name: string): string | undefined; set(name: string, version: string): void }
}

/** The plugin whose voice this is. A mix of several voices is by its first: plugins mix nothing. */
const pluginVoiceOf = (voice: VoiceBlend) => readContractVoice(voice[0]?.id ?? '')

/**
 * The voices of the companion's plugins beside those of this page. When a plugin fails, a voice of this page goes on in
 * its place, and its chunks say so; in long jobs, whose sound is kept, the failure is told instead.
 */
export function withContractVoices({ shelf, speak, local, versions }: ContractSpeechParts): StudioSpeech {
  const listeners = new Set<() => void>()
  let before = ''

  /** Ends with what went wrong as soon as the plugin is known to be down, rather than when its call is given up. */
  async function* watched(name: string, segment: Segment, run: Run): AsyncGenerator<PcmChunk> {
    const stop = new AbortController()
    const onAbort = () => stop.abort(run.signal?.reason)
    if (run.signal?.aborted) onAbort()
    run.signal?.addEventListener('abort', onAbort, { once: true })
    let isDown = false
    const unwatch = shelf.watch(() => {
      isDown ||= !shelf.isUp(name)
      if (isDown) stop.abort()
    })
    try {
      yield* speak(segment, { signal: stop.signal })
    } catch (error) {
      throw isDown && !run.signal?.aborted ? gone(name, error) : error
    } finally {
      unwatch()
      run.signal?.removeEventListener('abort', onAbort)
    }
  }

  async function* spoken(segment: Segment, run: Run, standIn: boolean): AsyncGenerator<PcmChunk> {
    const name = pluginVoiceOf(segment.voice)!.name
    let given = 0
    let failure: SeamError
    try {
      if (standIn && !shelf.isUp(name)) throw gone(name)
      for await (const chunk of standIn ? watched(name, segment, run) : speak(segment, run)) {
        yield chunk
        given = chunk.at + chunk.samples.length / chunk.sampleRate
      }
      return
    } catch (error) {
      failure = toSeamError(error)
    }
    // What can't be said by one voice need not be tried by another; and what was taken back by nobody.
    if (!standIn || run.signal?.aborted || failure.code === 'cancelled' || failure.code === 'bad-input') throw failure
    shelf.failed(name, 'voice', failure)
    try {
      for await (const chunk of local.speak(
        only({ ...segment, ...nearestTo(segment, find(segment.voice), await local.voices()) }),
        run,
      )) {
        // Plugins tell no times of words: what was heard of the sentence is not known, and all of it is said again.
        const words = (chunk.words ?? []).map(word => ({ ...word, start: word.start + given, end: word.end + given }))
        yield { ...chunk, at: chunk.at + given, ...(chunk.words && { words }), standIn: true }
      }
    } catch (error) {
      // Where nothing can stand in, the plugin is what should be seen to.
      throw toSeamError(error).code === 'not-found' ? failure : error
    }
  }

  const voices = () => contractVoices(shelf.of('tts'))
  const find = ([first]: VoiceBlend) => voices().find(({ id }) => id === first?.id)

  function infoOf(voice: VoiceBlend): EngineInfo {
    const name = pluginVoiceOf(voice)?.name
    if (name === undefined) return local.info
    const light = shelf.find(name)
    if (light && light.version !== versions.get(name)) versions.set(name, light.version)
    return {
      id: contractId(name),
      name: light?.displayName ?? name,
      version: versions.get(name) ?? '',
      languages: [...new Set(voices().flatMap(({ id, lang }) => (id.startsWith(`${name}/`) ? [lang] : [])))],
      sampleRate: RATE,
    }
  }

  const all = async () => [...(await local.voices()), ...voices()]

  local.watch(() => listeners.forEach(listener => listener()))
  // Lights change with every sentence; the voices seldom do.
  shelf.watch(() => {
    const seen = JSON.stringify(voices())
    if (seen === before) return
    before = seen
    listeners.forEach(listener => listener())
  })

  return {
    info: local.info,
    get report() {
      return local.report
    },
    get elsewhere() {
      return local.elsewhere
    },
    infoOf,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    supports: device => local.supports(device),
    load: run => local.load(run),
    voices: all,
    async *speak(segments, run = {}) {
      for await (const segment of segments) {
        yield* pluginVoiceOf(segment.voice) ? spoken(segment, run, true) : local.speak(only(segment), run)
      }
    },
    analyse: input => local.analyse(input),
    async bulk(run) {
      // A text that is spoken by plugins alone needs no weights here.
      let missing: SeamError | undefined
      const opened = await local.bulk(run).catch((error: unknown) => {
        missing = toSeamError(error)
        if (missing.code !== 'not-found') throw missing
      })
      return {
        info: local.info,
        supports: device => local.supports(device),
        load: async () => {},
        voices: all,
        async *speak(segments, each = {}) {
          for await (const segment of segments) {
            if (pluginVoiceOf(segment.voice)) yield* spoken(segment, each, false)
            else if (opened) yield* opened.speak(only(segment), each)
            else throw missing
          }
        },
        close: async () => opened?.close(),
      }
    },
    close: () => local.close(),
  }
}

async function* only(segment: Segment) {
  yield segment
}

const gone = (name: string, cause?: unknown) =>
  new SeamError('engine', `The plugin “${name}” is not there to speak. A voice of this page goes on.`, {
    details: { plugin: name },
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
