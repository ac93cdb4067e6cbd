import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment } from '#protocol/speech.ts'
import type { CompanionSpeech } from '../companion/speech.ts'
import type { CompanionClient } from '../companion/types.ts'
import type { SpeechReport, StudioSpeech, VoicesElsewhere } from '../features/studio.ts'

export interface SpeechParts {
  /** The engine in this browser. */
  readonly local: Omit<StudioSpeech, 'elsewhere' | 'infoOf'>
  /** The same engine in the companion. */
  readonly remote: CompanionSpeech
  readonly companion: CompanionClient
  /** Whether the user would rather have the companion speak. Read at every sentence. */
  readonly wanted: () => boolean
  /** Calls back when that may have changed. */
  readonly onWish: (listener: () => void) => void
}

/**
 * One engine out of two: the companion's where it is wanted and there, else the browser's. Both make the same sound of
 * the same sentence, so what one of them made need not be made by the other. When the companion goes away in
 * mid-sentence, the browser speaks the rest.
 */
export function createStudioSpeech({
  local,
  remote,
  companion,
  wanted,
  onWish,
}: SpeechParts): Omit<StudioSpeech, 'infoOf'> {
  const listeners = new Set<() => void>()
  const tell = () => listeners.forEach(listener => listener())
  /** It failed in the middle of its work, and was not seen again since. */
  let failed = false
  let before = elsewhere()

  function elsewhere(): VoicesElsewhere {
    if (!wanted()) return 'unwanted'
    const voice = companion.status?.voice
    if (companion.state === 'connecting') return 'looking'
    if (companion.state !== 'paired') return 'absent'
    if (!voice || voice.engine !== local.info.id || voice.version !== local.info.version) return 'other-version'
    if (!voice.ready) return 'no-weights'
    return failed ? 'absent' : 'used'
  }

  function look(): void {
    const now = elsewhere()
    if (now === before) return
    before = now
    tell()
  }
  local.watch(tell)
  onWish(look)
  companion.watch(() => {
    failed = false
    look()
  })

  function giveUp({ code }: SeamError): void {
    // One voice that it lacks says nothing about the others.
    if (code === 'not-found') return
    failed = true
    look()
    // It may be gone for good, or there again at once: the status says so.
    void companion.refresh()
  }

  async function* speakOne(segment: Segment, run: Run): AsyncGenerator<PcmChunk> {
    look()
    let given = 0
    let words = 0
    if (elsewhere() === 'used') {
      try {
        for await (const chunk of remote.speak(segment, run)) {
          yield chunk
          given = chunk.at + chunk.samples.length / chunk.sampleRate
          words = chunk.words?.at(-1)?.to ?? words
        }
        return tell()
      } catch (error) {
        const seen = toSeamError(error)
        if (seen.code !== 'offline' && seen.code !== 'engine' && seen.code !== 'not-found') throw error
        giveUp(seen)
      }
    }
    const sound = local.speak(only(segment), run)
    yield* given > 0 ? rest(sound, given, words) : sound
  }

  return {
    info: local.info,
    get report(): SpeechReport | undefined {
      const voice = companion.status?.voice
      if (elsewhere() !== 'used' || !voice) return local.report
      return {
        variant: 'int8',
        device: 'companion',
        threads: voice.threads,
        realTimeFactor: remote.realTimeFactor,
      }
    },
    get elsewhere() {
      return elsewhere()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    supports: device => local.supports(device),
    load: async run => (elsewhere() === 'used' ? undefined : local.load(run)),
    voices: () => local.voices(),
    async *speak(segments, run = {}) {
      for await (const segment of segments) yield* speakOne(segment, run)
    },
    analyse: input => local.analyse(input),
    async bulk(run) {
      if (elsewhere() !== 'used') return local.bulk(run)
      return { ...this, close: async () => {} }
    },
    async close() {
      remote.close()
      await local.close()
    },
  }
}

/**
 * What comes after `given` seconds of a sentence of which the words up to the offset `words` were heard from somebody
 * else. Both speak alike, but not always in the same pieces, so the rest begins at the first word that is still to come.
 */
async function* rest(sound: AsyncIterable<PcmChunk>, given: number, words: number): AsyncGenerator<PcmChunk> {
  let shift: number | undefined
  for await (const chunk of sound) {
    const next = shift === undefined ? chunk.words?.find(({ from }) => from >= words) : undefined
    if (shift === undefined && !next) {
      // Nothing was left but the silence at its end.
      if (chunk.last) yield { ...chunk, samples: new Float32Array(0), at: given, words: [] }
      continue
    }
    const from = next ? Math.max(0, Math.floor((next.start - chunk.at) * chunk.sampleRate)) : 0
    shift ??= given - (chunk.at + from / chunk.sampleRate)
    const moved = (chunk.words ?? []).filter(word => word.from >= words)
    yield {
      ...chunk,
      samples: chunk.samples.slice(from),
      at: chunk.at + from / chunk.sampleRate + shift,
      words: moved.map(word => ({ ...word, start: word.start + shift!, end: word.end + shift! })),
    }
  }
}

async function* only(segment: Segment) {
  yield segment
}
