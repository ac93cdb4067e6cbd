import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { AudioData } from '../../../companion/protocol/contracts.ts'
import type { Slot } from '../../../companion/core/contracts/types.ts'
import { root } from '../../support/models.ts'
import { atMost, beside, median, reported, type Row } from '../rows.ts'

const SIZE = 10_000_000
const MB = 1e6

/** Ten million bytes as the result of a call, against as many through a bare pipe between the same two programs. */
export async function soundBack(open: () => Slot, openPython: () => Slot, rounds: number): Promise<Row[]> {
  const slot = open()
  const python = openPython()
  const pipe = openPipe()
  try {
    const ours: number[] = []
    const theirs: number[] = []
    const pythons: number[] = []
    const call = async (from = slot) => {
      const { bytes } = (await from.call('sound', { size: SIZE })) as AudioData
      if (bytes.length !== SIZE) throw new Error(`${bytes.length} of ${SIZE} bytes came back.`)
    }
    // Both sides have their buffers then.
    for (let i = 0; i < 3; i++) {
      await call()
      await call(python)
      await pipe.read()
    }
    const before = process.memoryUsage().rss
    let most = before
    for (let i = 0; i < rounds; i++) {
      ours.push(await throughput(() => call()))
      most = Math.max(most, process.memoryUsage().rss)
      theirs.push(await throughput(() => pipe.read()))
      pythons.push(await throughput(() => call(python)))
    }
    const value = median(ours)
    const peer = median(theirs)
    const ratio = value / peer
    return [
      { name: '10 MB of sound back', value, unit: 'MB/s', peer, ratio, goal: 'ratio ≥ 0.5', pass: ratio >= 0.5 },
      beside(reported('… from a plugin in Python', median(pythons), 'MB/s'), peer),
      atMost('memory of the host meanwhile, beyond what it had', (most - before) / MB, 'MB', 100),
    ]
  } finally {
    await slot.close()
    await python.close()
    await pipe.close()
  }
}

/** MB/s */
async function throughput(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return SIZE / MB / ((performance.now() - began) / 1000)
}

function openPipe() {
  const child = spawn(process.execPath, [join(root, 'tests/bench/programs/raw-bytes.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return {
    /** Into one run of memory, as the result of a call is. */
    read: async () => {
      const bytes = new Uint8Array(SIZE)
      let filled = 0
      const done = new Promise<void>(resolve => {
        const take = (chunk: Buffer) => {
          bytes.set(chunk, filled)
          filled += chunk.length
          if (filled < SIZE) return
          child.stdout.off('data', take)
          resolve()
        }
        child.stdout.on('data', take)
      })
      child.stdin.write(`${SIZE}\n`)
      await done
    },
    close: async () => {
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
