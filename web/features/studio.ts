import { inject, type InjectionKey } from 'vue'
import type { SpeechReport, TranscriberReport } from '#engine/report.ts'
import type { HearingEvent, HearRun } from '#engine/transcribe/events.ts'
import type { Run } from '#protocol/run.ts'
import type { EngineInfo, LexiconEntry, Lang, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'
import type { SoundChunk, Transcriber } from '#protocol/transcribe.ts'
import type { Analysis } from '#text/g2p/phonemizer.ts'
import type { Microphone, MicrophoneWish } from '../audio/capture/types.ts'
import type { SoundFile } from '../audio/decode/types.ts'
import type { Player, SpeakerPlayer } from '../audio/sink.ts'
import type { ContractService } from '../companion/contracts.ts'
import type { PluginService } from '../companion/plugin-types.ts'
import type { CompanionClient } from '../companion/types.ts'
import type { LanguageService } from '../companion/language.ts'
import type { LanguageShelf } from '../engine/language/shelf.page.ts'
import type {
  ConversationStore,
  ModelStore,
  PcmStore,
  PersonaStore,
  ProjectStore,
  StorageMeter,
  TranscriptStore,
} from '../storage/types.ts'
import type { StudioContracts } from './contract-types.ts'

/** A speech engine as the rooms see it: loads itself on first use, and can say what it runs on. */
export interface StudioSpeech extends SpeechEngine {
  /** What it runs on; undefined before `load`. */
  readonly report: SpeechReport | undefined
  watch(listener: () => void): () => void
  /** How a text will be read: phonemes, the source of each word, and what can't be spoken. */
  analyse(input: { text: string; lang: Lang; lexicon: readonly LexiconEntry[] }): Promise<Analysis>
  /** What makes the sound of a voice: this engine, or the plugin that the voice belongs to. */
  infoOf(voice: VoiceBlend): EngineInfo
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

/** A transcriber as the rooms see it: loads itself on first use, and can say what it runs on. */
export interface StudioTranscriber extends Transcriber {
  /** What it runs on; undefined before `load`. */
  readonly report: TranscriberReport | undefined
  watch(listener: () => void): () => void
  /** Everything as it is heard: where speech begins and ends, and the captions. */
  listen(sound: AsyncIterable<SoundChunk>, run?: HearRun): AsyncIterable<HearingEvent>
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
  /** A player of one's own, with the shortest way to the ear; close it. From a user gesture. */
  talkPlayer(): Promise<SpeakerPlayer>
  /** What listens to talk: the one that was chosen for it, as long as it is there. */
  readonly transcriber: StudioTranscriber
  /** What can be listened with now: those of this page, the default first, then those of plugins. */
  readonly transcribers: readonly [StudioTranscriber, ...StudioTranscriber[]]
  /** From a user gesture. @throws SeamError refused (permission), not-found (none there), conflict (in use), unsupported */
  microphone(wish?: MicrophoneWish): Promise<Microphone>
  /**
   * Reads the sound of any file that the browser decodes; with `ffmpeg`, to whose download and licence the user has
   * agreed, of any other.
   * @throws SeamError bad-input; unsupported, with `needs: 'ffmpeg'` in its details where that may read it
   */
  soundFile(file: Blob, run?: Run & { readonly ffmpeg?: boolean }): Promise<SoundFile>
  readonly personas: PersonaStore
  /** Opened at the first call, by the rooms that need them. A failure is tried again at the next. @throws SeamError */
  transcripts(): Promise<TranscriptStore>
  conversations(): Promise<ConversationStore>
  /** Every language model that this page can use. */
  readonly languages: LanguageShelf
  /** The companion's servers of language models. */
  readonly languageService: LanguageService
  readonly companion: CompanionClient
  /** The companion's contract plugins: how they are, and what went wrong with them in work. */
  readonly contracts: StudioContracts
  /** Plugins, pipelines and jobs of the companion; every call fails with `offline` while there is none. */
  readonly plugins: PluginService
  /** The companion's contract plugins, likewise. */
  readonly contractService: ContractService
}

export const studioKey: InjectionKey<Studio> = Symbol('studio')

export function useStudio(): Studio {
  const studio = inject(studioKey)
  if (!studio) throw new Error('No studio was provided: mount rooms through app/main.ts.')
  return studio
}
