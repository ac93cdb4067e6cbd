import { encodePcm } from './pcm.ts'
import { VOICE, type Spoken } from './speech.ts'

// kokoro-js 1.2.1, whole and unchanged; only its downloads are led to this machine.

interface Sound {
  audio: Float32Array
  sampling_rate: number
}
interface Kokoro {
  generate(text: string, options: { voice: string }): Promise<Sound>
  stream(text: unknown, options: { voice: string }): AsyncIterable<{ audio: Sound }>
}

let loaded: Promise<{ tts: Kokoro; Splitter: new () => { push(text: string): void; close(): void } }> | undefined

function load(threads: number) {
  return (loaded ??= (async () => {
    // transformers.js takes half the cores, at most four.
    Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => threads * 2, configurable: true })
    const ask = window.fetch.bind(window)
    window.fetch = (input, init) => {
      const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
      const path = /huggingface\.co\/.*?\/resolve\/main\/(.*)$/.exec(url)?.[1]
      if (!path) return ask(input, init)
      return ask(path.startsWith('voices/') ? `/peer-modules/kokoro-js/${path}` : `/peer-hub/${path}`, init)
    }
    const { KokoroTTS, TextSplitterStream, env } = await import(
      /* @vite-ignore */ `${location.origin}/peer-modules/kokoro-js/dist/kokoro.web.js`
    )
    env.wasmPaths = `${location.origin}/peer-modules/@huggingface/transformers/dist/`
    const tts = (await KokoroTTS.from_pretrained('peer/kokoro', { dtype: 'q8', device: 'wasm' })) as Kokoro
    await tts.generate('Hello there.', { voice: VOICE })
    return { tts, Splitter: TextSplitterStream }
  })())
}

export async function speak(threads: number, text: string): Promise<Spoken> {
  const { tts } = await load(threads)
  const started = performance.now()
  const { audio, sampling_rate } = await tts.generate(text, { voice: VOICE })
  const wall = (performance.now() - started) / 1000
  return { first: wall, wall, audio: audio.length / sampling_rate }
}

/** Until the first piece of `stream()` over a whole paragraph. */
export async function first(threads: number, text: string): Promise<number> {
  const { tts, Splitter } = await load(threads)
  const splitter = new Splitter()
  const started = performance.now()
  const pieces = tts.stream(splitter, { voice: VOICE })[Symbol.asyncIterator]()
  splitter.push(text)
  splitter.close()
  await pieces.next()
  const took = (performance.now() - started) / 1000
  await pieces.return?.()
  return took
}

export async function sound(threads: number, text: string): Promise<string> {
  const { tts } = await load(threads)
  return encodePcm([(await tts.generate(text, { voice: VOICE })).audio])
}
