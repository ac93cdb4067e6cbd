import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { PartRunner } from '../jobs/parts.ts'
import type { JobSplit } from '../jobs/store.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { PluginHost } from '../plugins/host.ts'
import { COPY, fixture, isRunning, pieces, pipelineOf, scratch } from './plugins.ts'

const PCM = '["audio/pcm;rate=24000;channels=1"]'

/**
 * Speaks each byte of a chapter as two, in capitals, and nothing for one with “silent” in it. It notes which chapters it
 * begins and with which process, and looks for files that tell it to wait or to fail.
 */
const VOICE = (folder: string) => `
const { appendFileSync, existsSync } = await import('node:fs')
const given = []
for (let f; (f = readFrame());) given.push(f)
const text = Buffer.concat(given).toString()
const chapter = /Chapter (\\d+)/.exec(text)?.[1]
const told = what => chapter !== undefined && existsSync(${JSON.stringify(folder)} + '/' + what + '-' + chapter)
if (chapter !== undefined) appendFileSync(${JSON.stringify(join(folder, 'begun'))}, chapter + ' ' + process.pid + '\\n')
if (told('warn')) fail({ message: 'Page ' + chapter + ' is smudged.', code: 'SMUDGED', fatal: false })
while (told('hold')) sleep(20)
if (told('tear')) { fail({ message: 'Page ' + chapter + ' is torn.' }); process.exit(1) }
const sound = Buffer.from(text.includes('silent') ? '' : text.toUpperCase().replace(/[^]/g, '$&$&'))
for (let at = 0; at < sound.length; at += 100000) writeFrame(sound.subarray(at, at + 100000))
`

/** Copies what the voice says, or fails at its first word. */
const JOINER = (folder: string) => `
const { existsSync } = await import('node:fs')
if (existsSync(${JSON.stringify(join(folder, 'tear-0'))})) {
  readFrame()
  fail({ message: 'There is no glue.' })
  process.exit(1)
}
${COPY}
`

/** A chapter of a book, of `length` characters. */
export const chapter = (at: number, length = 1000, words = `it was day ${at} at sea, and nobody came. `) =>
  `Chapter ${at}\n\n${words.repeat(Math.ceil(length / words.length))}`.slice(0, length - 2) + '\n\n'

/** What the voice makes of a text. */
export function sound(text: string): Buffer {
  const bytes = text.includes('silent') ? [] : [...Buffer.from(text.toUpperCase())]
  return Buffer.from(bytes.flatMap(byte => [byte, byte]))
}

/** A voice for chapters, whose work can be watched, held up and spoiled, and a plugin that copies what it says. */
export interface BookVoice {
  readonly folders: readonly PluginFolder[]
  /** From now on a chapter waits in its middle, fails, or warns. Chapter 0 is what puts them together. */
  tell(what: 'hold' | 'tear' | 'warn', chapter: number): void
  /** No longer. */
  leave(what: 'hold' | 'tear' | 'warn', chapter: number): void
  /** Chapters in the order in which they were begun, here or elsewhere. */
  begun(): number[]
  /** Its processes that are still there. */
  running(): number[]
}

export function bookVoice(): BookVoice {
  const folder = scratch()
  const plugins = [
    fixture(VOICE(folder), { name: 'voice', manifest: { output: PCM } }),
    fixture(JOINER(folder), { name: 'joiner', manifest: { input: PCM, output: PCM } }),
  ]
  const noted = () => {
    const file = join(folder, 'begun')
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
    return lines.map(line => line.split(' ').map(Number) as [number, number])
  }
  return {
    folders: plugins.map(plugin => ({ path: dirname(plugin.folder), trust: 'local' })),
    tell: (what, at) => writeFileSync(join(folder, `${what}-${at}`), ''),
    leave: (what, at) => rmSync(join(folder, `${what}-${at}`)),
    begun: () => noted().map(([at]) => at),
    running: () => noted().flatMap(([, pid]) => (isRunning(pid) ? [pid] : [])),
  }
}

export interface BookHostOptions {
  readonly folders: readonly PluginFolder[]
  /** Makes the chapters; this process when absent. */
  readonly parts?: PartRunner | undefined
  readonly stateFolder?: string
  /** Jobs at a time. */
  readonly concurrency?: number
}

/** What a daemon does for books, for one test. */
export interface BookHost {
  readonly stateFolder: string
  submit(text: string, split?: JobSplit): Promise<string>
  get(id: string): JobInfo
  cancel(id: string): Promise<JobInfo>
  /** Waits until so many of all chapters are made. */
  made(id: string, chapters: number, all: number): Promise<void>
  /** Waits for a job's end. */
  over(id: string): Promise<JobInfo>
  output(id: string): Buffer
  /** What was noted while the job ran. */
  log(id: string): string
  /** Names of the chapters that are kept. */
  kept(): string[]
  close(): Promise<void>
}

export async function openBookHost(options: BookHostOptions): Promise<BookHost> {
  const { folders, parts, stateFolder = scratch(), concurrency = 1 } = options
  const folder = scratch()
  const host = new PluginHost({
    folders,
    stateFolder,
    cacheFolder: join(folder, 'cache'),
    configFolder: join(folder, 'config'),
    models: '/nowhere',
    concurrency,
    maxInput: 1e9,
    ...(parts && { parts }),
  })
  let closing: Promise<void> | undefined
  const close = () => (closing ??= host.close())
  onTestFinished(close)
  const { jobs, files } = host
  await jobs.start()
  const pipeline = pipelineOf({ id: 'voice' }, { id: 'joiner' })
  const get = (id: string) => jobs.get(id)!
  const until = async (reached: () => boolean, words: () => string) => {
    const look = () => {
      if (!reached()) throw new Error(words())
    }
    await vi.waitFor(look, { timeout: 45_000, interval: 20 })
  }
  return {
    stateFolder,
    submit: async (text, split = 'chapters') => (await jobs.submit({ pipeline, input: pieces(text), split })).job.id,
    get,
    cancel: id => jobs.cancel(id),
    made: (id, chapters, all) =>
      until(
        () => get(id).consumed >= Math.round((get(id).inputBytes * chapters) / all),
        () => `${chapters} of ${all} chapters were not made: ${JSON.stringify(get(id))}`,
      ),
    async over(id) {
      await until(
        () => isOver(get(id).state),
        () => `The job does not end: ${JSON.stringify(get(id))}`,
      )
      return get(id)
    },
    output: id => readFileSync(files.output(id)),
    log: id => readFileSync(files.log(id), 'utf8'),
    kept: () => readdirSync(join(stateFolder, 'stages')),
    close,
  }
}
