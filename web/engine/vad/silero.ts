import type { SpeechDetector } from './detector.ts'
import type { SileroRuntime, SileroSession } from './runtime.ts'

/** 32 ms at 16 kHz: the only length that the network was trained for at this rate. */
const FRAME = 512
/** What the network sees again of the frame before. Without it speech scores as silence. */
const CONTEXT = 64
const STATE = 2 * 128

export interface SileroParts {
  readonly runtime: SileroRuntime
  /** The weights, `silero_vad_v5.onnx`. Read once, at the first frame. @throws SeamError not-found */
  readonly model: () => Promise<Uint8Array>
}

/** Silero VAD, version 5. */
export function createSilero({ runtime, model }: SileroParts): SpeechDetector {
  let opened: Promise<SileroSession> | undefined
  const session = () =>
    (opened ??= model()
      .then(weights => runtime.open(weights))
      .catch((error: unknown) => {
        opened = undefined
        throw error
      }))

  function stream(): SpeechDetector {
    const input = new Float32Array(CONTEXT + FRAME)
    let state = new Float32Array(STATE)
    return {
      frame: FRAME,
      async probability(samples) {
        const network = await session()
        input.copyWithin(0, FRAME)
        input.set(samples, CONTEXT)
        const answer = await network.run(input, state)
        state = answer.state as Float32Array<ArrayBuffer>
        return answer.probability
      },
      reset() {
        input.fill(0)
        state = new Float32Array(STATE)
      },
      another: stream,
      async close() {
        const open = opened
        opened = undefined
        await (await open?.catch(() => undefined))?.release()
      },
    }
  }

  return stream()
}
