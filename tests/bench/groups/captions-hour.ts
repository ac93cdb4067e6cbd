import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { root } from '../../support/models.ts'
import { recordingPath } from '../../support/recordings.ts'
import { openBench } from '../browser.ts'
import { LOOPED, type MinuteOfCaptions } from '../looped.ts'
import { atMost, reported, type Row } from '../rows.ts'

const MB = 1e6

/**
 * Memory while one sound is captioned for an hour, as fast as it is read. `VOXLOOM_BENCH_MINUTES` makes it another length.
 */
export async function captionsHour({ quick }: { quick: boolean }): Promise<Row[]> {
  const minutes = Number(process.env['VOXLOOM_BENCH_MINUTES'] ?? (quick ? 6 : 60))
  if (!(minutes >= 2)) throw new Error('VOXLOOM_BENCH_MINUTES must be 2 or more.')
  const page = await inPage(minutes)
  const native = await natively(minutes)
  return [
    ...rowsOf(`${minutes} minutes of captions, the tab’s memory`, page.rss),
    ...rowsOf('what its page and workers hold', page.heap),
    ...rowsOf(`${minutes} minutes of captions natively, the process’s memory`, native.rss),
    reported('what its heap holds after a tenth', afterATenth(native.heap)[0]! / MB, 'MB'),
    reported('at the end', native.heap.at(-1)! / MB, 'MB'),
  ]
}

interface Memory {
  readonly rss: number[]
  readonly heap: number[]
}

async function inPage(minutes: number): Promise<Memory> {
  const names = await Promise.all(LOOPED.map(async name => basename(await recordingPath(name))))
  const bench = await openBench()
  try {
    const memory: Memory = { rss: [], heap: [] }
    for (let minute = 0; minute < minutes; minute++) {
      const captions = await bench.call<number>('captions', 'hear', names, 60)
      memory.rss.push(await bench.tabMemory())
      // The browser tidies up first, which takes its time.
      if (minute % Math.ceil(minutes / 20) === 0) memory.heap.push(await bench.call<number>('captions', 'heap'))
      tell(minute, captions, memory)
    }
    return memory
  } finally {
    await bench.close()
  }
}

async function natively(minutes: number): Promise<Memory> {
  const program = join(root, 'tests/bench/programs/captions.ts')
  const child = spawn(process.execPath, ['--expose-gc', program, String(minutes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const over = once(child, 'exit')
  const memory: Memory = { rss: [], heap: [] }
  for await (const line of createInterface({ input: child.stdout })) {
    const { captions, rss, heap } = JSON.parse(line) as MinuteOfCaptions
    memory.rss.push(rss)
    memory.heap.push(heap)
    tell(memory.rss.length - 1, captions, memory)
  }
  const [code] = (await over) as [number | null]
  if (code !== 0) throw new Error(`The captions ended with ${code}.`)
  return memory
}

function tell(minute: number, captions: number, { rss, heap }: Memory): void {
  const each = [rss, heap].map(values => Math.round((values.at(-1) ?? 0) / MB))
  console.error(`  minute ${minute + 1}: ${each.join(' and ')} MB, ${captions} captions`)
}

/** The most over what there was when a tenth was over. */
function rowsOf(name: string, samples: readonly number[]): Row[] {
  const [settled, ...later] = afterATenth(samples)
  const growth = 100 * (Math.max(settled!, ...later) / settled! - 1)
  return [
    atMost(`${name}, growth after a tenth`, growth, '%', 10),
    reported('at most', Math.max(...samples) / MB, 'MB'),
  ]
}

const afterATenth = (samples: readonly number[]) => samples.slice(Math.max(1, Math.ceil(samples.length / 10)))
