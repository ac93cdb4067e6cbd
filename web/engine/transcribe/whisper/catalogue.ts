import type { ModelEntry, ModelSource } from '#protocol/models.ts'
import { WHISPER_ID } from './meta.ts'

/** With what the decoder attends to: without that, nobody knows when a word was said. */
const hub: readonly ModelSource[] = [
  { kind: 'companion' },
  {
    kind: 'hub',
    repo: 'onnx-community/whisper-base_timestamped',
    revision: '608c49e61301901684bc36cac8f74b95ff6b5a8e',
  },
]

/** Whisper for all of its languages, as the hub's conversion for transformers.js. */
export const whisperBase: ModelEntry = {
  id: WHISPER_ID,
  name: 'Whisper Base, 99 languages',
  task: 'transcribe',
  languages: ['mul'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/openai/whisper/blob/main/LICENSE',
  shared: [
    {
      path: 'config.json',
      bytes: 2_243,
      sha256: 'f4d0608f7d918166da7edb3e188de5ef1bfe70d9802e785d271fd88111e9cf4b',
    },
    {
      path: 'generation_config.json',
      bytes: 3_832,
      sha256: '61070cf8de25b1e9256e8e102ded49d8d24a8369ed36ef84fdf21549e68125a0',
    },
    {
      path: 'preprocessor_config.json',
      bytes: 339,
      sha256: 'a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d',
    },
    {
      path: 'tokenizer.json',
      bytes: 2_480_466,
      sha256: '27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566',
    },
    {
      path: 'tokenizer_config.json',
      bytes: 282_682,
      sha256: '2e036e4dbacfdeb7242c7d4ec4149f4a16e86026048f94d1637e3a8ee9c6a573',
    },
  ],
  sharedSources: hub,
  variants: [
    {
      id: 'q8',
      device: 'wasm',
      dtype: 'int8',
      files: [
        {
          path: 'onnx/encoder_model_quantized.onnx',
          bytes: 23_159_167,
          sha256: '2714484ebe1bae7c1646e8eadb768bb9d415cf11763466d21f23039a29c62e6f',
        },
        {
          path: 'onnx/decoder_model_merged_quantized.onnx',
          bytes: 53_712_708,
          sha256: 'cf9a8d5bcddc0917a0078135b484cedcaf44f28909cd91910abd29dced9171db',
        },
      ],
      sources: hub,
    },
    {
      // Graphics cards have no product of 8-bit numbers; a decoder of 4 bits and the encoder in full suit them.
      id: 'gpu',
      device: 'webgpu',
      dtype: 'fp32',
      files: [
        {
          path: 'onnx/encoder_model.onnx',
          bytes: 82_451_730,
          sha256: '7fcea817bb2be4d86729b521e5a7fcbec28fa743edfed67e882b33ff15852540',
        },
        {
          path: 'onnx/decoder_model_merged_q4.onnx',
          bytes: 123_738_327,
          sha256: 'fc1902ce2e42c69b2346d8e2a98898c60c01da1e6a64ae90f41d22350ac7db13',
        },
      ],
      sources: hub,
    },
  ],
}
