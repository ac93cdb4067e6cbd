import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import type { AudioData } from '#protocol/contracts.ts'
import { contractFixture, openFixture } from '../testing/fixture.ts'
import { Restarts } from './restarts.ts'
import { SUPERVISION } from './rules.ts'

/** However slow the machine is. */
const WAIT = { timeout: 25_000 }

const isThere = (pid: number) => existsSync(`/proc/${pid}`)

it('waits longer each time, up to the longest', () => {
  const restarts = new Restarts({ ...SUPERVISION, quarantineAfter: Infinity })
  const waits = Array.from({ length: 7 }, () => restarts.failed(0))
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  restarts.started()
  expect(restarts.failed(0)).toBe(1000)
})

it('leaves alone what failed too often, and not what did so long ago', () => {
  const restarts = new Restarts(SUPERVISION)
  for (let at = 0; at < 5; at++) expect(restarts.failed(at)).toBeDefined()
  expect(restarts.failed(599_999)).toBeUndefined()
  // The first of the five is out of the window by now.
  expect(restarts.failed(600_000)).toBeDefined()
  expect(restarts.failed(600_000)).toBeUndefined()
  restarts.clear()
  expect(restarts.failed(600_000)).toBe(1000)
})

it('starts a plugin that fails five times anew, and leaves it alone after that until it is released', async () => {
  const clock = new HandClock()
  const slot = openFixture(contractFixture(`console.error('No room.'); process.exit(7)`), { clock })
  await expect(slot.load()).rejects.toThrow('exited with code 7')
  for (const [at, delay] of [1000, 2000, 4000, 8000, 16_000].entries()) {
    await expect.poll(() => slot.state.status, WAIT).toBe('ERROR')
    expect(slot.state).toMatchObject({ quarantined: false, restarts: at })
    await clock.pass(delay - 1)
    expect(slot.state.restarts).toBe(at)
    await clock.pass(1)
    expect(slot.state.restarts).toBe(at + 1)
  }
  await expect.poll(() => slot.state.quarantined, WAIT).toBe(true)
  const quarantined = { details: { failure: 'QUARANTINED' }, message: expect.stringContaining('No room.') }
  expect(slot.state).toMatchObject({ status: 'ERROR', failure: quarantined })
  await expect(slot.call('get_voices', {})).rejects.toMatchObject(quarantined)
  await expect(slot.load()).rejects.toMatchObject(quarantined)
  slot.release()
  expect(slot.state).toMatchObject({ status: 'UNLOADED', quarantined: false })
  await expect(slot.load()).rejects.toThrow('exited with code 7')
})

it('tries again what is missing when it is called again, and does not count it', async () => {
  const fixture = contractFixture(`on('get_voices', () => [])`)
  let isThere = false
  const slot = openFixture(fixture, {
    launch: () => (isThere ? Promise.resolve(fixture.launch()) : Promise.reject(new Error('There is no python.'))),
  })
  for (let at = 0; at < 7; at++) await expect(slot.call('get_voices', {})).rejects.toThrow('There is no python.')
  expect(slot.state).toMatchObject({ status: 'ERROR', quarantined: false, restarts: 0 })
  isThere = true
  expect(await slot.call('get_voices', {})).toEqual([])
  expect(slot.state.failure).toBeUndefined()
})

it('is started at once when somebody wants it, whatever it waits for', async () => {
  const code = `const { existsSync } = await import('node:fs'); if (existsSync('fail')) process.exit(7)\non('get_voices', () => [])`
  const fixture = contractFixture(code)
  const slot = openFixture(fixture, { clock: new HandClock() })
  await slot.load()
  process.kill(slot.state.pid!, 'SIGKILL')
  await expect.poll(() => slot.state.status, WAIT).toBe('ERROR')
  const waiting = slot.call('get_voices', {})
  await slot.load()
  expect(slot.state).toMatchObject({ status: 'READY', restarts: 1 })
  expect(await waiting).toEqual([])
  await slot.unload()
  writeFileSync(join(fixture.folder, 'fail'), '')
  await expect(slot.load()).rejects.toThrow('exited with code 7')
  // A call does not try what just failed; a person may.
  rmSync(join(fixture.folder, 'fail'))
  await expect(slot.call('get_voices', {})).rejects.toThrow('exited with code 7')
  await slot.load()
  expect(await slot.call('get_voices', {})).toEqual([])
})

