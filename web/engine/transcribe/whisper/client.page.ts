import { createTranscriberClient, type TranscriberClientOptions } from '../client.page.ts'
import type { TranscriberClient } from '../worker-transcriber.page.ts'
import { whisperBase } from './catalogue.ts'
import { whisperInfo } from './meta.ts'

/** Whisper as the page uses it. @param model its weights */
export function createWhisperClient(options: TranscriberClientOptions, model = whisperBase): TranscriberClient {
  return createTranscriberClient(options, {
    info: whisperInfo,
    model,
    start: () =>
      new Worker(new URL('./worker/whisper.worker.ts', import.meta.url), { type: 'module', name: 'transcriber' }),
  })
}
