/** How far long work has come. `total` is absent while it is not known. */
export interface Progress {
  readonly done: number
  readonly total?: number
  /** What is being done, as a message key of the page (`models.downloading`), never a sentence. */
  readonly what?: string
}

/** What every long call takes: a way to stop it, and a way to watch it. */
export interface Run {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}
