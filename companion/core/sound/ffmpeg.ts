import { tmpdir } from 'node:os'
import { pipeline } from 'node:stream/promises'
import { SeamError } from '#protocol/errors.ts'
import { Child } from '../process/child.ts'
import { onPath } from '../process/on-path.ts'

const INSTALL =
  'Install ffmpeg and try again: “apt install ffmpeg” on Debian and Ubuntu, “brew install ffmpeg” on a Mac, “winget install ffmpeg” on Windows.'

/** What ffmpeg sees of the environment. */
const SHARED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot', 'TEMP']

/** Where ffmpeg lies, by `PATH`; undefined when it is not on this machine. */
export const findFfmpeg = (path?: string): string | undefined => onPath('ffmpeg', path)

/** @param what needs it, as the beginning of a sentence: “Sound of this kind is read by” */
export const ffmpegMissing = (what: string) =>
  new SeamError('unsupported', `${what} ffmpeg, which is not on this machine. ${INSTALL}`)

export interface FfmpegRun {
  readonly program: string
  /** Behind those that keep it quiet. */
  readonly args: readonly string[]
  /** What it reads from its standard input; it is closed when absent. */
  readonly input?: AsyncIterable<Uint8Array>
  readonly signal?: AbortSignal | undefined
  /** What its failure means, and the sentence for it; what ffmpeg said is put behind that. */
  readonly failed: { readonly code: 'bad-input' | 'engine'; readonly message: string }
}

/**
 * What ffmpeg writes, as it writes it: whoever reads slowly slows it down. It is gone when the iteration is.
 * @throws SeamError `failed`, cancelled, or whatever `input` throws
 */
export async function* runFfmpeg({ program, args, input, signal, failed }: FfmpegRun): AsyncGenerator<Buffer> {
  signal?.throwIfAborted()
  const env = Object.fromEntries(SHARED.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])))
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error']
  const child = new Child({ program, args: [...quiet, ...args], folder: tmpdir(), env })
  const kill = () => child.signal('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  const feed = new Feed(input)
  // A program that stops reading says why by its exit.
  if (input) void pipeline(feed.read(), child.stdin).catch(() => undefined)
  else child.stdin.end()
  try {
    for await (const piece of child.stdout) yield piece as Buffer
    const exit = await child.exited
    signal?.throwIfAborted()
    if (feed.error !== undefined) throw feed.error
    if (exit?.code !== 0) {
      const said = child.spawnError?.message ?? child.log.split('\n').slice(-2).join(' ').trim()
      throw new SeamError(failed.code, said === '' ? failed.message : `${failed.message} ffmpeg says: ${said}`)
    }
  } finally {
    signal?.removeEventListener('abort', kill)
    if (!child.isGone) kill()
    await child.exited
  }
}

/** An input whose failure is remembered: a pipeline that breaks does not say which side did. */
class Feed {
  error: unknown
  readonly #input: AsyncIterable<Uint8Array> | undefined

  constructor(input: AsyncIterable<Uint8Array> | undefined) {
    this.#input = input
  }

  async *read(): AsyncGenerator<Uint8Array> {
    try {
      if (this.#input) yield* this.#input
    } catch (error) {
      this.error = error
      throw error
    }
  }
}
