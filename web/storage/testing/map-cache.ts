import type { Head, ModelCache, PartNote } from '../model-cache.ts'

/** A ModelCache without a browser, to run the downloader where requests of one's own origin can be looked at. */
export function mapCache(): ModelCache {
  const heads = new Map<string, Head>()
  const parts = new Map<string, { bytes: Uint8Array<ArrayBuffer>; note: PartNote }[]>()
  const of = (address: string) => parts.get(address) ?? []
  const dropAll = async (prefix: string) => {
    for (const map of [heads, parts]) for (const key of map.keys()) if (key.startsWith(prefix)) map.delete(key)
  }
  return {
    head: async address => heads.get(address),
    parts: async (address, sha256) =>
      of(address)
        .filter(part => part.note.sha256 === sha256)
        .map(({ bytes, note }) => ({ ...note, bytes: bytes.length })),
    readPart: async (address, index) => of(address)[index]?.bytes,
    async putPart(address, index, bytes, note) {
      parts.set(address, [...of(address).slice(0, index), { bytes, note }])
    },
    putHead: async (address, head) => void heads.set(address, head),
    read: async address => new Uint8Array(await new Blob(of(address).map(part => part.bytes)).arrayBuffer()),
    drop: dropAll,
    dropAll,
    size: async () => [...parts.values()].flat().reduce((sum, part) => sum + part.bytes.length, 0),
  }
}
