import {
  ADTS,
  type AudioSample,
  AudioSampleSink,
  BlobSource,
  EncodedPacketSink,
  FLAC,
  Input,
  type InputAudioTrack,
  InputDisposedError,
  MATROSKA,
  MP3,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WAVE,
  WEBM,
} from 'mediabunny'
import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { Chunker, type Decoded } from './chunker.ts'
import { mendWav } from './mend-wav.ts'
import type { SoundFile } from './types.ts'
import { cancelled, damaged, noSound } from './words.ts'

/** Everything that is one file: a playlist would make the page fetch what it names. */
const FORMATS = [MP4, QTFF, MATROSKA, WEBM, WAVE, OGG, FLAC, MP3, ADTS, MPEG_TS]
/** Seconds that a packet may come late or early without the clock meaning it. */
const SLACK = 0.05
/** Seconds of silence for one gap of the file's clock. A longer gap is a clock that was wrong. */
export const MAX_GAP_SECONDS = 600
/** Seconds that are left out where a decoder gives up. */
const SKIP = 0.5
/** Places that may be damaged before the whole file is taken for damaged. */
export const MAX_DAMAGED_PLACES = 20

/**
 * Opens a file whose parts can be found, and whose sound the browser decodes packet by packet.
 * @returns `known` for a file of sound that it does not decode, `unknown` for any other
 * @throws SeamError bad-input when it has pictures and no sound
 */
export async function openContainer(file: Blob): Promise<SoundFile | 'known' | 'unknown'> {
  const input = new Input({ source: new BlobSource(await mendWav(file)), formats: FORMATS })
  let opened: SoundFile | 'known' | 'unknown' = 'unknown'
  try {
    if (await input.canRead()) opened = (await describe(input)) ?? 'known'
  } catch (error) {
    // What is wrong with a file here, another decoder may forgive.
    if (error instanceof SeamError) throw error
    opened = 'known'
  } finally {
    if (typeof opened === 'string') input.dispose()
  }
  return opened
}

async function describe(input: Input): Promise<SoundFile | undefined> {
  const [track] = await chosenTrack(input)
  const video = (await input.getVideoTracks()).length > 0
  if (!track) {
    if (video) throw noSound()
    return undefined
  }
  if (!(await track.canDecode())) return undefined
  const { sampleRate, numberOfChannels } = await firstSample(track)
  if (!(sampleRate > 0) || !(numberOfChannels > 0)) return undefined
  const origin = Math.max(0, await input.getFirstTimestamp())
  const ends = await input.getDurationFromMetadata([track])
  return new ContainerSound(input, track, {
    sampleRate,
    channels: numberOfChannels === 1 ? 1 : 2,
    video,
    origin,
    duration: ends === null ? undefined : Math.max(0, ends - origin),
  })
}

/**
 * What a decoder really makes of the track: some files name half of its rate, or one of two channels, and some name
 * a codec that the browser has and they have not. @throws Error when it can't be decoded
 */
async function firstSample(track: InputAudioTrack): Promise<Pick<AudioSample, 'sampleRate' | 'numberOfChannels'>> {
  for await (const sample of new AudioSampleSink(track).samples()) {
    const { sampleRate, numberOfChannels } = sample
    sample.close()
    return { sampleRate, numberOfChannels }
  }
  const [sampleRate, numberOfChannels] = await Promise.all([track.getSampleRate(), track.getNumberOfChannels()])
  return { sampleRate, numberOfChannels }
}

/** The track that the file names as its default, or the first. */
async function chosenTrack(input: Input): Promise<InputAudioTrack[]> {
  const tracks = await input.getAudioTracks()
  const dispositions = await Promise.all(tracks.map(track => track.getDisposition()))
  return [...tracks.filter((_, n) => dispositions[n]!.default), ...tracks]
}

interface Description extends Pick<SoundFile, 'duration' | 'sampleRate' | 'channels' | 'video'> {
  /** Seconds on the file's clock that are its beginning. */
  readonly origin: number
}

class ContainerSound implements SoundFile {
  readonly duration: number | undefined
  readonly sampleRate: number
  readonly channels: 1 | 2
  readonly video: boolean
  readonly #input: Input
  readonly #track: InputAudioTrack
  readonly #origin: number

  constructor(input: Input, track: InputAudioTrack, about: Description) {
    this.duration = about.duration
    this.sampleRate = about.sampleRate
    this.channels = about.channels
    this.video = about.video
    this.#input = input
    this.#track = track
    this.#origin = about.origin
  }

  async *sound({ signal, onProgress }: Run = {}): AsyncGenerator<SoundChunk, void, undefined> {
    const chunker = new Chunker(this.channels)
    const report = () => {
      const { seconds: done } = chunker
      onProgress?.({ done, ...(this.duration !== undefined && { total: Math.max(done, this.duration) }) })
    }
    for await (const sample of this.#samples(chunker, signal)) {
      for (const chunk of this.#place(sample, chunker)) {
        yield chunk
        report()
        if (signal?.aborted) throw cancelled()
      }
    }
    yield* chunker.finish()
    onProgress?.({ done: chunker.seconds, total: chunker.seconds })
  }

  close(): void {
    this.#input.dispose()
  }

  /** What the decoder gives, with what it can't read left out. */
  async *#samples(chunker: Chunker, signal: AbortSignal | undefined): AsyncGenerator<AudioSample, void, undefined> {
    const sink = new AudioSampleSink(this.#track)
    let from = -Infinity
    for (let places = 0; ; places++) {
      try {
        for await (const sample of sink.samples(from)) {
          try {
            if (signal?.aborted) throw cancelled()
            yield sample
          } finally {
            sample.close()
          }
        }
        return
      } catch (error) {
        if (error instanceof InputDisposedError || signal?.aborted) throw cancelled()
        const at = chunker.seconds
        from = Math.max(from, this.#origin + at) + SKIP
        if (!(await this.#goesOnAt(from))) {
          // Cut off in mid-packet: what was there has been read.
          if (at > 0) return
          throw damaged(0, error)
        }
        if (places === MAX_DAMAGED_PLACES) throw damaged(at, error)
      }
    }
  }

  async #goesOnAt(timestamp: number): Promise<boolean> {
    try {
      const packet = await new EncodedPacketSink(this.#track).getPacket(timestamp, { metadataOnly: true })
      return packet !== null && packet.timestamp + packet.duration > timestamp
    } catch {
      // Its parts can't be found any more.
      return false
    }
  }

  /** Puts `sample` where the file's clock has it. */
  *#place(sample: AudioSample, chunker: Chunker): Generator<SoundChunk, void, undefined> {
    const { sampleRate } = sample
    const at = sample.timestamp - this.#origin
    const gap = at - chunker.seconds
    if (gap > SLACK && gap <= MAX_GAP_SECONDS) yield* chunker.addSilence(gap, sampleRate)
    // Encoders put some silence before the beginning, for their own start.
    const early = at < 0 && chunker.seconds === 0 ? Math.round(-at * sampleRate) : 0
    yield* chunker.add(decoded(sample), Math.min(early, sample.numberOfFrames))
  }
}

function decoded(sample: AudioSample): Decoded {
  const { numberOfChannels, numberOfFrames: frames, sampleRate } = sample
  const planes = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
    const plane = new Float32Array(frames)
    sample.copyTo(plane, { planeIndex, format: 'f32-planar' })
    return plane
  })
  return { planes, frames, sampleRate }
}
