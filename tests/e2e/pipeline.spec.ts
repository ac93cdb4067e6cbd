import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { chapter } from '../support/book.ts'
import { modelsFolder, root } from '../support/models.ts'
import { openRecogniser } from '../support/recogniser.ts'
import { readWav } from '../support/wav.ts'
import { wordErrorRate } from '../support/words.ts'

let folder: string
test.beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'voxloom-pipeline-'))))
test.afterEach(() => rm(folder, { recursive: true, force: true }))

const command = (...args: string[]) => ['companion/cli/main.ts', 'run', 'docs/examples/audiobook.cr', ...args]
const environment = () => ({
  ...process.env,
  VOXLOOM_MODELS: modelsFolder,
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_CACHE_HOME: join(folder, 'cache'),
})

test('the beginning of a book becomes an MP3 that is understood', async () => {
  // Its first two hundred words or so: enough to hear, and not minutes of waiting.
  const text = chapter().slice(0, 1400)
  const [input, output, wav] = ['chapter.txt', 'chapter.mp3', 'chapter.wav'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  await writeFile(input, text)
  const { status, stdout, stderr } = spawnSync(process.execPath, command(input, '--output', output, '--json'), {
    cwd: root,
    encoding: 'utf8',
    env: environment(),
  })
  expect(status, stderr).toBe(0)
  const report = JSON.parse(stdout) as { type: string; warnings: readonly unknown[] }
  expect(report).toMatchObject({ type: 'audio/mpeg', warnings: [] })
  const probe = spawnSync('ffprobe', [
    '-v',
    'error',
    '-show_entries',
    'stream=codec_name:format=duration',
    '-of',
    'json',
    output,
  ])
  const { streams, format } = JSON.parse(String(probe.stdout)) as {
    streams: { codec_name: string }[]
    format: { duration: string }
  }
  expect(streams.map(({ codec_name: codec }) => codec)).toEqual(['mp3'])
  // Some hundred and fifty words a minute, give or take.
  const words = text.split(/\s+/).length
  expect(Number(format.duration) / words).toBeGreaterThan(0.25)
  expect(Number(format.duration) / words).toBeLessThan(0.8)
  // A stretch in the middle of the first paragraph, as far as the recogniser hears at once.
  spawnSync('ffmpeg', ['-v', 'error', '-ss', '4', '-t', '24', '-i', output, '-ac', '1', '-ar', '24000', wav])
  const { samples, sampleRate } = readWav(await readFile(wav))
  const heard = await (await openRecogniser()).transcribe(samples, sampleRate)
  expect(bestMatch(text, heard)).toBeLessThan(0.25)
})

test('the first sound is out before the input has ended', async () => {
  const child = spawn(process.execPath, command('-', '--output', '-'), {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: environment(),
  })
  let bytes = 0
  const first = new Promise<void>(resolve => {
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length
      resolve()
    })
  })
  child.stdin.write(`${chapter().slice(0, 300)}\n\nAnother paragraph follows.\n\n`)
  await first
  expect(bytes).toBeGreaterThan(0)
  child.stdin.end('That was all.\n')
  const [code] = (await once(child, 'exit')) as [number]
  expect(code).toBe(0)
})

/** Word errors of `heard` against the stretch of `text` that fits it best. */
function bestMatch(text: string, heard: string): number {
  const words = text.replace(/_/g, '').split(/\s+/).filter(Boolean)
  const length = heard.split(/\s+/).length
  let best = Infinity
  for (let at = 0; at + length <= Math.min(words.length, 200); at++) {
    best = Math.min(best, wordErrorRate(words.slice(at, at + length).join(' '), heard))
  }
  return best
}
