// The part of ONNX Runtime's JavaScript API that onnxruntime-web and onnxruntime-node share: engines are handed either.

export interface OrtTensor {
  readonly data: unknown
  readonly dims: readonly number[]
  dispose?(): void
}

export type Tensors = Record<string, OrtTensor>

interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Tensors): Promise<Tensors>
  /** @param wanted the outputs to be answered; others are not copied */
  run(feeds: Tensors, wanted: readonly string[]): Promise<Tensors>
  release(): Promise<void>
}

export interface OrtModule {
  readonly Tensor: {
    new (type: 'int64', data: BigInt64Array, dims: readonly number[]): OrtTensor
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor
    new (type: 'bool', data: readonly boolean[], dims: readonly number[]): OrtTensor
  }
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession>
  }
}

/** What the runtime says of a failure. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
