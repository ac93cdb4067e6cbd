import type { ExportMetadata } from '../../types.ts'
import { concat, u16, u32, u64, utf8, utf8Within } from '../bytes.ts'
import { FileWriter } from '../file-writer.ts'
import type { ByteSink, ChapterMark } from '../types.ts'
import { box } from './box.ts'
import { FRAMES_PER_CHUNK, MOVIE_TIMESCALE, movie, type TextTrack } from './movie.ts'
import { Numbers } from './tables.ts'

const MAX_TITLE_BYTES = 1000

/**
 * Writes AAC frames as they come, and the index after them, chapters included: nothing moves, nothing is held but four
 * bytes for each frame, so a book of any length streams to its file.
 */
export class Mp4File {
  readonly #file: FileWriter
  readonly #sizes = new Numbers()
  readonly #high = new Numbers()
  readonly #low = new Numbers()
  #dataAt = 0

  constructor(sink: ByteSink) {
    this.#file = new FileWriter(sink)
  }

  async begin(book: boolean): Promise<void> {
    await this.#file.write(box('ftyp', utf8(book ? 'M4B ' : 'M4A '), u32(0x200), utf8('isommp42M4A ')))
    this.#dataAt = this.#file.position
    // Size 1 says that the true size follows, in 64 bits.
    await this.#file.write(concat(u32(1), utf8('mdat'), u64(16)))
  }

  async frame(bytes: Uint8Array): Promise<void> {
    if (this.#sizes.count % FRAMES_PER_CHUNK === 0) {
      const { position } = this.#file
      this.#high.push(Math.floor(position / 2 ** 32))
      this.#low.push(position % 2 ** 32)
    }
    this.#sizes.push(bytes.length)
    await this.#file.write(bytes)
  }

  /** @param length samples of sound @param priming samples of the encoder's delay */
  async finish(
    track: { sampleRate: number; bitrate: number; config: Uint8Array; priming: number; length: number },
    chapters: readonly ChapterMark[],
    metadata: ExportMetadata,
    book: boolean,
  ): Promise<void> {
    const titles = chapters.length > 0 ? await this.#titles(chapters, track.length / track.sampleRate) : undefined
    const end = this.#file.position
    const offsets = new Uint8Array(this.#low.count * 8)
    const view = new DataView(offsets.buffer)
    for (let chunk = 0; chunk < this.#low.count; chunk++) {
      view.setUint32(chunk * 8, this.#high.at(chunk))
      view.setUint32(chunk * 8 + 4, this.#low.at(chunk))
    }
    const sizes = { sizes: this.#sizes.bytes(), frames: this.#sizes.count, offsets, chunks: this.#low.count }
    await this.#file.write(movie({ ...track, ...sizes }, titles, chapters, metadata, book))
    await this.#file.patch(this.#dataAt + 8, u64(end - this.#dataAt))
  }

  /** The chapters' titles, as samples of their track, at the end of the media data. */
  async #titles(chapters: readonly ChapterMark[], duration: number): Promise<TextTrack> {
    const first = chapters[0]
    // A track has no gaps: what precedes the first chapter gets an empty title.
    const marks = first && first.start > 0 ? [{ title: '', start: 0 }, ...chapters] : chapters
    const at = marks.map(mark => Math.round(mark.start * MOVIE_TIMESCALE))
    const end = Math.round(duration * MOVIE_TIMESCALE)
    const offset = this.#file.position
    const sizes: number[] = []
    for (const { title } of marks) {
      const name = utf8Within(title, MAX_TITLE_BYTES)
      // `encd` 0x100 says that the title is UTF-8.
      const sample = concat(u16(name.length), name, box('encd', u32(0x100)))
      sizes.push(sample.length)
      await this.#file.write(sample)
    }
    return { durations: at.map((start, index) => Math.max(0, (at[index + 1] ?? end) - start)), sizes, offset }
  }
}
