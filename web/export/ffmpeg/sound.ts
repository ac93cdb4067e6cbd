import { FFFSType, FFmpeg, type LogEventCallback } from '@ffmpeg/ffmpeg'
import { seamOf } from '#dsp/align.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { OpenElsewhere, SoundFile } from '../../audio/decode/types.ts'
import { cancelled, damaged, noSound, notSound } from '../../audio/decode/words.ts'
import { loadCore } from './core.ts'
import { readInfo, type SoundInfo } from './sound-info.ts'

/** Seconds decoded at once: FFmpeg gives nothing out before it is done. */
export const SECTION_SECONDS = 60
/** Seconds decoded before a section and left out, in which a decoder finds its feet. */
const lead = 1
/** Seconds by which a decoder that was set down in the middle of a file may be wrong about where it is. */
const astray = 0.25
/** Seconds of sound by which it is found out. */
const compared = 0.1
/** Seconds decoded after it, for packets that end a little early. */
const spare = 0.5
const chunkSeconds = 0.5
const mountPoint = '/in'
const input = `${mountPoint}/file`

/**
 * Opens the sound of any file that FFmpeg knows. The file is read where it lies, and decoded a minute at a time.
 * @throws SeamError bad-input (no sound in it), offline when the core can't be fetched, cancelled
 */
export const openWithFfmpeg: OpenElsewhere = async (file, run = {}) => {
  const core = new Core(file)
  try {
    const log = await core.use(run, async ffmpeg => {
      const lines: string[] = []
      const hear: LogEventCallback = ({ message }) => lines.push(message)
      ffmpeg.on('log', hear)
      // Without an output it fails, after it has said what it found.
      await ffmpeg.exec(['-hide_banner', '-i', input])
      ffmpeg.off('log', hear)
      return lines
    })
    const info = readInfo(log)
    if (!info) throw notSound(log.at(-1))
    if (info === 'video') throw noSound()
    return new FfmpegSound(core, info)
  } catch (error) {
    core.close()
    throw error
  }
}

/** FFmpeg with a file. Whoever stops it in the middle ends it; it starts anew when it is used again. */
class Core {
  readonly #file: Blob
  #started: { readonly ffmpeg: FFmpeg; readonly ready: Promise<void> } | undefined

  constructor(file: Blob) {
    this.#file = file
  }

  /** @throws SeamError cancelled, offline */
  async use<Result>({ signal }: Run, work: (ffmpeg: FFmpeg) => Promise<Result>): Promise<Result> {
    if (signal?.aborted) throw cancelled()
    const { ffmpeg, ready } = (this.#started ??= this.#start())
    const stop = () => this.close()
    signal?.addEventListener('abort', stop, { once: true })
    try {
      await ready
      return await work(ffmpeg)
    } catch (error) {
      const isStopped = this.#started?.ffmpeg !== ffmpeg
      if (isStopped) throw cancelled()
      // After a crash nothing works in it any more; the next call starts another one.
      this.close()
      if (error instanceof SeamError) throw error
      throw new SeamError('engine', 'FFmpeg failed on this file. What came before was read; try another copy of it.', {
        cause: error,
      })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  close(): void {
    this.#started?.ffmpeg.terminate()
    this.#started = undefined
  }

  #start(): { readonly ffmpeg: FFmpeg; readonly ready: Promise<void> } {
    const ffmpeg = new FFmpeg()
    const begin = async () => {
      await loadCore(ffmpeg)
      await ffmpeg.createDir(mountPoint)
      await ffmpeg.mount(FFFSType.WORKERFS, { blobs: [{ name: 'file', data: this.#file }] }, mountPoint)
    }
    return { ffmpeg, ready: begin() }
  }
}

class FfmpegSound implements SoundFile {
  readonly duration: number | undefined
  readonly sampleRate: number
  readonly channels: 1 | 2
  readonly video: boolean
  readonly #core: Core
  readonly #track: number

  constructor(core: Core, { duration, sampleRate, channels, video, track }: SoundInfo) {
    this.duration = duration
    this.sampleRate = sampleRate
    this.channels = channels
    this.video = video
    this.#core = core
    this.#track = track
  }

  async *sound(run: Run = {}): AsyncGenerator<SoundChunk, void, undefined> {
    const { channels, sampleRate, duration = 0 } = this
    const length = SECTION_SECONDS * sampleRate * channels
    let missing = 0
    let last = new Float32Array(0)
    for (let start = 0; ; start += SECTION_SECONDS) {
      const samples = await this.#section(start, length, last, run)
      if (samples.length === 0 && start === 0) throw damaged(0)
      // A gap in the file's clock that reached to the end of the section before; at the end of a file it is none.
      if (samples.length > 0)
        yield* this.#chunks(new Float32Array(missing), start - missing / channels / sampleRate, run)
      yield* this.#chunks(samples, start, run)
      missing = Math.max(0, length - samples.length)
      // Not across a gap: its two sides are not alike.
      last = missing > 0 ? new Float32Array(0) : samples.slice(-compared * sampleRate * channels)
      if (missing > 0 && (samples.length === 0 || duration <= start + SECTION_SECONDS)) return
    }
  }

  close(): void {
    this.#core.close()
  }

  /** @param start seconds of the first sample */
  *#chunks(samples: Float32Array<ArrayBuffer>, start: number, { signal, onProgress }: Run) {
    const { channels, sampleRate } = this
    const chunk = Math.ceil(chunkSeconds * sampleRate) * channels
    for (let at = 0; at < samples.length; at += chunk) {
      yield { samples: samples.slice(at, at + chunk), sampleRate, channels } satisfies SoundChunk
      if (signal?.aborted) throw cancelled()
      const done = start + Math.min(at + chunk, samples.length) / channels / sampleRate
      onProgress?.({ done, ...(this.duration !== undefined && { total: Math.max(done, this.duration) }) })
    }
  }

  /** Up to `length` samples from second `start` on, or rather from where `last` ends. */
  async #section(
    start: number,
    length: number,
    last: Float32Array<ArrayBuffer>,
    run: Run,
  ): Promise<Float32Array<ArrayBuffer>> {
    const { channels, sampleRate } = this
    const before = Math.min(lead, start)
    const from = ['-ss', `${start - before}`, '-t', `${before + SECTION_SECONDS + spare}`, '-i', input]
    // Sound stays where the file's clock has it: gaps become silence.
    const filter = ['-map', `0:a:${this.#track}`, '-af', 'aresample=async=1:first_pts=0']
    const output = ['-ac', `${channels}`, '-ar', `${sampleRate}`, '-f', 'f32le']
    const bytes = await this.#core.use(run, async ffmpeg => {
      const name = `${crypto.randomUUID()}.pcm`
      if ((await ffmpeg.exec([...from, ...filter, ...output, name])) !== 0) throw damaged(start)
      const made = (await ffmpeg.readFile(name)) as Uint8Array<ArrayBuffer>
      await ffmpeg.deleteFile(name)
      return made
    })
    const all = new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4))
    const expected = before * sampleRate
    const first = last.length > 0 ? this.#follow(last, all, expected) : expected
    return all.slice(first * channels, first * channels + length)
  }

  /** The frame of `next` that follows on `last`. */
  #follow(last: Float32Array, next: Float32Array, expected: number): number {
    const { channels, sampleRate } = this
    const left = (samples: Float32Array, frames: number) =>
      Float32Array.from({ length: Math.min(frames, samples.length / channels) }, (_, n) => samples[n * channels]!)
    const before = left(last, last.length)
    const reach = Math.round(astray * sampleRate)
    return seamOf(before, left(next, expected + reach), expected, reach, before.length)
  }
}
