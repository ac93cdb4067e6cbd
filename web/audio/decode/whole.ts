import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Chunker } from './chunker.ts'
import type { SoundFile } from './types.ts'
import { cancelled } from './words.ts'

/** The longest file that is decoded at once, seconds: 230 MB of sound in stereo. */
export const MAX_WHOLE_SECONDS = 10 * 60
/** The largest, bytes: it lies in memory beside its sound. */
export const MAX_WHOLE_BYTES = 128 * 1024 * 1024
/** Hz that the browser converts to. */
const sampleRate = 48_000
/** Milliseconds that the browser may take to find out what a file is. */
const probeWithin = 10_000

/**
 * Opens a file that the browser plays, but whose parts nobody can find: it is decoded whole, so it must be short.
 * @returns undefined when the browser can't, or it is too long
 */
export async function openWhole(file: Blob, { signal }: Run = {}): Promise<SoundFile | undefined> {
  if (file.size > MAX_WHOLE_BYTES) return undefined
  const about = await probe(file)
  if (signal?.aborted) throw cancelled()
  if (!about || !(about.duration <= MAX_WHOLE_SECONDS)) return undefined
  try {
    const context = new OfflineAudioContext(1, 1, sampleRate)
    const buffer = await context.decodeAudioData(await file.arrayBuffer())
    if (signal?.aborted) throw cancelled()
    return new WholeSound(buffer, about.video)
  } catch {
    if (signal?.aborted) throw cancelled()
    return undefined
  }
}

/** Asks the browser's player: what it does not know how long to play can't be measured before it is decoded. */
async function probe(file: Blob): Promise<{ readonly duration: number; readonly video: boolean } | undefined> {
  const player = document.createElement('video')
  const url = URL.createObjectURL(file)
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      player.onloadedmetadata = () => resolve()
      player.onerror = reject
      timer = setTimeout(reject, probeWithin)
      player.preload = 'metadata'
      player.src = url
    })
    return { duration: player.duration, video: player.videoWidth > 0 }
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
    player.removeAttribute('src')
    player.load()
    URL.revokeObjectURL(url)
  }
}

class WholeSound implements SoundFile {
  readonly duration: number
  readonly sampleRate: number
  readonly channels: 1 | 2
  readonly video: boolean
  #buffer: AudioBuffer | undefined

  constructor(buffer: AudioBuffer, video: boolean) {
    this.duration = buffer.duration
    this.sampleRate = buffer.sampleRate
    this.channels = buffer.numberOfChannels === 1 ? 1 : 2
    this.video = video
    this.#buffer = buffer
  }

  async *sound({ signal, onProgress }: Run = {}): AsyncGenerator<SoundChunk, void, undefined> {
    const chunker = new Chunker(this.channels)
    const buffer = this.#buffer
    if (!buffer) throw cancelled()
    const planes = Array.from({ length: buffer.numberOfChannels }, (_, channel) => buffer.getChannelData(channel))
    for (const chunk of chunker.add({ planes, frames: buffer.length, sampleRate: buffer.sampleRate })) {
      if (signal?.aborted || !this.#buffer) throw cancelled()
      yield chunk
      onProgress?.({ done: chunker.seconds, total: this.duration })
    }
    yield* chunker.finish()
    onProgress?.({ done: this.duration, total: this.duration })
  }

  close(): void {
    this.#buffer = undefined
  }
}
