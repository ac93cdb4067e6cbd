import type { Espeak } from './espeak.ts'

/** What the Emscripten build of eSpeak NG exports (package @echogarden/espeak-ng-emscripten), as far as it is used. */
interface EspeakModule {
  readonly HEAPU8: Uint8Array
  readonly eSpeakNGWorker: new () => {
    /** @returns 0 when the voice is there */
    set_voice(voice: string): number
    convert_to_phonemes(text: string, ipa: boolean): { readonly ptr: number }
  }
}

/** Longer answers than this are none: the end of the text is looked for in WebAssembly's memory. Bytes. */
const ANSWER_LIMIT = 65_536

/** @param module what the package's default export resolves to */
export function wrapEspeak(module: unknown): Espeak {
  const espeak = module as EspeakModule
  const worker = new espeak.eSpeakNGWorker()
  let current: string | undefined
  return {
    phonemise(clause, voice) {
      if (current !== voice) {
        if (worker.set_voice(voice) !== 0) throw new Error(`eSpeak has no voice “${voice}”.`)
        current = voice
      }
      const { ptr } = worker.convert_to_phonemes(clause, true)
      const memory = espeak.HEAPU8
      let end = ptr
      while (end < ptr + ANSWER_LIMIT && memory[end] !== 0) end++
      return new TextDecoder().decode(memory.slice(ptr, end))
    },
  }
}
