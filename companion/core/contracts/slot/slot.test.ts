import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AudioData, WireValue } from '#protocol/contracts.ts'
import { contractFixture, openFixture } from '../testing/fixture.ts'
import { MOST_WAITING } from './slot.ts'

/** A voice that says a text's letters as bytes, whole or word by word. */
const VOICE = `
on('get_voices', () => [{ id: 'a', name: 'Anna' }])
on('synthesize', async ({ text, voice_id }, { token }) => {
  if (voice_id === 'nobody') throw fail(1001, 'There is no voice “nobody”.', { voices: ['a'] })
  if (token === undefined) return audio(text)
  for (const word of text.split(' ')) item(token, audio(word))
}, { streams: true })
`
const text = (value: WireValue) => Buffer.from((value as AudioData).bytes).toString()
const failing = (failure: string) => expect.objectContaining({ details: expect.objectContaining({ failure }) })

it('starts a plugin at its first call, and tells what it is at', async () => {
  const slot = openFixture(contractFixture(VOICE))
  const seen: string[] = []
  slot.watch(() => seen.push(slot.state.status))
  expect(slot.state).toMatchObject({ status: 'UNLOADED', methods: [], restarts: 0, faults: 0, inFlight: 0 })
  expect(await slot.call('get_voices', {})).toEqual([{ id: 'a', name: 'Anna' }])
  expect(slot.state).toMatchObject({ status: 'READY', canKeepState: true, quarantined: false })
  expect(slot.state.methods).toEqual([
    { name: 'get_voices', streams: false },
    { name: 'synthesize', streams: true },
  ])
  await slot.unload()
  expect(slot.state.status).toBe('UNLOADED')
  await slot.call('get_voices', {})
  await slot.close()
  expect(slot.state).toMatchObject({ status: 'STOPPED' })
  expect(seen[0]).toBe('INITIALIZING')
  expect(seen.at(-1)).toBe('STOPPED')
  await expect(slot.call('get_voices', {})).rejects.toMatchObject({ code: 'cancelled' })
})

it('takes bytes whole and as items, and gives bytes', async () => {
  const slot = openFixture(
    contractFixture(`${VOICE}\non('length', ({ sound }) => ({ mime: sound.mime, bytes: sound.bytes.reverse() }))`),
  )
  expect(text(await slot.call('synthesize', { text: 'Hello you' }))).toBe('Hello you')
  const items: string[] = []
  for await (const item of slot.stream('synthesize', { text: 'Hello you' })) items.push(text(item))
  expect(items).toEqual(['Hello', 'you'])
  const sound = { mime: 'audio/x', bytes: new Uint8Array([1, 2, 3]) }
  expect(await slot.call('length', { sound })).toEqual({ mime: 'audio/x', bytes: new Uint8Array([3, 2, 1]) })
})

