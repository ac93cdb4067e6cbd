import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { frame } from '../../companion/core/frames/frame.ts'
import { root } from '../support/models.ts'

/** Bytes of the largest input. */
export const MAX_INPUT = 65_536

interface Transcript {
  readonly stdin: readonly string[]
  readonly stdout: readonly string[]
  readonly exit: { readonly code?: number }
}

const filesOf = (folder: string, ending: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending) && !name.includes('node_modules'))
    .map(name => readFileSync(join(root, folder, name)))

const transcripts = () => filesOf('docs/transcripts', '.json').map(file => JSON.parse(file.toString()) as Transcript)

const bytesOf = (chunks: readonly string[]) => chunks.map(chunk => Buffer.from(chunk, 'hex'))

/** The content of every whole frame. */
function contentsOf(bytes: Buffer): Buffer[] {
  const contents: Buffer[] = []
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + (bytes.readUInt32LE(at) & 0x7fff_ffff)
    if (end > bytes.length) break
    contents.push(bytes.subarray(at + 4, end))
    at = end
  }
  return contents
}

/** As much of the same again and again as an input may have: what is slow shows there first. */
const repeated = (part: string | ((at: number) => string), begin = '', end = '') => {
  const parts: string[] = []
  let bytes = begin.length + end.length
  for (let at = 0; ; at++) {
    const next = typeof part === 'string' ? part : part(at)
    bytes += Buffer.byteLength(next)
    if (bytes > MAX_INPUT) return Buffer.from(begin + parts.join('') + end)
    parts.push(next)
  }
}

const HEAD = 'name = "a"\nversion = "1.0.0"\n'
const NODE = '[[nodes]]\nid = "a"\nplugin = "b"\n'

/** Tables in tables: as many as a reader still takes, and far more. */
const DEEP = [100, 900, 30_000]

const toml = () => [
  repeated('['),
  repeated('[', 'a = '),
  repeated('{a=', 'a = '),
  ...DEEP.flatMap(depth => [
    Buffer.from(`name.${'a.'.repeat(depth)}a = 1\n`),
    Buffer.from(`name = ${'['.repeat(depth)}${']'.repeat(depth)}\n`),
    Buffer.from(`${HEAD}${NODE}options.${'a.'.repeat(depth)}a = 1\n`),
    Buffer.from(`${HEAD}${NODE}options.a = ${'['.repeat(depth)}${']'.repeat(depth)}\n`),
    Buffer.from(`${HEAD}[x${'.a'.repeat(depth)}]\n`),
  ]),
  repeated(at => `k${at} = 1\n`, HEAD),
  repeated(at => `k${at} = 1\n`, `${HEAD}${NODE}[nodes.options]\n`),
  repeated(at => `[options.o${at}]\ntype = "strin"\n`, HEAD),
  repeated(at => `[x.a${at}]\n`, HEAD),
  repeated('[[nodes]]\n', HEAD),
  repeated('\\u00e9', 'name = "', '"\n'),
  repeated('""\n', 'name = """', '"""\n'),
  repeated('#\n', '', `${HEAD}${NODE}`),
  repeated('k', 'name = "', '"\n'),
  repeated('k', '', ' = 1\n'),
  repeated('k', '[options.', ']\n'),
  repeated('1, ', 'input = [', ']\n'),
  repeated('k'.repeat(2000), `${HEAD}[[nodes]]\nid = "`, '"\n'),
]

/** What each target begins with: everything that the repository has of its kind, and what is large. */
export const SEEDS: Readonly<Record<string, () => Buffer[]>> = {
  frames: () =>
    [
      ...transcripts().flatMap(({ stdin, stdout, exit }) =>
        [stdin, stdout].map(chunks => {
          const pieces = bytesOf(chunks)
          const lengths = pieces.map(({ length }) => length).filter(length => length < 256)
          const cuts = lengths.slice(0, 15)
          return Buffer.concat([Buffer.of(cuts.length | (exit.code === 0 ? 0 : 0x80), ...cuts), ...pieces])
        }),
      ),
      Buffer.concat([Buffer.of(1, 200), frame(Buffer.alloc(60_000, '{'))]),
      Buffer.concat([Buffer.of(0), ...Array.from({ length: 12_000 }, () => frame(' '))]),
    ].filter(({ length }) => length <= MAX_INPUT),
  handshake: () => [
    ...transcripts().flatMap(({ stdin, stdout }) =>
      [stdin, stdout]
        .flatMap(chunks => contentsOf(Buffer.concat(bytesOf(chunks))))
        .filter(({ length }) => length < 4096),
    ),
    ...filesOf('plugins', 'plugin.toml').flatMap(file =>
      [...file.toString().matchAll(/"([a-z*]+\/[^"]+)"/g)].map(([, type]) =>
        Buffer.from(`${type}\naudio/pcm;rate=8000`),
      ),
    ),
    repeated('😀', '{"type":"error","message":"', '"}'),
    repeated('[', '{"config":'),
    repeated(at => `;a${at}=b`, 'text/plain'),
  ],
  cr: () => [...filesOf('docs/examples', '.cr'), ...toml()],
  manifest: () => [...filesOf('plugins', 'plugin.toml'), ...toml()],
}
