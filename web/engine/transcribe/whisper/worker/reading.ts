import { Tensor } from '@huggingface/transformers'
import { SeamError } from '#protocol/errors.ts'
import { HEARING_RATE } from '../../recogniser.ts'
import { FRAME } from '../meta.ts'
import type { WhisperReading } from '../model.ts'
import { attentionOf } from './traits.ts'

type Tensors = Record<string, Tensor>

type OrtTensors = Record<string, Tensor['ort_tensor']>

interface Session {
  readonly outputNames: readonly string[]
  run(feeds: OrtTensors): Promise<OrtTensors>
}

/** The part of the library's model that is used. */
export interface Networks {
  readonly sessions: { readonly model: Session; readonly decoder_model_merged: Session }
  forward(inputs: Record<string, unknown>): Promise<Tensors>
}

/**
 * Hears a stretch of sound and begins to write it down.
 * @param exclusively runs one network at a time @param features makes the spectrogram of 30 s
 */
export async function beginReading(
  networks: Networks,
  exclusively: <T>(work: () => Promise<T>) => Promise<T>,
  features: (samples: Float32Array) => Promise<Tensors>,
  samples: Float32Array,
): Promise<WhisperReading> {
  const { input_features: sound } = await features(samples)
  const answer = await run(() => networks.sessions.model.run({ input_features: sound!.ort_tensor }))
  const hidden = new Tensor(answer['last_hidden_state']!)
  // What follows is the silence that fills the half minute up.
  const frames = Math.max(1, Math.ceil(samples.length / HEARING_RATE / FRAME))
  let past: Tensors | undefined

  function run<T>(work: () => Promise<T>): Promise<T> {
    return exclusively(work).catch((cause: unknown) => {
      const said = cause instanceof Error ? cause.message : String(cause)
      throw new SeamError('engine', `The recogniser’s network failed: ${said.slice(0, 300)}`, {
        cause,
        retryable: true,
      })
    })
  }

  /** Keeps what the next step needs, and gives the rest back. */
  function keep(results: Tensors): void {
    const next: Tensors = {}
    for (const [name, tensor] of Object.entries(results)) {
      if (!name.startsWith('present.')) continue
      const kept = name.replace('present', 'past_key_values')
      const before = past?.[kept]
      // What comes of the sound is made by the first step alone.
      const stays = before && name.includes('.encoder.')
      next[kept] = stays ? before : tensor
      ;(stays ? tensor : before)?.dispose()
    }
    past = next
  }

  function restart(): void {
    for (const tensor of Object.values(past ?? {})) tensor.dispose()
    past = undefined
  }

  return {
    async next(tokens, heads) {
      const ids = new Tensor('int64', BigInt64Array.from(tokens, BigInt), [1, tokens.length])
      const results = await run(() =>
        networks.forward({ encoder_outputs: hidden, decoder_input_ids: ids, past_key_values: past }),
      )
      keep(results)
      const { logits } = results
      if (!logits) throw new SeamError('engine', 'The recogniser’s network has no output “logits”. Verify the model.')
      const width = logits.dims.at(-1)!
      const all = logits.data as Float32Array
      const attention = heads.map(({ layer, head }) => {
        const { data, dims } = results[attentionOf(layer)]!
        const [, , rows, columns] = dims as [number, number, number, number]
        const from = ((head + 1) * rows - 1) * columns
        return (data as Float32Array).slice(from, from + Math.min(frames, columns))
      })
      return { logits: tokens.map((_, at) => all.subarray(at * width, (at + 1) * width)), attention }
    },
    restart,
    end() {
      restart()
      hidden.dispose()
      sound!.dispose()
    },
  }
}
