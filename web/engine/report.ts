/** What a speech engine runs on, and how fast. */
export interface SpeechReport {
  /** The catalogue's variant whose weights are used. */
  readonly variant: string
  /** `companion`: another process of this machine speaks for the page. */
  readonly device: 'webgpu' | 'wasm' | 'companion'
  readonly threads: number
  /** Seconds of work a second of sound, measured here; lower is faster. Undefined until something was spoken. */
  readonly realTimeFactor: number | undefined
  /** Why WebGPU was tried and given up: the self-test's fault, or `failed` when it did not run. */
  readonly demoted?: string
}

/** What a transcriber runs on, and how fast. */
export interface TranscriberReport {
  /** The catalogue's model and variant whose weights are used. */
  readonly model: string
  readonly variant: string
  readonly device: 'webgpu' | 'wasm'
  readonly threads: number
  /** Seconds of work a second of sound, measured here; undefined until something was heard. */
  readonly realTimeFactor: number | undefined
}
