import { contractId, readContractVoice } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { EngineInfo, Segment, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'
import type { StudioSpeech } from '../features/studio.ts'
import { contractVoices } from './contract-offers.ts'
import { nearestTo } from './contract-stand-in.ts'
import { watchCall } from './contract-watch.ts'
import type { ContractShelf } from './contracts.ts'

/** Hz of every plugin's sound, once the companion has brought it to one form. */
const RATE = 24_000

export interface ContractSpeechParts {
  readonly shelf: Pick<ContractShelf, 'find' | 'isUp' | 'isDown' | 'of' | 'failed' | 'watch'>
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
 * its place, and its chunks say so.
 */
export function withContractVoices({ shelf, speak, local, versions }: ContractSpeechParts): StudioSpeech {
  const listeners = new Set<() => void>()
  /** Plugins whose absence was told: once, however many sentences it lasts. */
  const absent = new Set<string>()
  let before = ''

  /** Ends with what went wrong as soon as the plugin is known to be down, rather than when its call is given up. */
  async function* watched(name: string, segment: Segment, run: Run): AsyncGenerator<PcmChunk> {
    const call = watchCall(shelf, name, run.signal)
    try {
      yield* speak(segment, { signal: call.signal })
    } catch (error) {
      throw call.isDown ? gone(name, error) : error
    } finally {
      call.close()
    }
  }

  /** @param whole nobody listens yet: a sentence is given once all of it is there, so that nothing of it is said twice */
  async function* spoken(segment: Segment, run: Run, whole = false): AsyncGenerator<PcmChunk> {
    const name = pluginVoiceOf(segment.voice)!.name
    const held: PcmChunk[] = []
    const isUp = shelf.isUp(name)
    let given = 0
    let failure: SeamError
    try {
      if (!isUp) throw gone(name)
      for await (const chunk of watched(name, segment, run)) {
        if (whole) held.push(chunk)
        else {
          yield chunk
          given = chunk.at + chunk.samples.length / chunk.sampleRate
        }
      }
      absent.delete(name)
      yield* held
      return
    } catch (error) {
      failure = toSeamError(error)
    }
    // What can't be said by one voice need not be tried by another; and what was taken back by nobody.
    if (run.signal?.aborted || failure.code === 'cancelled' || failure.code === 'bad-input') throw failure
    // To tell it leaves the plugin alone for a while: one that was not even asked would never be asked again.
    let isTold = !isUp && absent.has(name)
    try {
      for await (const chunk of local.speak(
        only({ ...segment, ...nearestTo(segment, find(segment.voice), await local.voices()) }),
        run,
      )) {
        // Not before: where nothing stands in, nobody may be told that something did.
        if (!isTold) shelf.failed(name, 'voice', failure)
        isTold = true
        absent.add(name)
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
        yield* pluginVoiceOf(segment.voice) ? spoken(segment, run) : local.speak(only(segment), run)
      }
    },
    analyse: input => local.analyse(input),
    async bulk(run) {
      // A text that is spoken by plugins alone needs neither weights nor workers of ours.
      let opening: Promise<SpeechEngine> | undefined
      const own = () => (opening ??= local.bulk(run))
      return {
        info: local.info,
        supports: device => local.supports(device),
        load: async () => {},
        voices: all,
        async *speak(segments, each = {}) {
          for await (const segment of segments) {
            yield* pluginVoiceOf(segment.voice) ? spoken(segment, each, true) : (await own()).speak(only(segment), each)
          }
        },
        close: async () => (await opening?.catch(() => undefined))?.close(),
      }
    },
    close: () => local.close(),
  }
}

async function* only(segment: Segment) {
  yield segment
}

const gone = (name: string, cause?: unknown) =>
  new SeamError('engine', `The plugin “${name}” is not there to speak.`, {
    details: { plugin: name },
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  })
