import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contractFixture, openFixture } from '../testing/fixture.ts'
import { MOST_UNANSWERED } from './calls.ts'

/** However slow the machine is. */
const WAIT = { timeout: 25_000 }

const failing = (failure: string, message = '') =>
  expect.objectContaining({
    message: expect.stringContaining(message),
    details: expect.objectContaining({ failure, plugin: 'fixture' }),
  })

/** Whether a process is there; one that is dead and was not noticed is. */
const isThere = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('gives up a plugin that is not ready in time', async () => {
  const slot = openFixture(contractFixture(`on('initialize', () => new Promise(() => {}))`), {
    launch: { initializeTimeout: 300 },
  })
  await expect(slot.call('get_voices', {})).rejects.toEqual(failing('INITIALIZE_TIMEOUT', 'initialize_timeout'))
  expect(slot.state).toMatchObject({ status: 'ERROR', failure: failing('INITIALIZE_TIMEOUT') })
  // Whoever calls meanwhile knows at once.
  await expect(slot.call('get_voices', {})).rejects.toEqual(failing('INITIALIZE_TIMEOUT'))
})

it('ends a start that takes too long for whoever unloads it', async () => {
  const code = `
const { existsSync, writeFileSync } = await import('node:fs')
on('initialize', () => { if (existsSync('hangs')) return; writeFileSync('hangs', ''); return new Promise(() => {}) })
on('get_voices', () => [])`
  const fixture = contractFixture(code)
  const slot = openFixture(fixture, { launch: { initializeTimeout: 600_000 } })
  const waiting = slot.call('get_voices', {})
  await expect.poll(() => existsSync(join(fixture.folder, 'hangs')), WAIT).toBe(true)
  const [call] = await Promise.allSettled([waiting, slot.unload()])
  expect(call).toMatchObject({
    status: 'rejected',
    reason: { code: 'cancelled', message: expect.stringContaining('was unloaded meanwhile') },
  })
  expect(slot.state).toMatchObject({ status: 'UNLOADED', restarts: 0 })
  expect(slot.state.failure).toBeUndefined()
  expect(await slot.call('get_voices', {})).toEqual([])
})

it.each([
  [
    'throws',
    `on('initialize', () => { throw fail(-32603, 'There is no model.') })`,
    'INITIALIZE_FAILED',
    'The plugin “fixture” could not start. It says: There is no model.',
  ],
  ['says false', `on('initialize', () => false)`, 'INITIALIZE_FAILED', 'it can’t start'],
  ['is in error', `on('initialize', () => ({ status: 'ERROR' }))`, 'INITIALIZE_FAILED', 'in error'],
  ['speaks another revision', `on('initialize', () => ({ revision: 2 }))`, 'INITIALIZE_FAILED', 'revision 2'],
  ['answers something else', `on('initialize', () => ({ methods: 3 }))`, 'INITIALIZE_FAILED', 'no agreement'],
  ['ends', `console.error('Out of memory.'); process.exit(3)`, 'EXITED', 'exited with code 3: Out of memory.'],
  ['is no program', `)`, 'EXITED', 'exited with code 1'],
])('says why a plugin that %s could not be started', async (_, code, failure, words) => {
  const slot = openFixture(contractFixture(code))
  await expect(slot.load()).rejects.toEqual(failing(failure, words))
  expect(slot.state.status).toBe('ERROR')
})

it('says that a program is not there', async () => {
  const fixture = contractFixture('')
  const command = { ...fixture.launch().command, program: '/nowhere/python3' }
  const slot = openFixture(fixture, { launch: { command } })
  await expect(slot.load()).rejects.toEqual(failing('SPAWN_FAILED', '/nowhere/python3'))
})

it('says so where a program can’t even be asked for', async () => {
  const fixture = contractFixture('')
  const command = { ...fixture.launch().command, args: ['main\0.mjs'] }
  const slot = openFixture(fixture, { launch: { command } })
  await expect(slot.load()).rejects.toEqual(failing('SPAWN_FAILED', 'could not be started'))
  expect(slot.state).toMatchObject({ status: 'ERROR', failure: failing('SPAWN_FAILED') })
})

it('gives up a call that is never answered, and goes on', async () => {
  const code = `on('get_voices', () => new Promise(() => {}))\non('get_voice_info', () => ({}))`
  const slot = openFixture(contractFixture(code), { launch: { callTimeout: 200 } })
  await expect(slot.call('get_voices', {})).rejects.toEqual(failing('CALL_TIMEOUT', 'within 0.2 seconds'))
  await expect(slot.call('get_voices', {}, { timeout: 100 })).rejects.toEqual(failing('CALL_TIMEOUT', 'within 0.1'))
  expect(await slot.call('get_voice_info', { voice_id: 'a' }, { timeout: 60_000 })).toEqual({})
  expect(slot.state).toMatchObject({ status: 'READY', restarts: 0, inFlight: 0 })
})

