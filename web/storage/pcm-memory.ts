import type { PcmChunk } from '#protocol/pcm.ts'
import { decodePcm, encodePcm, joinChunks } from './pcm-codec.ts'
import type { PcmStore } from './types.ts'

/** Sound for as long as the tab lives, where the browser keeps none. Encoded, thus half as large as floats. */
export function memoryPcmStore(): PcmStore {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; duration: number }>()
  return {
    durable: false,
    has: async key => files.has(key),
    which: async keys => new Set(keys.filter(key => files.has(key))),
    async get(key) {
      const file = files.get(key)
      return file && decodePcm(file.bytes)
    },
    duration: async key => files.get(key)?.duration,
    async put(key: string, chunks: readonly PcmChunk[]) {
      const pcm = joinChunks(chunks)
      files.set(key, { bytes: encodePcm(pcm), duration: pcm.samples.length / pcm.sampleRate })
    },
    async remove(keys) {
      for (const key of keys) files.delete(key)
    },
    async *keys() {
      yield* [...files.keys()]
    },
    async size() {
      let bytes = 0
      for (const file of files.values()) bytes += file.bytes.length
      return bytes
    },
  }
}
