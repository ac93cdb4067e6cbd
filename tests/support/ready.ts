import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { ensurePage } from '../../companion/cli/page-build.ts'
import { root } from './models.ts'
import { fetchRecordings } from './recordings.ts'

/** What tests and benches speak with and listen with. */
export const MODELS = ['kokoro-82m', 'kokoro-voices-ja', 'g2p-en', 'moonshine-tiny-en', 'silero-vad'] as const

/** Fetches the models and recordings that are missing and builds the page when a source changed. @throws Error */
export async function ensureReady(): Promise<void> {
  const pull = spawn(process.execPath, ['companion/cli/main.ts', 'models', 'pull', ...MODELS], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(pull, 'exit')) as [number | null]
  if (code !== 0) throw new Error('The models could not be fetched: no figure means anything without them.')
  await fetchRecordings()
  await ensurePage({ signal: new AbortController().signal, onBuild: () => console.error('Building the page …') })
}