it('bears as many calls without an answer as it may, and ends a plugin that leaves one more', async () => {
  const slot = openFixture(contractFixture(`on('get_voices', () => new Promise(() => {}))`))
  const leave = (count: number) =>
    Promise.allSettled(Array.from({ length: count }, () => slot.call('get_voices', {}, { timeout: 300 })))
  for (const { status } of await leave(MOST_UNANSWERED - 1)) expect(status).toBe('rejected')
  expect(slot.state.status).toBe('READY')
  await leave(1)
  await expect.poll(() => slot.state.failure, WAIT).toEqual(failing('CALL_TIMEOUT', `left ${MOST_UNANSWERED} calls`))
})

it('answers with what came, whatever else a plugin writes', async () => {
  const code = `
console.log('Loading the model …')
on('get_voices', (_, { id }) => {
  console.log('Speaking')
  tell({ jsonrpc: '2.0', id: id + 1000, result: [] })
  tell({ jsonrpc: '2.0', id, result: [{ id: 'a', name: 'Anna' }] })
  return []
})`
  const lines: string[] = []
  const slot = openFixture(contractFixture(code), { onLine: line => lines.push(line) })
  expect(await slot.call('get_voices', {})).toEqual([{ id: 'a', name: 'Anna' }])
  await expect.poll(() => slot.state.faults, WAIT).toBe(4)
  expect(lines).toContain('The plugin wrote what is no message: Loading the model …')
  expect(slot.state.status).toBe('READY')
})

it('fails a call at once whose answer has neither a result nor an error', async () => {
  const code = `on('get_voices', (_, { id }) => { tell({ jsonrpc: '2.0', id }); return new Promise(() => {}) })`
  const slot = openFixture(contractFixture(code))
  await expect(slot.call('get_voices', {})).rejects.toEqual(failing('BAD_RESULT', 'neither a result nor an error'))
})

it.each([
  ['is not UTF-8', `send(Buffer.from([0x7b, 0xff, 0x7d, 10]))`, 'NOT_UTF8'],
  ['never stops talking', `for (let at = 0; at < 100; at++) console.log('still here')`, 'TOO_MANY_FAULTS'],
  [
    'announces 2 GB',
    `send('{"jsonrpc":"2.0","id":' + id + ',"result":{"encoding":"attachment","mime":"audio/x","attachment":0},"attachments":1}\\n'); const head = Buffer.alloc(4); head.writeUInt32LE(2 ** 31); send(head)`,
    'ATTACHMENT_TOO_LARGE',
  ],
])('ends a plugin whose output %s', async (_, code, failure) => {
  const slot = openFixture(
    contractFixture(`on('synthesize', (_, { id }) => { ${code}; return new Promise(() => {}) })`),
  )
  await slot.load()
  const pid = slot.state.pid!
  await expect(slot.call('synthesize', { text: 'Hi' })).rejects.toEqual(failing(failure))
  expect(slot.state).toMatchObject({ status: 'ERROR', failure: failing(failure) })
  expect(isThere(pid)).toBe(false)
})

it('takes 2 GB from nobody', async () => {
  const code = `on('synthesize', () => { const piece = Buffer.alloc(2 ** 20, 'x'); for (let at = 0; at < 2048; at++) send(piece); return null })`
  const slot = openFixture(contractFixture(code))
  await slot.load()
  let most = 0
  const before = process.memoryUsage.rss()
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss() - before)), 10)
  await expect(slot.call('synthesize', { text: 'Hi' })).rejects.toEqual(failing('LINE_TOO_LARGE', 'more than 33554432'))
  clearInterval(watch)
  expect(most).toBeLessThan(150 * 2 ** 20)
})

it('refuses what is too large to send, and goes on', async () => {
  const slot = openFixture(contractFixture(`on('synthesize', ({ text }) => audio(String(text.length)))`))
  await expect(slot.call('synthesize', { text: 'x'.repeat(32 * 2 ** 20) })).rejects.toMatchObject({ code: 'bad-input' })
  expect(await slot.call('synthesize', { text: 'x' })).toBeDefined()
  expect(slot.state.restarts).toBe(0)
})

it.runIf(process.platform === 'linux')('leaves nothing running, and no timer', async () => {
  const slot = openFixture(contractFixture(`on('get_voices', () => new Promise(() => {}))`))
  const call = slot.call('get_voices', {})
  await expect.poll(() => slot.state.inFlight, WAIT).toBe(1)
  const pid = slot.state.pid!
  const [result] = await Promise.allSettled([call, slot.close()])
  expect(result).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } })
  expect(isThere(pid)).toBe(false)
  expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow()
})
