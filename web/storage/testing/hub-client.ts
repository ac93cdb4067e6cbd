import type { ModelEntry, ModelFile } from '#protocol/models.ts'
import { sha256 } from '../hash.ts'

/** What goes wrong at the next request for a file. */
export interface Fault {
  /** Bytes of the body after which the connection breaks. */
  readonly cutAfter?: number
  /** Bytes of the body after which nothing more comes, with the connection open. */
  readonly holdAfter?: number
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** A web page in place of the file, with its own type or under a false one. */
  readonly html?: 'typed' | 'untyped'
  readonly ignoreRange?: boolean
  /** Index of a byte that is wrong. */
  readonly flip?: number
  /** Length of the file as served. */
  readonly length?: number
  readonly noLength?: boolean
  /** At every request from now on. */
  readonly always?: boolean
}

/** Headers of a request that arrived. */
export interface Seen {
  readonly range: string | null
  readonly ifRange: string | null
  readonly referer: string | null
  readonly cookie: string | null
}

export const REVISION = '0123456789abcdef0123456789abcdef01234567'

/** Bytes that look random and are the same for the same seed (xorshift32). */
export function noise(length: number, seed: number): Uint8Array<ArrayBuffer> {
  let state = seed | 1
  const words = new Uint32Array(Math.ceil(length / 4))
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[index] = state
  }
  return new Uint8Array(words.buffer).slice(0, length)
}

/** A model on the test hub, and by the same server as its companion. */
export interface TestModel {
  readonly model: ModelEntry
  readonly contents: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
  put(where: 'hub' | 'companion', path: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  fault(where: 'hub' | 'companion', path: string, ...faults: Fault[]): Promise<void>
  seen(where: 'hub' | 'companion', path: string): Promise<Seen[]>
}

let count = 0

/**
 * Describes a model of these files and puts them on the hub. @param hub origin of the server
 * @param sizes bytes of each file by path; `voices/…` are shared
 */
export async function testModel(hub: string, sizes: Readonly<Record<string, number>>): Promise<TestModel> {
  const id = `m${Date.now()}-${count++}`
  const repo = `org/${id}`
  const contents = new Map(Object.entries(sizes).map(([path, size], at) => [path, noise(size, at + size + 7)]))
  const files: ModelFile[] = []
  for (const [path, bytes] of contents) files.push({ path, bytes: bytes.length, sha256: await sha256(bytes) })
  const sources = [{ kind: 'companion' }, { kind: 'hub', repo, revision: REVISION }] as const
  const own = files.filter(file => !file.path.startsWith('voices/'))
  const model: ModelEntry = {
    id,
    name: 'Test model',
    task: 'speech',
    languages: ['en-us'],
    licence: 'CC0-1.0',
    licenceUrl: 'about:blank',
    shared: files.filter(file => file.path.startsWith('voices/')),
    sharedSources: sources,
    variants: [{ id: 'v', device: 'any', dtype: 'int8', files: own, sources }],
  }
  const at = (where: 'hub' | 'companion', path: string) =>
    `${hub}/control${where === 'hub' ? `/${repo}/resolve/${REVISION}/${path}` : `/models/${id}/${path}`}`
  const send = async (url: string, method: string, body?: BodyInit) =>
    (await (await fetch(url, { method, ...(body === undefined ? {} : { body }) })).json()) as Seen[]
  const test: TestModel = {
    model,
    contents,
    put: async (where, path, bytes) => void (await send(at(where, path), 'PUT', bytes)),
    fault: async (where, path, ...faults) => void (await send(at(where, path), 'POST', JSON.stringify(faults))),
    seen: (where, path) => send(at(where, path), 'GET'),
  }
  for (const [path, bytes] of contents) await test.put('hub', path, bytes)
  return test
}
