import { isQuota, quotaError } from './errors.ts'

/**
 * Files in the Cache API, each as parts of some megabytes and a head that says the parts are all there and good.
 * The parts of an unfinished download stay, so it goes on where it stopped; the head makes the file appear at once.
 * Addresses are made up, on our own origin: `/models/<model>/<path>`, parts with `?part=<n>`. No network request ever
 * goes there for them, and the service worker must not answer these from its own caches.
 */
export interface ModelCache {
  head(address: string): Promise<Head | undefined>
  /** Parts stored for exactly the file with this hash, from the first one on without a gap. */
  parts(address: string, sha256: string): Promise<Part[]>
  readPart(address: string, index: number): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** @throws SeamError quota */
  putPart(address: string, index: number, bytes: Uint8Array<ArrayBuffer>, note: PartNote): Promise<void>
  putHead(address: string, head: Head): Promise<void>
  /** @returns undefined when parts are missing or of the wrong length */
  read(address: string, head: Head): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Drops the parts, and with them the head. */
  drop(address: string): Promise<void>
  /** Drops everything whose address begins with `prefix`. */
  dropAll(prefix: string): Promise<void>
  size(): Promise<number>
}

export interface Head {
  readonly sha256: string
  readonly bytes: number
  readonly parts: number
  /** ISO 8601. */
  readonly verifiedAt: string
  /** The bytes were found to be wrong and have been dropped. */
  readonly damaged?: boolean
}

export interface PartNote {
  /** Of the whole file that this is a part of. */
  readonly sha256: string
  /** Where it came from, and the validator that came with it. */
  readonly url?: string
  readonly etag?: string
}

export interface Part extends PartNote {
  readonly bytes: number
}

export const CACHE_NAME = 'voxloom-models-v1'

export async function openModelCache(name: string = CACHE_NAME): Promise<ModelCache> {
  const cache = await caches.open(name)
  const partOf = (address: string, index: number) => `${address}?part=${index}`

  const partInfo = async (address: string, index: number): Promise<Part | undefined> => {
    const response = await cache.match(partOf(address, index))
    if (!response) return undefined
    const { headers } = response
    const [url, etag] = [headers.get('x-voxloom-url'), headers.get('x-voxloom-etag')]
    return {
      bytes: Number(headers.get('x-voxloom-bytes')),
      sha256: headers.get('x-voxloom-sha256') ?? '',
      ...(url ? { url } : {}),
      ...(etag ? { etag } : {}),
    }
  }

  const stored = async (): Promise<string[]> =>
    (await cache.keys()).map(({ url }) => {
      const { pathname, search } = new URL(url)
      return pathname + search
    })

  const dropWhere = async (matches: (address: string) => boolean) => {
    for (const address of await stored()) if (matches(address)) await cache.delete(address)
  }

  return {
    async head(address) {
      const response = await cache.match(address)
      return response && ((await response.json()) as Head)
    },

    async parts(address, sha256) {
      const parts: Part[] = []
      for (;;) {
        const part = await partInfo(address, parts.length)
        if (part?.sha256 !== sha256) return parts
        parts.push(part)
      }
    },

    async readPart(address, index) {
      const response = await cache.match(partOf(address, index))
      return response && new Uint8Array(await response.arrayBuffer())
    },

    async putPart(address, index, bytes, note) {
      const headers = new Headers({
        'content-type': 'application/octet-stream',
        'x-voxloom-bytes': String(bytes.length),
        'x-voxloom-sha256': note.sha256,
      })
      if (note.url) headers.set('x-voxloom-url', note.url)
      if (note.etag) headers.set('x-voxloom-etag', note.etag)
      try {
        await cache.put(partOf(address, index), new Response(bytes, { headers }))
      } catch (error) {
        throw isQuota(error) ? await quotaError('a model', bytes.length, error) : error
      }
    },

    async putHead(address, head) {
      try {
        await cache.put(address, Response.json(head))
      } catch (error) {
        throw isQuota(error) ? await quotaError('a model', undefined, error) : error
      }
    },

    async read(address, head) {
      const whole = new Uint8Array(head.bytes)
      let at = 0
      for (let index = 0; index < head.parts; index++) {
        const response = await cache.match(partOf(address, index))
        if (!response || response.headers.get('x-voxloom-sha256') !== head.sha256) return undefined
        const bytes = new Uint8Array(await response.arrayBuffer())
        if (at + bytes.length > whole.length) return undefined
        whole.set(bytes, at)
        at += bytes.length
      }
      return at === whole.length ? whole : undefined
    },

    async drop(address) {
      await cache.delete(address)
      await dropWhere(other => other.startsWith(`${address}?part=`))
    },

    dropAll: prefix => dropWhere(address => address.startsWith(prefix)),

    async size() {
      let bytes = 0
      for (const address of await stored()) {
        if (!address.includes('?part=')) continue
        bytes += Number((await cache.match(address))?.headers.get('x-voxloom-bytes') ?? 0)
      }
      return bytes
    },
  }
}
