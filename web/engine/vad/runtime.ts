import { SeamError } from '#protocol/errors.ts'
import { messageOf, type OrtModule } from '../ort.ts'

/** What the network of Silero takes and gives for one frame. */
export interface SileroSession {
  /**
   * @param input float32 [1, 576]: the last 64 samples of the frame before, then 512 new ones
   * @param state float32 [2, 1, 128], zeros at first, then what the last run gave
   */
  run(input: Float32Array, state: Float32Array): Promise<{ probability: number; state: Float32Array }>
  release(): Promise<void>
}

/** Makes sessions. Injected, so that the detector runs on onnxruntime-web and onnxruntime-node alike. */
export interface SileroRuntime {
  /** @throws SeamError engine */
  open(model: Uint8Array): Promise<SileroSession>
}

const STATE_SHAPE = [2, 1, 128]
const SAMPLE_RATE = 16_000n

export function sileroRuntime(ort: OrtModule, { device }: { readonly device: 'wasm' | 'cpu' }): SileroRuntime {
  return {
    async open(model) {
      const session = await ort.InferenceSession.create(model, {
        executionProviders: [device],
        graphOptimizationLevel: 'all',
        // A third of a millisecond of work: handing it to other threads costs more than it saves.
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
      }).catch((cause: unknown) => {
        throw new SeamError(
          'engine',
          `The network that finds speech could not be opened: ${wordsOf(cause)}. Verify it in Models.`,
          { cause },
        )
      })
      return {
        async run(input, state) {
          const results = await session
            .run({
              input: new ort.Tensor('float32', input, [1, input.length]),
              state: new ort.Tensor('float32', state, STATE_SHAPE),
              sr: new ort.Tensor('int64', BigInt64Array.of(SAMPLE_RATE), []),
            })
            .catch((cause: unknown) => {
              throw new SeamError('engine', `The network that finds speech failed: ${wordsOf(cause)}. Try again.`, {
                cause,
                retryable: true,
              })
            })
          const output = results['output']?.data
          const next = results['stateN']?.data
          if (!(output instanceof Float32Array) || !(next instanceof Float32Array)) {
            throw new SeamError(
              'engine',
              'The network that finds speech has no “output” or no “stateN” output. Verify it in Models.',
            )
          }
          // The runtime may reuse its buffers for the next run.
          const answer = { probability: output[0]!, state: next.slice() }
          for (const tensor of Object.values(results)) tensor.dispose?.()
          return answer
        },
        release: () => session.release(),
      }
    },
  }
}

const wordsOf = (cause: unknown) => messageOf(cause).replace(/\.$/, '')
