import { inject, type InjectionKey } from 'vue'
import type { SpeechEngine } from '#protocol/speech.ts'
import type { Player } from '../audio/sink.ts'
import type { CompanionClient } from '../companion/types.ts'
import type { ModelStore, PcmStore, ProjectStore, StorageMeter } from '../storage/types.ts'

/** A speech engine as the rooms see it: loads itself on first use, and can say what it runs on. */
export interface StudioSpeech extends SpeechEngine {
  /** Which catalogue variant it uses, and how it came to that; undefined before `load`. */
  readonly report: SpeechReport | undefined
  watch(listener: () => void): () => void
}

export interface SpeechReport {
  readonly variant: string
  readonly device: 'webgpu' | 'wasm'
  readonly threads: number
  /** Seconds of work a second of sound, measured here; lower is faster. */
  readonly realTimeFactor: number
  /** A sentence key when the first choice was given up, e.g. a GPU whose sound was wrong. */
  readonly demoted?: string
}

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
}

export const studioKey: InjectionKey<Studio> = Symbol('studio')

export function useStudio(): Studio {
  const studio = inject(studioKey)
  if (!studio) throw new Error('No studio was provided: mount rooms through app/main.ts.')
  return studio
}
