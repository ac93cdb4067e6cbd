import { contractVoice, readContractVoice, type ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { EngineInfo, Segment, SpeechEngine, Voice, VoiceBlend } from '#protocol/speech.ts'
import type { ContractHost } from './host.ts'

/** Voices of contract plugins, by their ids among all voices. */
export function voicesOf(lights: readonly ContractLight[]): Voice[] {
  return lights.flatMap(({ name, offers }) =>
    (offers.voices ?? []).map(voice => ({ ...voice, id: contractVoice(name, voice.id) })),
  )
}

/** The plugin that a voice is of; undefined for the companion's own. @throws SeamError bad-input, for a mix with others */
export function pluginOf(voice: VoiceBlend): string | undefined {
  const names = voice.map(({ id }) => readContractVoice(id)?.name)
  if (voice.length === 1 || names.every(name => name === undefined)) return names[0]
  throw new SeamError('bad-input', 'Voices of plugins can’t be mixed with others. Name one voice alone.')
}

/** The companion's own voice and those of contract plugins, as one engine: each sentence goes where its voice is. */
export class RoutedSpeech implements SpeechEngine {
  readonly #own: SpeechEngine
  readonly #host: Pick<ContractHost, 'lights' | 'speech'>

  constructor(own: SpeechEngine, host: Pick<ContractHost, 'lights' | 'speech'>) {
    this.#own = own
    this.#host = host
  }

  get info(): EngineInfo {
    return this.#own.info
  }

  supports(): boolean {
    return true
  }

  load(run?: Run): Promise<void> {
    return this.#own.load(run)
  }

  async voices(): Promise<readonly Voice[]> {
    return [...(await this.#own.voices()), ...voicesOf(this.#host.lights())]
  }

  /** Sentences of one place in a row are one run of it: it may begin the next while one is given. */
  async *speak(segments: AsyncIterable<Segment>, run: Run = {}): AsyncGenerator<PcmChunk> {
    const source = segments[Symbol.asyncIterator]()
    let held: IteratorResult<Segment, unknown> | undefined
    async function* from(name: string | undefined): AsyncGenerator<Segment> {
      for (;;) {
        held ??= await source.next()
        if (held.done || pluginOf(held.value.voice) !== name) return
        const { value } = held
        held = undefined
        yield value
      }
    }
    try {
      for (;;) {
        held ??= await source.next()
        if (held.done) return
        const name = pluginOf(held.value.voice)
        const engine = name === undefined ? this.#own : this.#host.speech(name)
        yield* engine.speak(from(name), run)
      }
    } finally {
      await source.return?.()
    }
  }

  /** Whoever made the engines ends them. */
  async close(): Promise<void> {}
}
