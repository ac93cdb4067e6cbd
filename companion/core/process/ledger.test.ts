import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { isRunning, scratch } from '../testing/plugins.ts'
import { Child } from './child.ts'
import { ProcessLedger } from './ledger.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Ignores the end of its input and SIGTERM, and has a child of its own. */
const STUBBORN = `
process.on('SIGTERM', () => {})
const { spawn } = require('node:child_process')
const child = spawn('sleep', ['300'], { stdio: 'ignore' })
console.log(child.pid)
setInterval(() => {}, 1000)
`

/** A host as a process of its own, which can be killed. It prints the numbers of what it has started. */
const HOST = `
const { Child } = await import(${JSON.stringify(here('./child.ts'))})
const { ProcessLedger } = await import(${JSON.stringify(here('./ledger.ts'))})
const ledger = new ProcessLedger(process.argv[2])
const child = new Child(
  { program: process.execPath, args: ['-e', ${JSON.stringify(STUBBORN)}], folder: process.argv[2], env: process.env },
  { ledger },
)
child.stdout.on('data', data => console.log(child.pid + ' ' + String(data).trim()))
setInterval(() => {}, 1000)
`

async function startHost(state: string) {
  const script = join(state, 'host.mjs')
  writeFileSync(script, HOST)
  const host = spawn(process.execPath, [script, state], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = once(host, 'exit')
  const [line] = (await once(host.stdout, 'data')) as [Buffer]
  const pids = String(line).trim().split(' ').map(Number)
  onTestFinished(() => {
    host.kill('SIGKILL')
    for (const pid of pids) if (isRunning(pid)) process.kill(pid, 'SIGKILL')
  })
  return { host, pids, gone }
}

describe.skipIf(process.platform === 'win32')('what a killed host has left behind', () => {
  it('is left alone when the machine was started anew since: its numbers are somebody else’s', async () => {
    const state = scratch()
    const { host, pids, gone } = await startHost(state)
    host.kill('SIGKILL')
    await gone
    const [page] = readdirSync(join(state, 'processes'))
    const ofAnotherStart = page!.replace(/-[^-]*$/, '-0123456789abcdef')
    renameSync(join(state, 'processes', page!), join(state, 'processes', ofAnotherStart))
    expect(new ProcessLedger(state).reap()).toEqual([])
    expect(pids.filter(isRunning)).toEqual(pids)
    expect(readdirSync(join(state, 'processes'))).toEqual([])
  })

  it('is ended by the next one, and nothing of a host that lives', async () => {
    const state = scratch()
    const [dead, alive] = [await startHost(state), await startHost(state)]
    dead.host.kill('SIGKILL')
    await dead.gone
    expect([...dead.pids, ...alive.pids].filter(isRunning)).toEqual([...dead.pids, ...alive.pids])
    expect(new ProcessLedger(state).reap()).toEqual([dead.pids[0]])
    await vi.waitFor(() => expect(dead.pids.filter(isRunning)).toEqual([]))
    expect(alive.pids.filter(isRunning)).toEqual(alive.pids)
    expect(readdirSync(join(state, 'processes'))).toHaveLength(1)
    expect(new ProcessLedger(state).reap()).toEqual([])
  })

  it.runIf(process.platform === 'linux')('is ended though the leader of the group is gone', async () => {
    const state = scratch()
    const { host, pids, gone } = await startHost(state)
    host.kill('SIGKILL')
    await gone
    process.kill(pids[0]!, 'SIGKILL')
    await vi.waitFor(() => expect(isRunning(pids[0]!)).toBe(false))
    expect(isRunning(pids[1]!)).toBe(true)
    expect(new ProcessLedger(state).reap()).toEqual([pids[0]])
    await vi.waitFor(() => expect(isRunning(pids[1]!)).toBe(false))
  })

  it('does not mean a process that was given the same number later', () => {
    const state = scratch()
    // Known by the boot that its name tells.
    new ProcessLedger(state).note(process.pid)
    const [own] = readdirSync(join(state, 'processes'))
    const page = join(state, 'processes', own!.replace(/^\d+-[^-]*/, '999999-1'))
    renameSync(join(state, 'processes', own!), page)
    // This very process, as if it had begun at another time.
    writeFileSync(join(page, String(process.pid)), '1')
    writeFileSync(join(page, 'no-number'), '1')
    writeFileSync(join(page, '1'), '')
    expect(new ProcessLedger(state).reap()).toEqual([])
    expect(readdirSync(join(state, 'processes'))).toEqual([])
  })
})

describe('the ledger of a host', () => {
  it('notes what runs, forgets what has ended, and goes when it is empty', async () => {
    const state = scratch()
    const ledger = new ProcessLedger(state)
    const child = new Child(
      { program: process.execPath, args: ['-e', 'process.stdin.resume()'], folder: state, env: {} },
      { ledger },
    )
    const [page] = readdirSync(join(state, 'processes'))
    expect(readFileSync(join(state, 'processes', page!, String(child.pid)), 'utf8')).not.toBe('')
    ledger.close()
    expect(readdirSync(join(state, 'processes'))).toHaveLength(1)
    expect(ledger.reap()).toEqual([])
    expect(await child.end()).toEqual({ code: 0, signal: undefined })
    ledger.close()
    expect(readdirSync(join(state, 'processes'))).toEqual([])
  })

  it('may not be writable: nothing depends on it', () => {
    const file = join(scratch(), 'file')
    writeFileSync(file, '')
    const ledger = new ProcessLedger(file)
    expect(() => ledger.note(1)).not.toThrow()
    expect(() => ledger.forget(1)).not.toThrow()
    ledger.close()
    expect(ledger.reap()).toEqual([])
  })
})
