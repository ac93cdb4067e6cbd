import type { PcmChunk } from '#protocol/pcm.ts'

/** What a chunk says of itself before its samples come. */
export type ChunkHead = Omit<PcmChunk, 'samples'> & {
  /** Bytes of samples that follow, f32le. */
  readonly bytes: number
}

/** What a stream of speech tells: heads, and the samples of each. */
export type SpokenItem = ChunkHead | Uint8Array<ArrayBuffer>

/** Puts heads and samples together again: samples come in as many pieces as the far side likes. */
export async function* chunksOf(items: AsyncIterable<SpokenItem>): AsyncGenerator<PcmChunk> {
  let head: ChunkHead | undefined
  let bytes = new Uint8Array(0)
  let filled = 0
  for await (const item of items) {
    if (item instanceof Uint8Array) {
      bytes.set(item.subarray(0, bytes.length - filled), filled)
      filled += item.length
    } else {
      head = item
      bytes = new Uint8Array(item.bytes)
      filled = 0
    }
    if (!head || filled < head.bytes) continue
    const { bytes: _, ...rest } = head
    head = undefined
    yield { ...rest, samples: new Float32Array(bytes.buffer) }
  }
}
