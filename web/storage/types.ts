import type { ModelEntry, ModelVariant } from '#protocol/models.ts'
import type { PcmChunk, WordTime } from '#protocol/pcm.ts'
import type { Project, ProjectSummary } from '#protocol/projects.ts'
import type { Run } from '#protocol/run.ts'

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
  /** Bytes, as far as the browser tells. */
  estimate(): Promise<{ used: number; quota: number; projects: number; audio: number; models: number }>
  persisted(): Promise<boolean>
  /** Asks the browser not to evict us. */
  persist(): Promise<boolean>
}
