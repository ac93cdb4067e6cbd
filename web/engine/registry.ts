import type { EngineInfo } from '#protocol/speech.ts'
import { createKokoroClient, type KokoroClient, type KokoroClientOptions } from './speech/kokoro/client.page.ts'
import { kokoroInfo } from './speech/kokoro/meta.ts'

/** A speech engine that the page can use. */
interface SpeechEntry {
  readonly info: EngineInfo
  readonly create: (options: KokoroClientOptions) => KokoroClient
}

/** Every speech engine, the default first. Adding one adds a folder under speech/ and a line here. */
export const SPEECH_ENGINES: readonly [SpeechEntry, ...SpeechEntry[]] = [
  { info: kokoroInfo, create: createKokoroClient },
]
