import type { OrtModule, Tensors } from '../../ort.ts'
import { createTurns } from '../whisper/worker/turns.ts'

/** The build of ONNX Runtime for graphics cards runs one network at a time: all that it opens wait for one another. */
export function takingTurns(ort: OrtModule): OrtModule {
  const exclusively = createTurns()
  return {
    Tensor: ort.Tensor,
    InferenceSession: {
      async create(model, options) {
        const session = await exclusively(() => ort.InferenceSession.create(model, options))
        return {
          inputNames: session.inputNames,
          outputNames: session.outputNames,
          run: (feeds: Tensors, wanted: readonly string[] = session.outputNames) =>
            exclusively(() => session.run(feeds, wanted)),
          release: () => exclusively(() => session.release()),
        }
      },
    },
  }
}
