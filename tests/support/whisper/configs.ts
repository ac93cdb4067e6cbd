import type { Shape } from './networks.ts'

/** What CTranslate2 notes beside the weights. */
interface Notes {
  readonly alignment_heads: readonly (readonly [number, number])[]
  readonly suppress_ids: readonly number[]
  readonly suppress_ids_begin: readonly number[]
}

const END = 50_256
const BEGIN = 50_257
const NO_TIMESTAMPS = 50_362

/** The small files of a repository of the hub, for Whisper in English alone. */
export function configsOf(shape: Shape, notes: Notes): Readonly<Record<string, Uint8Array>> {
  const { layers, heads, width, vocabulary, frames } = shape
  const ids = { bos_token_id: END, eos_token_id: END, pad_token_id: END, decoder_start_token_id: BEGIN }
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
  return {
    'config.json': json({
      architectures: ['WhisperForConditionalGeneration'],
      model_type: 'whisper',
      is_encoder_decoder: true,
      d_model: width,
      encoder_layers: layers,
      encoder_attention_heads: heads,
      decoder_layers: layers,
      decoder_attention_heads: heads,
      num_hidden_layers: layers,
      num_mel_bins: 80,
      vocab_size: vocabulary,
      max_source_positions: frames,
      max_target_positions: 448,
      median_filter_width: 7,
      ...ids,
    }),
    'generation_config.json': json({
      ...ids,
      is_multilingual: false,
      no_timestamps_token_id: NO_TIMESTAMPS,
      alignment_heads: notes.alignment_heads,
      suppress_tokens: notes.suppress_ids,
      begin_suppress_tokens: notes.suppress_ids_begin,
    }),
    'preprocessor_config.json': json({
      feature_extractor_type: 'WhisperFeatureExtractor',
      processor_class: 'WhisperProcessor',
      chunk_length: 30,
      feature_size: 80,
      hop_length: 160,
      n_fft: 400,
      n_samples: 480_000,
      nb_max_frames: 2 * frames,
      padding_side: 'right',
      padding_value: 0,
      sampling_rate: 16_000,
    }),
    'tokenizer_config.json': json({
      tokenizer_class: 'WhisperTokenizer',
      bos_token: '<|endoftext|>',
      eos_token: '<|endoftext|>',
      unk_token: '<|endoftext|>',
      pad_token: '<|endoftext|>',
      model_max_length: 1024,
    }),
  }
}
