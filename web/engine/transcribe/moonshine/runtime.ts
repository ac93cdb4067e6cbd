import { SeamError } from '#protocol/errors.ts'

export interface OrtTensor {
  readonly data: unknown
  readonly dims: readonly number[]
  dispose?(): void
}

export type Tensors = Record<string, OrtTensor>

/** One network, open. Runs one at a time. */
export interface Network {
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** @param wanted the outputs to be answered; others are not copied */
  run(feeds: Tensors, wanted: readonly string[]): Promise<Tensors>
  close(): Promise<void>
}

/** Opens networks and makes tensors. Injected, so that the recogniser runs on onnxruntime-web and -node alike. */
export interface MoonshineRuntime {
  readonly device: 'wasm' | 'webgpu' | 'cpu'
  readonly threads: number
  open(model: Uint8Array): Promise<Network>
  float32(data: Float32Array, dims: readonly number[]): OrtTensor
  int64(data: BigInt64Array, dims: readonly number[]): OrtTensor
  bool(data: boolean): OrtTensor
}

interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Tensors, fetches: readonly string[]): Promise<Tensors>
  release(): Promise<void>
}

/** The part of ONNX Runtime's JavaScript API that both of its packages share. */
interface OrtModule {
  readonly Tensor: {
    new (type: 'int64', data: BigInt64Array, dims: readonly number[]): OrtTensor
    new (type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor
    new (type: 'bool', data: readonly boolean[], dims: readonly number[]): OrtTensor
  }
  readonly InferenceSession: {
    create(model: Uint8Array, options: Record<string, unknown>): Promise<OrtSession>
  }
}

export function moonshineRuntime(
  ort: OrtModule,
  { device, threads }: { device: MoonshineRuntime['device']; threads: number },
): MoonshineRuntime {
  return {
    device,
    threads,
    float32: (data, dims) => new ort.Tensor('float32', data, dims),
    int64: (data, dims) => new ort.Tensor('int64', data, dims),
    bool: value => new ort.Tensor('bool', [value], [1]),
    async open(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [device],
        // The packaged files were optimised when they were made; more breaks the scales of the hub's merged decoder.
        graphOptimizationLevel: 'basic',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Every sound has another length: patterns of the last one's memory help nothing and are kept for ever.
        enableMemPattern: false,
        logSeverityLevel: 3,
      }).catch(error => {
        throw new SeamError('engine', `The recogniser’s network could not be opened: ${messageOf(error)}`, {
          cause: error,
        })
      })
      return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        run: (feeds, wanted) =>
          session.run(feeds, wanted).catch(error => {
            throw new SeamError('engine', `The recogniser’s network failed: ${messageOf(error)}`, {
              cause: error,
              retryable: true,
            })
          }),
        close: () => session.release(),
      }
    },
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
