import { SeamError } from '#protocol/errors.ts'
import { messageOf, type OrtModule } from '../../ort.ts'

/** What the adapter needs of an inference session. One run at a time; the engine sees to that. */
export interface KokoroSession {
  /**
   * @param tokens int64 [1, n + 2]
   * @param style float32 [1, 256]
   * @returns audio float32 [samples] at 24 kHz; durations, frames for each token, [n + 2]
   */
  run(tokens: BigInt64Array, style: Float32Array, speed: number): Promise<{ audio: Float32Array; durations: number[] }>
  release(): Promise<void>
}

/** Makes sessions. Injected, so that the adapter runs on onnxruntime-web and onnxruntime-node alike. */
export interface KokoroRuntime {
  readonly device: 'wasm' | 'webgpu' | 'cpu'
  readonly threads: number
  /** @param graph as graph/rewrite.ts leaves it: inputs tokens, style, speed; outputs audio, durations */
  open(graph: Uint8Array): Promise<KokoroSession>
}

export function ortRuntime(
  ort: OrtModule,
  {
    device,
    threads,
    options = {},
  }: { device: KokoroRuntime['device']; threads: number; options?: Record<string, unknown> },
): KokoroRuntime {
  return {
    device,
    threads,
    async open(graph) {
      const session = await ort.InferenceSession.create(graph, {
        executionProviders: [device],
        graphOptimizationLevel: 'all',
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Every sentence has another length: patterns of the last one's memory help nothing and are kept for ever.
        enableMemPattern: false,
        logSeverityLevel: 3,
        ...options,
      }).catch(error => {
        throw new SeamError('engine', `The voice's network could not be opened: ${messageOf(error)}`, { cause: error })
      })
      return {
        async run(tokens, style, speed) {
          const feeds = {
            tokens: new ort.Tensor('int64', tokens, [1, tokens.length]),
            style: new ort.Tensor('float32', style, [1, style.length]),
            speed: new ort.Tensor('float32', Float32Array.of(speed), [1]),
          }
          const results = await session.run(feeds).catch(error => {
            throw new SeamError('engine', `The voice's network failed: ${messageOf(error)}`, {
              cause: error,
              retryable: true,
            })
          })
          const audio = results['audio']?.data
          const durations = results['durations']?.data
          if (!(audio instanceof Float32Array) || !(durations instanceof BigInt64Array)) {
            throw new SeamError(
              'engine',
              'The voice’s network has no “audio” or no “durations” output. Verify the model.',
            )
          }
          // The runtime may reuse its buffers for the next run.
          const answer = { audio: audio.slice(), durations: Array.from(durations, Number) }
          for (const tensor of Object.values(results)) tensor.dispose?.()
          return answer
        },
        release: () => session.release(),
      }
    },
  }
}
