import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../support/models.ts'
import { ensurePrograms } from '../../support/tools.ts'
import { atMost, median, type Row } from '../rows.ts'

const MiB = 1024 * 1024

interface Report {
  readonly seconds: number
  readonly bytes: number
  /** Bytes. */
  readonly peak: number
  readonly memory: readonly number[]
  /** Milliseconds. */
  readonly times: readonly number[]
}

/** The way of frames through the core: against a shell's pipe of `cat`, a small frame's latency, and a long text. */
export async function frames({ quick }: { quick: boolean }): Promise<Row[]> {
  ensurePrograms({ cargo: 'cargo', python3: 'python3' })
  build(['pass-through', 'chunker'])
  // What the first start after an installation does once.
  host('pass-through', 'bytes:1')
  return [...throughput(quick), latency(quick), ...longText(quick)]
}

function throughput(quick: boolean): Row[] {
  const size = (quick ? 256 : 1024) * MiB
  const ours: number[] = []
  const theirs: number[] = []
  let peak = 0
  for (let i = 0; i < (quick ? 2 : 5); i++) {
    const report = host('pass-through,pass-through,pass-through', `bytes:${size}`)
    if (report.bytes !== size) throw new Error(`${report.bytes} of ${size} bytes came out.`)
    ours.push(size / MiB / report.seconds)
    theirs.push(size / MiB / cats(size))
    peak = Math.max(peak, report.peak)
  }
  const value = median(ours)
  const peer = median(theirs)
  const ratio = value / peer
  return [
    {
      name: 'three pass-through plugins against three cat',
      value,
      unit: 'MiB/s',
      peer,
      ratio,
      goal: 'ratio ≥ 0.35',
      pass: ratio >= 0.35,
    },
    atMost('memory of the core meanwhile', peak / 1e6, 'MB', 150),
  ]
}

/** Seconds that a shell takes for as many bytes. */
function cats(size: number): number {
  const began = performance.now()
  const { status } = spawnSync('sh', ['-c', `head -c ${size} /dev/zero | cat | cat | cat | wc -c`])
  if (status !== 0) throw new Error('The shell’s pipe failed.')
  return (performance.now() - began) / 1000
}

function latency(quick: boolean): Row {
  const { times } = host('pass-through', `echo:${quick ? 500 : 5000}`)
  // The first ones pay for the start of the process.
  const sorted = times.slice(50).toSorted((a, b) => a - b)
  return atMost('one pass-through node, 256 bytes, p95', sorted[Math.floor(sorted.length * 0.95)]!, 'ms', 2)
}

function longText(quick: boolean): Row[] {
  const pages = quick ? 100 : 1000
  const { memory, peak } = host('text-normalize,chunker,fast-voice,encode-mp3', `pages:${pages}`)
  const warm = memory.slice(Math.floor(memory.length / 4))
  return [
    atMost(`core while ${pages} pages go through four plugins, peak`, peak / 1e6, 'MB', 200),
    atMost('its growth after a quarter of them', (Math.max(...warm) / Math.min(...warm) - 1) * 100, '%', 25),
  ]
}

function host(plugins: string, work: string): Report {
  const program = join(root, 'tests/bench/programs/pipeline.ts')
  // As the product runs: see companion/compiled.mjs.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, '.cache/compiled') }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, plugins, work], { encoding: 'utf8', env })
  if (status !== 0) throw new Error(`The pipeline failed:\n${stderr}`)
  return JSON.parse(stdout) as Report
}

function build(plugins: readonly string[]): void {
  const main = join(root, 'companion/cli/main.ts')
  const { status, stderr } = spawnSync(process.execPath, [main, 'plugins', 'build', ...plugins], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The plugins could not be built:\n${stderr}`)
}
