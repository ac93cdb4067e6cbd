import { AutoFeatureExtractor, AutoTokenizer, env, WhisperForConditionalGeneration } from '@huggingface/transformers'
import { SeamError } from '#protocol/errors.ts'
import type { ModelEntry } from '#protocol/models.ts'
import type { WhisperModel } from '../model.ts'
import { beginReading, type Networks } from './reading.ts'
import { readTokens, headsOf } from './traits.ts'

export interface WhisperSource {
  readonly model: ModelEntry
  /** Which of its variants. */
  readonly variant: string
  readonly device: 'webgpu' | 'wasm' | 'cpu'
  /** A file of the model, checked. @throws SeamError not-found */
  read(path: string): Promise<Uint8Array<ArrayBuffer>>
  /** The runtime runs one network at a time, also where somebody else uses it, too. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
}

/** Where the library believes the files to be. Nothing is ever asked there: they have been fetched and checked. */
const NOWHERE = 'https://weights.invalid/'

/** Opens Whisper through transformers.js. @throws SeamError engine, not-found */
export async function openWhisperModel(source: WhisperSource): Promise<WhisperModel> {
  const { model, variant, device, exclusively } = source
  const files = model.variants.find(({ id }) => id === variant)?.files.map(({ path }) => path) ?? []
  serveFiles(source)
  try {
    const [extractor, tokenizer, network] = await Promise.all([
      AutoFeatureExtractor.from_pretrained(model.id),
      AutoTokenizer.from_pretrained(model.id),
      exclusively(() =>
        WhisperForConditionalGeneration.from_pretrained(model.id, {
          device,
          dtype: {
            encoder_model: precisionOf(files, 'encoder_model'),
            decoder_model_merged: precisionOf(files, 'decoder_model_merged'),
          },
          session_options: {
            // More breaks the scales of the hub's merged decoders of 8 bits.
            graphOptimizationLevel: device === 'wasm' ? 'basic' : 'all',
            enableMemPattern: false,
          },
        }),
      ),
    ])
    const networks = network as unknown as Networks
    const { generation_config: config } = network
    const hears = (samples: Float32Array) => extractor(samples) as ReturnType<Networks['forward']>
    return {
      tokens: readTokens(config),
      heads: headsOf(config, networks.sessions.decoder_model_merged.outputNames),
      read: samples => beginReading(networks, exclusively, hears, samples),
      spell: tokens =>
        tokenizer.decode([...tokens], { skip_special_tokens: true, clean_up_tokenization_spaces: false }),
      close: async () => void (await network.dispose()),
    }
  } catch (cause) {
    if (cause instanceof SeamError) throw cause
    const said = cause instanceof Error ? cause.message : String(cause)
    throw new SeamError('engine', `${model.name} could not be opened: ${said.slice(0, 300)} Verify it in Models.`, {
      cause,
    })
  }
}

/** Lets the library find the model's own files, and no others. */
function serveFiles({ model, read }: WhisperSource): void {
  const at = `${NOWHERE}${model.id}/`
  const known = new Set([...model.shared, ...model.variants.flatMap(({ files }) => files)].map(({ path }) => path))
  env.allowLocalModels = false
  env.remoteHost = NOWHERE
  env.remotePathTemplate = '{model}/'
  env.useCustomCache = true
  env.customCache = {
    async match(address: string) {
      const path = address.startsWith(at) ? address.slice(at.length) : ''
      return known.has(path) ? new Response(await read(path)) : undefined
    },
    put: async () => {},
  }
  // Files that may be there and are not.
  env.fetch = async () => new Response(null, { status: 404 })
}

/** The precision of a network, as transformers.js names it, by the end of its file's name. */
function precisionOf(files: readonly string[], network: string): 'fp32' | 'fp16' | 'q8' | 'q4' {
  const ends = { fp32: '', fp16: '_fp16', q8: '_quantized', q4: '_q4' } as const
  for (const [name, end] of Object.entries(ends)) {
    if (files.includes(`onnx/${network}${end}.onnx`)) return name as keyof typeof ends
  }
  throw new SeamError('internal', `The catalogue names no file of ${network}.`)
}
