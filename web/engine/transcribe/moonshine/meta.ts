import type { TranscriberInfo } from '#protocol/transcribe.ts'

/** Moonshine Tiny: an encoder of raw sound and an autoregressive decoder. https://arxiv.org/abs/2410.15608 (MIT) */
export const moonshineInfo: TranscriberInfo = {
  id: 'moonshine-tiny-en',
  name: 'Moonshine Tiny',
  version: '1',
  languages: ['en-us', 'en-gb'],
  wordTimes: true,
}

/** Seconds of sound at once: beyond that the decoder repeats itself. */
export const LONGEST = 30

/** Seconds below which there is no word to be heard, and hardly a frame. */
export const SHORTEST = 0.1

/** Samples between two frames of the encoder: its three convolutions stride by 64, 3 and 2. */
export const SAMPLES_PER_FRAME = 384

/** Marks the beginning of every text. */
export const BEGIN = 1
/** Marks its end. */
export const END = 2

/** The decoder's shape. */
export const LAYERS = 6
export const HEADS = 8
export const HEAD_WIDTH = 36

/** The most that people say in a second, in tokens; the same bound that the makers set. */
const TOKENS_PER_SECOND = 6.5
/** What a short clip may have beyond that: one "Yes, please." in half a second. */
const TOKENS_ALWAYS = 4

/** The most tokens that this much sound can hold. */
export const mostTokens = (seconds: number) => Math.ceil(seconds * TOKENS_PER_SECOND) + TOKENS_ALWAYS

/** Where the catalogue's variants keep what the engine asks for. */
export const MOONSHINE_PATHS = {
  int8: { encoder: 'encoder_model.ort', decoder: 'decoder_model_merged.ort', tokenizer: 'tokenizer.bin' },
  q8: {
    encoder: 'onnx/encoder_model_quantized.onnx',
    decoder: 'onnx/decoder_model_merged_quantized.onnx',
    tokenizer: 'tokenizer.json',
  },
  fp32: {
    encoder: 'onnx/encoder_model.onnx',
    decoder: 'onnx/decoder_model_merged.onnx',
    tokenizer: 'tokenizer.json',
  },
} as const
