import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node'
import type { Slot } from '../../../companion/core/contracts/types.ts'
import { root } from '../../support/models.ts'
import { against, beside, percentile, reported, type Row } from '../rows.ts'

/** Calls before any is timed, on both sides. */
const WARM_UP = 300
/** Calls of one side before it is the other's turn: what disturbs the machine disturbs both. */
const TURN = 100

/** An empty method of a supervised plugin, against vscode-jsonrpc's own echo over the same kind of pipe. */
export async function callOverhead(open: () => Slot, openPython: () => Slot, calls: number): Promise<Row[]> {
  const slot = open()
  const python = openPython()
  const peer = openPeer()
  try {
    const ours: number[] = []
    const theirs: number[] = []
    const pythons: number[] = []
    for (let i = 0; i < WARM_UP; i++) {
      await slot.call('empty', {})
      await peer.call()
      await python.call('empty', {})
    }
    while (ours.length < calls) {
      for (let i = 0; i < TURN; i++) ours.push(await timed(() => slot.call('empty', {})))
      for (let i = 0; i < TURN; i++) theirs.push(await timed(() => peer.call()))
      for (let i = 0; i < TURN; i++) pythons.push(await timed(() => python.call('empty', {})))
    }
    return [
      against('contract call, empty method, p50', percentile(ours, 0.5), 'ms', percentile(theirs, 0.5), 1.3),
      against('contract call, empty method, p95', percentile(ours, 0.95), 'ms', percentile(theirs, 0.95), 1.5),
      beside(reported('… of a plugin in Python, p50', percentile(pythons, 0.5), 'ms'), percentile(theirs, 0.5)),
      beside(reported('… of a plugin in Python, p95', percentile(pythons, 0.95), 'ms'), percentile(theirs, 0.95)),
    ]
  } finally {
    await slot.close()
    await python.close()
    await peer.close()
  }
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await call()
  return performance.now() - began
}

function openPeer() {
  const child = spawn(process.execPath, [join(root, 'tests/bench/programs/jsonrpc-echo.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  connection.listen()
  return {
    call: () => connection.sendRequest('empty', {}),
    close: async () => {
      connection.dispose()
      child.kill()
      await once(child, 'exit')
    },
  }
}
