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

/** What a plugin of a contract writes. @param first 0x80 where attachments were not agreed on */
const contractLines = (first: number, ...parts: readonly (string | Buffer)[]) =>
  Buffer.concat([Buffer.of(first | 3, 1, 7, 64), ...parts.map(part => Buffer.from(part))])

const framed = (text: string) => Buffer.concat([Buffer.of(text.length, 0, 0, 0), Buffer.from(text)])

const ATTACHED =
  '{"jsonrpc":"2.0","id":1,"result":{"encoding":"attachment","mime":"audio/x","attachment":0},"attachments":1}\n'

/** Lines of a document that a plugin writes. */
const answersOf = (path: string) =>
  [...readFileSync(join(root, path), 'utf8').matchAll(/^← (.*\n)/gm)].map(([, line]) => line!)

const DEEP_ERROR = '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"a","data":'

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
  'contract-lines': () =>
    [
      contractLines(0, ...answersOf('docs/contract-plugins.md')),
      contractLines(0, ATTACHED, framed('one\n'), '{"jsonrpc":"2.0","id":2,"result":1}\n'),
      contractLines(0, 'Loading\r\n', ATTACHED, framed(''), ATTACHED.replace('"id":1', '"id":2'), framed('two')),
      contractLines(0x80, ATTACHED, framed('one')),
      contractLines(0, ATTACHED.replace('"attachments":1', '"attachments":2'), framed('one'), framed('two')),
      contractLines(0, ATTACHED, Buffer.of(1, 0, 0, 4)),
      contractLines(0, '\uFEFF{}\n', Buffer.of(0x7b, 0xff, 0x7d, 10)),
      ...['', '{"jsonrpc":"2.0","id":', '{"jsonrpc":"2.0","id":1,"result":', '{"a":', DEEP_ERROR].flatMap(begin => [
        contractLines(0, repeated('[', begin)),
        contractLines(0, `${begin}${'['.repeat(30_000)}${']'.repeat(30_000)}}\n`),
        contractLines(0, `${begin}${'['.repeat(30_000)}${']'.repeat(30_000)}}}\n`),
        contractLines(0, `${begin}${'['.repeat(30_000)}${']'.repeat(30_000)},"attachments":1}\n`, framed('x')),
      ]),
      contractLines(0, repeated('print\n')),
      contractLines(0, repeated('{"jsonrpc":"2.0","method":"$/progress","params":{"token":"s7","value":"a"}}\n')),
    ].filter(({ length }) => length <= MAX_INPUT),
  cr: () => [...filesOf('docs/examples', '.cr'), ...toml()],
  manifest: () => [...filesOf('plugins', 'plugin.toml'), ...toml()],
}
