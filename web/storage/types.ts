import type { ModelEntry, ModelVariant } from '#protocol/models.ts'
import type { PcmChunk, WordTime } from '#protocol/pcm.ts'
import type { Persona, PersonaFiles } from '#protocol/personas.ts'
import type { Project, ProjectSummary } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { Conversation, ConversationSide, ConversationSummary, SpokenSound } from './conversations-types.ts'
import type { Transcript, TranscriptSummary } from './transcripts-types.ts'

/** Projects in IndexedDB, written with strict durability. */
export interface ProjectStore {
  list(): Promise<readonly ProjectSummary[]>
  /** @throws SeamError not-found */
  open(id: string): Promise<Project>
  create(project: Project): Promise<Project>
  /**
   * @param expectedRevision the revision that the change was made from
   * @returns the project as stored, with its new revision
   * @throws SeamError conflict when another tab saved first (nothing is written), quota
   */
  save(project: Project, expectedRevision: number): Promise<Project>
  /** Keeps the list's figures without touching the revision. */
  note(id: string, figures: { openedAt?: string; rendered?: number; estimated?: number }): Promise<void>
  remove(id: string): Promise<void>
  /** Tells of saves and removals made by other tabs. @returns an end to it */
  watch(listener: (change: { id: string; revision?: number; removed?: boolean }) => void): () => void
}

/** The sound of one segment, as kept. */
export interface StoredPcm {
  /** Mono, −1…1. */
  readonly samples: Float32Array<ArrayBuffer>
  readonly sampleRate: number
  readonly words: readonly WordTime[]
}

/** Rendered sound under the hash of everything that made it (narrate: segmentKey). */
export interface PcmStore {
  /** False in a private window: sound is then kept in memory until the tab closes. */
  readonly durable: boolean
  has(key: string): Promise<boolean>
  /** Which of `keys` are here; quick for ten thousand. */
  which(keys: readonly string[]): Promise<Set<string>>
  get(key: string): Promise<StoredPcm | undefined>
  /** Length in seconds without reading the samples. */
  duration(key: string): Promise<number | undefined>
  /** All or nothing: a half-written segment is never seen. @throws SeamError quota */
  put(key: string, chunks: readonly PcmChunk[]): Promise<void>
  remove(keys: readonly string[]): Promise<void>
  keys(): AsyncIterable<string>
  /** Bytes. */
  size(): Promise<number>
}

/** The sound of a transcript, as kept. Blobs lie on the disk, not in memory. */
export interface KeptSound {
  /** The file as it came; absent for recordings. */
  readonly file?: Blob
  /** 16-bit mono samples, without a header. */
  readonly pcm?: { readonly samples: Blob; readonly sampleRate: number }
}

/** Keeps sound piece by piece, so that a crash costs the last seconds alone. */
export interface SoundWriter {
  /** Mixes to mono. Resolves when there is room for more. @throws SeamError quota */
  write(chunk: SoundChunk): Promise<void>
  /** Everything written so far is on the disk. @throws SeamError quota */
  flush(): Promise<void>
  /** Seconds written. */
  readonly seconds: number
}

/** Transcripts in IndexedDB, written with strict durability, and their sound in files. */
export interface TranscriptStore {
  /** False in a private window: sound is then kept in memory until the tab closes. */
  readonly durable: boolean
  /** The latest first, without those removed. */
  list(): Promise<readonly TranscriptSummary[]>
  /** @throws SeamError not-found */
  open(id: string): Promise<Transcript>
  /** @throws SeamError conflict (the id is taken), quota */
  create(transcript: Transcript): Promise<Transcript>
  /** As ProjectStore's. @throws SeamError conflict, not-found, quota */
  save(transcript: Transcript, expectedRevision: number): Promise<Transcript>
  /** Keeps the list's figures without touching the revision. */
  note(id: string, figures: { openedAt: string }): Promise<void>
  /** Takes it out of the list; `restore` brings it back until `purge`. */
  remove(id: string): Promise<void>
  restore(id: string): Promise<void>
  /** Deletes, with their sound, those removed before `moment` (milliseconds since 1970), and sound that nobody owns. */
  purge(moment: number): Promise<void>
  /** Tells of saves and removals made by other tabs. @returns an end to it */
  watch(listener: (change: { id: string; revision?: number; removed?: boolean }) => void): () => void
  /** Keeps a file as it is. All or nothing. @throws SeamError quota, cancelled */
  keepFile(id: string, file: Blob, run?: Run): Promise<void>
  /** Begins the copy of a transcript's sound, or a recording, anew. */
  writer(id: string, sampleRate: number): Promise<SoundWriter>
  sound(id: string): Promise<KeptSound>
}

