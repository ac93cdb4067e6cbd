import {
  type AudioEncodingConfig,
  AudioSample,
  AudioSampleSource,
  type MetadataTags,
  Output,
  type OutputFormat,
  StreamTarget,
} from 'mediabunny'
import type { ByteSink } from './types.ts'

/** How much the muxer gathers before it writes, bytes. */
const CHUNK_BYTES = 256 * 1024

/** One mono track on its way through a codec and a muxer into a sink. */
export class Muxed {
  readonly #output: Output
  readonly #source: AudioSampleSource
  readonly #sampleRate: number
  #frames = 0

  private constructor(output: Output, source: AudioSampleSource, sampleRate: number) {
    this.#output = output
    this.#source = source
    this.#sampleRate = sampleRate
  }

  static async start(
    format: OutputFormat,
    config: AudioEncodingConfig,
    sampleRate: number,
    sink: ByteSink,
    tags?: MetadataTags,
  ): Promise<Muxed> {
    const stream = new WritableStream<{ data: Uint8Array; position: number }>({
      // Copied: the muxer may use its buffer again, and the sink gives buffers away.
      write: ({ data, position }) => sink.write(position, data.slice() as Uint8Array<ArrayBuffer>),
    })
    const output = new Output({ format, target: new StreamTarget(stream, { chunked: true, chunkSize: CHUNK_BYTES }) })
    const source = new AudioSampleSource(config)
    output.addAudioTrack(source)
    if (tags) output.setMetadataTags(tags)
    await output.start()
    return new Muxed(output, source, sampleRate)
  }

  /** Seconds taken so far. */
  get seconds(): number {
    return this.#frames / this.#sampleRate
  }

  async add(samples: Float32Array<ArrayBuffer>): Promise<void> {
    if (samples.length === 0) return
    const sample = new AudioSample({
      // Copied: the codec may still read it when the caller writes over it.
      data: samples.slice(),
      format: 'f32',
      numberOfChannels: 1,
      sampleRate: this.#sampleRate,
      timestamp: this.seconds,
    })
    this.#frames += samples.length
    try {
      await this.#source.add(sample)
    } finally {
      sample.close()
    }
  }

  async finish(): Promise<void> {
    await this.#output.finalize()
  }

  async cancel(): Promise<void> {
    if (this.#output.state === 'started') await this.#output.cancel()
  }
}
