/** Where such models come from when the user starts a download. */
export const MODEL_HUB = 'https://huggingface.co/'

/** The weights for one kind of device. */
export interface BrowserVariant {
  /** As transformers.js calls the precision. */
  readonly dtype: 'fp32' | 'q4' | 'q4f16' | 'q8'
  /** The file that has the weights; the others are small. */
  readonly file: string
  readonly bytes: number
}

/** A small model that follows instructions and runs in this browser, through transformers.js. */
export interface BrowserModel {
  /** `browser:…`, among all that can be chosen. */
  readonly id: string
  readonly name: string
  readonly repo: string
  /** A commit: a branch could change under a user's feet. */
  readonly revision: string
  readonly licence: string
  readonly webgpu: BrowserVariant
  readonly wasm: BrowserVariant
}

export const BROWSER_MODELS: readonly BrowserModel[] = [
  {
    id: 'browser:smollm2-135m',
    name: 'SmolLM2 135M Instruct',
    repo: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    revision: '6cf9e28a4b33286f09c67991e8df138b4c4e47b4',
    licence: 'Apache-2.0',
    webgpu: { dtype: 'q4f16', file: 'onnx/model_q4f16.onnx', bytes: 134_000_000 },
    wasm: { dtype: 'q4', file: 'onnx/model_q4.onnx', bytes: 200_000_000 },
  },
]