/** Conversations in IndexedDB, written with strict durability, and what both sides sounded like in files. */
export interface ConversationStore {
  /** False in a private window: sound is then kept in memory until the tab closes. */
  readonly durable: boolean
  /** The latest first, without those removed. */
  list(): Promise<readonly ConversationSummary[]>
  /** @throws SeamError not-found */
  open(id: string): Promise<Conversation>
  /** @throws SeamError conflict (the id is taken), quota */
  create(conversation: Conversation): Promise<Conversation>
  /** As ProjectStore's. Brings back one that was removed. @throws SeamError conflict, not-found, quota */
  save(conversation: Conversation, expectedRevision: number): Promise<Conversation>
  /** Keeps the list's figures without touching the revision. */
  note(id: string, figures: { openedAt: string }): Promise<void>
  /** As TranscriptStore's. */
  remove(id: string): Promise<void>
  restore(id: string): Promise<void>
  purge(moment: number): Promise<void>
  /** Tells of saves and removals made by other tabs. @returns an end to it */
  watch(listener: (change: { id: string; revision?: number; removed?: boolean }) => void): () => void
  /** Keeps what one side of a turn sounded like. All or nothing. @throws SeamError quota */
  keepSound(id: string, turn: number, side: ConversationSide, sound: SpokenSound): Promise<void>
  /** undefined where it is not kept. */
  sound(id: string, turn: number, side: ConversationSide): Promise<SpokenSound | undefined>
  /** What is kept of a conversation. */
  sounds(id: string): Promise<readonly { readonly turn: number; readonly side: ConversationSide }[]>
}

/** A persona as it is kept. */
export interface StoredPersona extends Persona {
  /** ISO 8601, UTC. */
  readonly updatedAt: string
  /** Raised by one at every save; the store refuses a save that was made from an older one. */
  readonly revision: number
}

/** A row of the list: lorebooks may be large. */
export type PersonaSummary = Pick<StoredPersona, 'id' | 'name' | 'voice' | 'updatedAt' | 'revision'>

/** Personas in IndexedDB, written with strict durability. */
export interface PersonaStore {
  /** By name. */
  list(): Promise<readonly PersonaSummary[]>
  /** @throws SeamError not-found */
  open(id: string): Promise<StoredPersona>
  /** What lies beside it; nothing for one that is not there. */
  files(id: string): Promise<PersonaFiles>
  /** @throws SeamError conflict (the id is taken), quota */
  create(persona: Persona, files?: PersonaFiles): Promise<StoredPersona>
  /** As ProjectStore's. @throws SeamError conflict, not-found, quota */
  save(persona: StoredPersona, expectedRevision: number): Promise<StoredPersona>
  remove(id: string): Promise<void>
  /** Tells of saves and removals made by other tabs. @returns an end to it */
  watch(listener: (change: { id: string; revision?: number; removed?: boolean }) => void): () => void
}

export type ModelState =
  | { readonly state: 'absent' }
  | { readonly state: 'partial'; readonly have: number; readonly bytes: number }
  | { readonly state: 'ready'; readonly bytes: number; readonly verifiedAt?: string }
  | { readonly state: 'damaged'; readonly files: readonly string[] }

/** Weights in the Cache API, checked against their SHA-256 as they arrive. Works in the page and in workers. */
export interface ModelStore {
  state(model: ModelEntry, variant: ModelVariant): Promise<ModelState>
  /** Fetches what is missing, going on where an earlier try stopped. @throws SeamError offline, integrity, quota, cancelled */
  pull(model: ModelEntry, variant: ModelVariant, run?: Run): Promise<void>
  /** Reads and hashes every file. Damaged ones are dropped, so that the next pull repairs them. */
  verify(model: ModelEntry, variant: ModelVariant, run?: Run): Promise<ModelState>
  remove(model: ModelEntry): Promise<void>
  /** @throws SeamError not-found */
  read(model: ModelEntry, path: string): Promise<Uint8Array<ArrayBuffer>>
  /** Files made on this machine from downloaded ones, e.g. a rewritten graph; checked by the hash noted when written. */
  readDerived(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  writeDerived(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** Bytes of everything kept. */
  size(): Promise<number>
}

/** What the browser grants us. */
export interface StorageMeter {
  /** Bytes, as far as the browser tells. `audio` is rendered sound, `recordings` that of transcripts and conversations. */
  estimate(): Promise<{
    used: number
    quota: number
    projects: number
    audio: number
    recordings: number
    models: number
  }>
  persisted(): Promise<boolean>
  /** Asks the browser not to evict us. */
  persist(): Promise<boolean>
}
