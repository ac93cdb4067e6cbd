import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import type { Lang } from '#protocol/speech.ts'
import { productVersion } from '../version.ts'

const KOKORO = { name: 'hexgrad', url: 'https://huggingface.co/hexgrad/Kokoro-82M' }
const MOONSHINE = { name: 'Useful Sensors', url: 'https://huggingface.co/UsefulSensors/moonshine-tiny' }
const VOXLOOM = { name: 'Voxloom', url: '' }

/** What this server offers, for `describe`. */
export interface Offer {
  /** Whether the weights for it are on the disk. */
  readonly speaks: boolean
  readonly listens: boolean
}

/** The `info` event’s data. */
export function describe({ speaks, listens }: Offer): Readonly<Record<string, unknown>> {
  const program = { name: 'voxloom', attribution: VOXLOOM, version: productVersion() }
  const voices = KOKORO_VOICES.map(({ id, name, lang }) => ({
    name: id,
    description: `${name} (${tag(lang)})`,
    attribution: KOKORO,
    installed: speaks,
    version: kokoroInfo.version,
    languages: [tag(lang)],
  }))
  const model = {
    name: moonshineInfo.id,
    description: moonshineInfo.name,
    attribution: MOONSHINE,
    installed: listens,
    version: moonshineInfo.version,
    // Whoever asks for a language alone is understood, too.
    languages: [...new Set(moonshineInfo.languages.flatMap(lang => [lang.split('-')[0]!, tag(lang)]))],
  }
  return {
    tts: [{ ...program, description: 'Speech', installed: speaks, voices, supports_synthesize_streaming: true }],
    asr: [
      { ...program, description: 'Hearing', installed: listens, models: [model], supports_transcript_streaming: true },
    ],
    handle: [],
    intent: [],
    wake: [],
    mic: [],
    snd: [],
  }
}

/** `en-us` as the rest of the world writes it: `en-US`. */
const tag = (lang: Lang): string => Intl.getCanonicalLocales(lang)[0] ?? lang
