import { findModel } from '#engine/catalogue.ts'
import { createTranscriberClient } from '../../../web/engine/transcribe/client.page.ts'
import type { TranscriberClient } from '../../../web/engine/transcribe/worker-transcriber.page.ts'
import { openModelStore } from '../../../web/storage/models.ts'

const THREADS = 2
let opened: Promise<TranscriberClient> | undefined

/** The page's own recogniser, in its worker, on two threads. */
export const listener = () => (opened ??= open())

async function open(): Promise<TranscriberClient> {
  const models = await openModelStore({ sources: ['companion'] })
  for (const [id, variant] of [
    ['moonshine-tiny-en', 'int8'],
    ['silero-vad', 'v5'],
  ] as const) {
    const entry = findModel(id)!
    await models.pull(
      entry,
      entry.variants.find(candidate => candidate.id === variant)!,
    )
  }
  const client = createTranscriberClient({ models, wish: () => ({ threads: THREADS }) })
  await client.load()
  return client
}
