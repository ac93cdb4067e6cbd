import { inject, type InjectionKey } from 'vue'
import type { SpeechReport } from '#engine/report.ts'
import type { Run } from '#protocol/run.ts'
import type { LexiconEntry, Lang, SpeechEngine } from '#protocol/speech.ts'
import type { Analysis } from '#text/g2p/phonemizer.ts'
import type { Player } from '../audio/sink.ts'
import type { PluginService } from '../companion/plugin-types.ts'
import type { CompanionClient } from '../companion/types.ts'
import type { ModelStore, PcmStore, ProjectStore, StorageMeter } from '../storage/types.ts'

/** A speech engine as the rooms see it: loads itself on first use, and can say what it runs on. */
export interface StudioSpeech extends SpeechEngine {
  /** What it runs on; undefined before `load`. */
  readonly report: SpeechReport | undefined
  watch(listener: () => void): () => void
  /** How a text will be read: phonemes, the source of each word, and what can't be spoken. */
  analyse(input: { text: string; lang: Lang; lexicon: readonly LexiconEntry[] }): Promise<Analysis>
  /** Whether the companion speaks in the browser's place, and why not. */
  readonly elsewhere: VoicesElsewhere
  /** An engine for long jobs, quicker in the whole and later with the first sound. Close it after the job. */
  bulk(run?: Run): Promise<SpeechEngine>
}

/**
 * `used`: the companion speaks. Else the browser does, because nobody wants it otherwise, or because the companion is
 * being looked for, is not there, has another version of the voice, or none of its weights.
 */
export type VoicesElsewhere = 'used' | 'unwanted' | 'looking' | 'absent' | 'other-version' | 'no-weights'

export type { SpeechReport }

/** The concrete parts, put together in app/composition.ts and handed to the rooms. */
export interface Studio {
  readonly projects: ProjectStore
  readonly pcm: PcmStore
  readonly models: ModelStore
  readonly meter: StorageMeter
  readonly speech: StudioSpeech
  /** Made at the first call, which must come from a user gesture. */
  player(): Promise<Player>
  readonly companion: CompanionClient
  /** Plugins, pipelines and jobs of the companion; every call fails with `offline` while there is none. */
  readonly plugins: PluginService
}

export const studioKey: InjectionKey<Studio> = Symbol('studio')

export function useStudio(): Studio {
  const studio = inject(studioKey)
  if (!studio) throw new Error('No studio was provided: mount rooms through app/main.ts.')
  return studio
}
