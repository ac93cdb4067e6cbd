import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Pipeline } from '../pipelines/cr.ts'
import { executePipeline, type ExecuteOptions, type PipelinePlan } from '../pipelines/execute.ts'
import { planOrThrow } from '../pipelines/plan.ts'
import { readPlugin, type FoundPlugin } from '../plugins/discovery.ts'
import { parseMediaType } from '../plugins/media-type.ts'

/** Reads and writes frames in a few lines; what a fixture's program begins with. */
const FRAMES = `
import { readSync, writeSync } from 'node:fs'
const read = n => {
  const bytes = Buffer.alloc(n)
  let has = 0
  while (has < n) {
    let got
    try { got = readSync(0, bytes, has, n - has) } catch (error) { if (error.code === 'EAGAIN') continue; if (error.code === 'EOF') got = 0; else throw error }
    if (got === 0) { if (has === 0) return undefined; process.exit(9) }
    has += got
  }
  return bytes
}
const readFrame = () => { const head = read(4); if (!head) return undefined; const n = head.readUInt32LE() & 0x7fffffff; return n === 0 ? Buffer.alloc(0) : read(n) }
const all = (fd, bytes) => { let at = 0; while (at < bytes.length) { try { at += writeSync(fd, bytes, at) } catch (error) { if (error.code !== 'EAGAIN') throw error } } }
const header = (n, control) => { const head = Buffer.alloc(4); head.writeUInt32LE(control ? n + 0x80000000 : n); return head }
const writeFrame = (content, control = false) => { const bytes = Buffer.from(content); all(1, Buffer.concat([header(bytes.length, control), bytes])) }
const fail = error => writeFrame(JSON.stringify({ type: 'error', ...error }), true)
const sleep = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
const handshake = JSON.parse(readFrame())
`

export interface FixtureOptions {
  readonly name?: string
  /** Lines of plugin.toml that replace or join the usual ones. */
  readonly manifest?: Readonly<Record<string, string>>
  /** Tables of plugin.toml. */
  readonly tables?: string
}

/** A folder for one test, gone after it. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-plugins-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A real plugin whose program is `code`: it may use handshake, readFrame, writeFrame, fail and sleep. */
export function fixture(
  code: string,
  { name = 'fixture', manifest = {}, tables = '' }: FixtureOptions = {},
): FoundPlugin {
  const folder = join(scratch(), name)
  mkdirSync(folder)
  const lines = {
    name: JSON.stringify(name),
    version: '"1.0.0"',
    protocol_version: '"0.1"',
    entrypoint: '"main.mjs"',
    interpreter: '"node"',
    mode: '"streaming"',
    input: '["text/plain"]',
    output: '["text/plain"]',
    ...manifest,
  }
  const toml = Object.entries(lines).map(([key, value]) => `${key} = ${value}`)
  writeFileSync(join(folder, 'plugin.toml'), `${toml.join('\n')}\n${tables}\n`)
  writeFileSync(join(folder, 'main.mjs'), FRAMES + code)
  return readPlugin(folder)
}

export const COPY = 'for (let frame; (frame = readFrame());) if (frame.length > 0) writeFrame(frame)\n'

export function pipelineOf(...plugins: readonly Pick<FoundPlugin, 'id'>[]): Pipeline {
  const nodes = plugins.map(({ id }, at) => ({ id: `${id}-${at + 1}`, plugin: id, options: {} }))
  return { name: 'test', version: '1', description: '', nodes }
}

export function planOf(plugins: readonly FoundPlugin[], inputType?: string): PipelinePlan {
  return planOrThrow({
    pipeline: pipelineOf(...plugins),
    plugins,
    models: '/nowhere',
    ...(inputType !== undefined && { inputType: parseMediaType(inputType) }),
  })
}

export async function* pieces(...texts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === 'string' ? Buffer.from(text) : text
}

/** Runs plugins in a row over `input`, and gives all output as text. */
export async function runThrough(
  plugins: readonly FoundPlugin[],
  input: AsyncIterable<Uint8Array> | string,
  options: ExecuteOptions = {},
): Promise<string> {
  const found: Buffer[] = []
  const source = typeof input === 'string' ? pieces(input) : input
  for await (const piece of executePipeline(planOf(plugins), source, options)) found.push(Buffer.from(piece))
  return Buffer.concat(found).toString('utf8')
}

/** Whether a process is there; one that is dead and only waits to be noticed is not. */
export function isRunning(pid: number): boolean {
  try {
    if (process.platform === 'linux' && /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))) return false
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