it.runIf(process.platform === 'linux')('answers each caller though it is killed time and again', async () => {
  const code = `on('synthesize', async ({ text }) => { await wait(Math.random() * 20); return audio(text) })`
  const slot = openFixture(contractFixture(code), { rules: { quarantineAfter: Infinity, backoff: [20, 100] } })
  await slot.load()
  let isOver = false
  let [answers, errors] = [0, 0]
  const callers = Array.from({ length: 5 }, async (_, caller) => {
    for (let at = 0; !isOver; at++) {
      const text = `${caller} says ${at}`
      try {
        const { bytes } = (await slot.call('synthesize', { text })) as AudioData
        expect(Buffer.from(bytes).toString()).toBe(text)
        answers += 1
      } catch (error) {
        expect(error).toMatchObject({
          code: 'engine',
          retryable: true,
          details: { failure: 'EXITED', signal: 'SIGKILL' },
        })
        errors += 1
      }
    }
  })
  const killed: number[] = []
  for (let at = 0; at < 20; at++) {
    await expect.poll(() => slot.state.status, { ...WAIT, interval: 2 }).toMatch(/READY|BUSY/)
    await wait(Math.random() * 30)
    killed.push(slot.state.pid!)
    process.kill(slot.state.pid!, 'SIGKILL')
    await expect.poll(() => slot.state.restarts, { ...WAIT, interval: 2 }).toBe(at + 1)
  }
  isOver = true
  await Promise.all(callers)
  expect(answers).toBeGreaterThan(0)
  // A call is made again once: only one that was killed twice is lost.
  expect(errors).toBeLessThanOrEqual(20 * 5)
  for (const pid of killed) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  expect(slot.state.restarts).toBe(20)
})

it('makes a call again that a plugin cancelled because it was told to go', async () => {
  const code = `
const { existsSync, writeFileSync } = await import('node:fs')
on('synthesize', ({ text }, { id }) => {
  if (existsSync('was here')) return audio(text)
  writeFileSync('was here', '')
  tell({ jsonrpc: '2.0', id, error: { code: -32800, message: 'The call was cancelled.' } })
  setTimeout(() => process.exit(0), 50)
  return new Promise(() => {})
})
on('get_voices', () => { throw fail(-32800, 'Not now.') })`
  const slot = openFixture(contractFixture(code), { rules: { backoff: [1, 1] } })
  expect(await slot.call('synthesize', { text: 'Hi' })).toMatchObject({ bytes: new Uint8Array([72, 105]) })
  expect(slot.state.restarts).toBe(1)
  await expect(slot.call('get_voices', {})).rejects.toMatchObject({ code: 'engine', details: { code: -32800 } })
})

it('does not make a call again that was answered in part, or that may not be', async () => {
  const code = `
on('start_stream', () => process.exit(1))
on('stream_complete', async (_, { token }) => { item(token, 'Hel'); await wait(50); process.exit(1) }, { streams: true })`
  const rules = { quarantineAfter: Infinity, backoff: [1, 1] } as const
  const stt = openFixture(contractFixture(code, { contract: 'stt' }), { rules })
  await expect(stt.call('start_stream', {})).rejects.toMatchObject({ details: { failure: 'EXITED', exitCode: 1 } })
  expect(stt.state.restarts).toBeLessThanOrEqual(1)
  const llm = openFixture(contractFixture(code, { contract: 'llm' }), { rules })
  const items: unknown[] = []
  const reading = (async () => {
    for await (const one of llm.stream('stream_complete', { prompt: 'Hi' })) items.push(one)
  })()
  await expect(reading).rejects.toMatchObject({ details: { failure: 'EXITED' } })
  expect(items).toEqual(['Hel'])
})

it.runIf(process.platform === 'linux')('sends no call to a process that is gone and not yet mourned', async () => {
  // The program that it leaves behind holds its output open for a while.
  const code = `
const { spawn } = await import('node:child_process')
on('leave', () => {
  spawn('sleep', ['3'], { detached: true, stdio: ['ignore', 1, 'ignore'] }).unref()
  return process.pid
})
on('ping', () => 'pong')`
  const slot = openFixture(contractFixture(code, { contract: 'own' }), { rules: { backoff: [1, 1] } })
  const pid = Number(await slot.call('leave', {}))
  process.kill(pid, 'SIGKILL')
  await expect.poll(() => isThere(pid), { ...WAIT, interval: 2 }).toBe(false)
  expect(await slot.call('ping', {})).toBe('pong')
  expect(slot.state.restarts).toBe(1)
})
