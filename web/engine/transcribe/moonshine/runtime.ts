import { SeamError } from '#protocol/errors.ts'
import { messageOf, type OrtModule, type OrtTensor, type Tensors } from '../../ort.ts'
import { KEPT_OUTPUTS } from './ports.ts'

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

/** What one network hands to the next run stays on the graphics card: a way to the processor and back costs more. */
const GPU_OPTIONS = {
  graphOptimizationLevel: 'all',
  preferredOutputLocation: Object.fromEntries(KEPT_OUTPUTS.map(name => [name, 'gpu-buffer'])),
}

// The packaged files were optimised when they were made; more breaks the scales of the hub's merged decoder of 8 bits.
const PROCESSOR_OPTIONS = { graphOptimizationLevel: 'basic' }

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
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Every sound has another length: patterns of the last one's memory help nothing and are kept for ever.
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...(device === 'webgpu' ? GPU_OPTIONS : PROCESSOR_OPTIONS),
      }).catch((error: unknown) => {
        throw new SeamError('engine', `The recogniser’s network could not be opened: ${messageOf(error)}`, {
          cause: error,
        })
      })
      return {
        inputs: session.inputNames,
        outputs: session.outputNames,
        run: (feeds, wanted) =>
          session.run(feeds, wanted).catch((error: unknown) => {
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
