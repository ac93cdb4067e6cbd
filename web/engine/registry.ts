import type { EngineInfo } from '#protocol/speech.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import { createKokoroClient, type KokoroClient, type KokoroClientOptions } from './speech/kokoro/client.page.ts'
import { kokoroInfo } from './speech/kokoro/meta.ts'
import { createTranscriberClient, type TranscriberClientOptions } from './transcribe/client.page.ts'
import { moonshineInfo } from './transcribe/moonshine/meta.ts'
import { createWhisperClient } from './transcribe/whisper/client.page.ts'
import { whisperInfo } from './transcribe/whisper/meta.ts'
import type { TranscriberClient } from './transcribe/worker-transcriber.page.ts'

/** A speech engine that the page can use. */
interface SpeechEntry {
  readonly info: EngineInfo
  readonly create: (options: KokoroClientOptions) => KokoroClient
}

/** Every speech engine, the default first. Adding one adds a folder under speech/ and a line here. */
export const SPEECH_ENGINES: readonly [SpeechEntry, ...SpeechEntry[]] = [
  { info: kokoroInfo, create: createKokoroClient },
]

/** A transcriber that the page can use. */
interface TranscriberEntry {
  readonly info: TranscriberInfo
  readonly create: (options: TranscriberClientOptions) => TranscriberClient
}

/** Every transcriber, the default first. Adding one adds a folder under transcribe/ and a line here. */
export const TRANSCRIBERS: readonly [TranscriberEntry, ...TranscriberEntry[]] = [
  { info: moonshineInfo, create: options => createTranscriberClient(options) },
  { info: whisperInfo, create: createWhisperClient },
]