it('tells a plugin’s own error in its words', async () => {
  const slot = openFixture(contractFixture(VOICE))
  await expect(slot.call('synthesize', { text: 'Hi', voice_id: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'The plugin “fixture” says: There is no voice “nobody”.',
    details: { code: 1001, failure: 'TTS_VOICE_NOT_FOUND', method: 'synthesize', data: '{"voices":["a"]}' },
  })
  expect(slot.state.status).toBe('READY')
})

it('refuses what a contract does not have, before the plugin sees it', async () => {
  const slot = openFixture(contractFixture(VOICE))
  await expect(slot.call('synthesise', { text: 'Hi' })).rejects.toThrow('Did you mean “synthesize”?')
  await expect(slot.call('synthesize', { text: 3 })).rejects.toMatchObject({ code: 'bad-input' })
  await expect(slot.call('shutdown', {})).rejects.toMatchObject({ code: 'not-found' })
  expect(slot.state.status).toBe('UNLOADED')
})

it('refuses what a contract does not allow as an answer', async () => {
  const slot = openFixture(contractFixture(`on('get_voices', () => 'Anna')\non('synthesize', () => 'sound')`))
  await expect(slot.call('get_voices', {})).rejects.toEqual(failing('BAD_RESULT'))
  await expect(slot.call('synthesize', { text: 'Hi' })).rejects.toEqual(failing('BAD_RESULT'))
})

it('passes everything on for a contract that nobody knows', async () => {
  const slot = openFixture(contractFixture(`on('compose', params => params)`, { contract: 'compose' }))
  expect(await slot.call('compose', { bars: 4 })).toEqual({ bars: 4 })
  await expect(slot.call('paint', {})).rejects.toMatchObject({ code: 'unsupported' })
})

it('fills in what a method takes for granted', async () => {
  const slot = openFixture(contractFixture(`on('complete', params => JSON.stringify(params))`, { contract: 'llm' }))
  expect(JSON.parse(String(await slot.call('complete', { prompt: 'Hi', seed: 1 })))).toEqual({
    prompt: 'Hi',
    seed: 1,
    max_tokens: 1024,
    temperature: 0.7,
  })
})

it('tells no more of a stream once it was cancelled, though more of it has come', async () => {
  const code = `
on('synthesize', (_, { token }) => { for (const text of 'abc') item(token, audio(text)); return new Promise(() => {}) }, { streams: true })
on('get_voices', () => [])`
  const slot = openFixture(contractFixture(code))
  const abort = new AbortController()
  const items = slot.stream('synthesize', { text: 'Hi' }, { signal: abort.signal })
  await items.next()
  await slot.call('get_voices', {})
  abort.abort()
  await expect(items.next()).rejects.toMatchObject({ code: 'cancelled' })
})

it('cancels a call, and a stream that is left', async () => {
  const fixture = contractFixture(
    `
const { appendFileSync } = await import('node:fs')
on('stream_complete', async (_, { token, signal }) => {
  for (let at = 0; !signal.aborted; at++) { item(token, 'word ' + at); await wait(5) }
  appendFileSync('cancelled', 'x')
}, { streams: true })
on('complete', (_, { signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => { appendFileSync('cancelled', 'x'); reject(new Error('Stopped.')) })))
`,
    { contract: 'llm' },
  )
  const slot = openFixture(fixture)
  for await (const item of slot.stream('stream_complete', { prompt: 'Hi' })) if (item === 'word 3') break
  const abort = new AbortController()
  const call = slot.call('complete', { prompt: 'Hi' }, { signal: abort.signal })
  setTimeout(() => abort.abort(), 20)
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => readFileSync(join(fixture.folder, 'cancelled'), 'utf8'), { timeout: 30_000 }).toBe('xx')
  expect(slot.state).toMatchObject({ inFlight: 0, faults: 0, restarts: 0 })
})

it('lets no more calls in than it may, and all of them in the end', async () => {
  const code = `let most = 0, now = 0
on('get_voices', async () => { most = Math.max(most, ++now); await wait(5); now--; return [] })
on('get_voice_info', () => ({ most }))`
  const slot = openFixture(contractFixture(code), { rules: { maxInFlight: 3 } })
  const answers = await Promise.all(Array.from({ length: 20 }, () => slot.call('get_voices', {})))
  expect(answers).toHaveLength(20)
  expect(await slot.call('get_voice_info', { voice_id: 'a' })).toEqual({ most: 3 })
})

it('lets as many calls wait as it may, and not one more', async () => {
  const slot = openFixture(contractFixture(`on('get_voices', () => [])`))
  const calls = Array.from({ length: MOST_WAITING }, () => slot.call('get_voices', {}))
  await expect(slot.call('get_voices', {})).rejects.toMatchObject({
    code: 'quota',
    retryable: true,
    details: { failure: 'TOO_MANY_CALLS' },
  })
  expect(await Promise.all(calls)).toHaveLength(MOST_WAITING)
})

it('keeps no program alive that has closed it', async () => {
  const { folder } = contractFixture(VOICE)
  const launch = {
    command: { program: process.execPath, args: [join(folder, 'main.mjs')], folder, env: {} },
    ...{ config: {}, dataFolder: folder, initializeTimeout: 30_000, callTimeout: 60_000 },
  }
  const program = `
const { openSlot } = await import(${JSON.stringify(new URL('./slot.ts', import.meta.url).href)})
const slot = openSlot({ name: 'fixture', contract: 'tts', version: '1', methods: [], launch: () => Promise.resolve(${JSON.stringify(launch)}) })
slot.watch(() => {})
console.log(await slot.call('get_voices', {}))
for await (const item of slot.stream('synthesize', { text: 'Hello you' })) break
await slot.close()
console.log('closed')`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 25_000 })
  expect(ran).toMatchObject({ status: 0, stdout: "[ { id: 'a', name: 'Anna' } ]\nclosed\n" })
})

it('tells of changes, and not of each of a thousand', async () => {
  const slot = openFixture(contractFixture(VOICE))
  await slot.load()
  const told: string[] = []
  const leave = slot.watch(() => told.push(slot.state.status))
  await Promise.all(Array.from({ length: 1000 }, () => slot.call('get_voices', {})))
  await expect.poll(() => told.at(-1), { timeout: 30_000 }).toBe('READY')
  expect(told).toContain('BUSY')
  expect(told.length).toBeLessThan(1000)
  leave()
  await slot.unload()
  expect(told).not.toContain('UNLOADED')
})
