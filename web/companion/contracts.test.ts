import { afterAll, beforeAll, expect, it } from 'vitest'
import { WebSocket as ProgramSocket } from 'ws'
import type { ContractEvent, ContractInfo, StreamLine } from '#protocol/contracts.ts'
import {
  eventually,
  openContractsFixture,
  SOUND,
  type ContractsFixture,
} from '../../companion/daemon/fixture-contracts.ts'
import { SocketPort } from '../rpc/socket-port.ts'
import { createContractService, type ContractService } from './contracts.ts'

// The page's client, a real companion, and real plugins.

/** Bytes of sound that are more than one message of the socket may hold before its reader took any. */
const MUCH = 3_000_000

let fixture: ContractsFixture
let service: ContractService
beforeAll(async () => {
  fixture = await openContractsFixture()
  const asPage: typeof fetch = (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', fixture.bearer.authorization)
    return fetch(input, { ...init, headers })
  }
  const socket = (url: string | URL) =>
    new ProgramSocket(url, { headers: fixture.bearer }) as unknown as globalThis.WebSocket
  service = createContractService({
    line: { base: `http://${fixture.host}`, fetch: asPage },
    open: () => new SocketPort(`ws://${fixture.host}/ws`, socket),
  })
  fixture.drop(
    'lark',
    `${SOUND}
    on('get_voices', () => [{ id: 'high', name: 'High' }])
    on('synthesize', async ({ text, voice_id }, { token, signal }) => {
      if (voice_id === 'none') throw fail(1001, 'There is no voice “none”.')
      state.said = text
      if (!token) return wav(0.25, 16000)
      item(token, audio(Buffer.alloc(${MUCH}), pcm(24000)))
      if (text === 'for ever') { state.endless = true; await new Promise(end => signal.addEventListener('abort', end)); throw fail(-32800, 'Left.') }
      item(token, wav(0.25, 16000))
    }, { streams: true })
    on('shout', ({ text }) => { console.error('Shouted ' + text); return { loud: text.toUpperCase() } })`,
    {
      manifest: {
        config_schema: {
          type: 'object',
          properties: { pace: { type: 'number', minimum: 1, default: 2 }, key: { type: 'string', format: 'password' } },
        },
      },
    },
  )
  fixture.drop('ear', `on('transcribe', ({ language }) => 'heard ' + language)`, { contract: 'stt' })
  fixture.drop('mind', `on('chat', ({ messages }) => 'You said: ' + messages.at(-1).content)`, { contract: 'llm' })
  await service.load('lark')
})
afterAll(async () => {
  service.close()
  await fixture.close()
})

const lark = (method: string, params = {}) => ({ name: 'lark', method, params })

it('lists plugins, and starts, stops and swaps one', async () => {
  expect((await service.list()).map(({ name }) => name)).toEqual(['ear', 'lark', 'mind'])
  const { pid, methods } = await service.get('lark')
  expect(methods.find(({ name }) => name === 'shout')).toMatchObject({ offered: true, required: false })
  const swapped = (await service.swap('lark')).pid
  expect([typeof swapped, swapped === pid]).toEqual(['number', false])
  expect((await service.unload('ear')).pid).toBeUndefined()
  expect((await service.release('lark')).quarantined).toBe(false)
  await expect(service.get('lerk')).rejects.toMatchObject({ code: 'not-found', message: /“lark”/ })
})

it('calls a method, and is told what went wrong by its code', async () => {
  expect(await service.call(lark('shout', { text: 'hey' }))).toMatchObject({
    result: { loud: 'HEY' },
    command: 'voxloom contracts call lark shout --text hey',
  })
  await expect(service.call(lark('synthesize', { text: 'a', voice_id: 'none' }))).rejects.toMatchObject({
    code: 'not-found',
    message: /There is no voice “none”/,
    details: { code: 1001 },
  })
})

it('a stream gives items of any size, and its report last; leaving it ends the call', async () => {
  const lines: StreamLine[] = await Array.fromAsync(service.stream(lark('synthesize', { text: 'a' })))
  expect(lines.map(line => ('item' in line ? (line.item as { mime: string }).mime : line.report.items))).toEqual([
    'audio/pcm;rate=24000;channels=1;format=s16le',
    'audio/wav',
    2,
  ])
  const [first] = lines.flatMap(line => ('item' in line ? [line.item as { data: string }] : []))
  expect((first!.data.length * 3) / 4).toBe(MUCH)
  for await (const line of service.stream(lark('synthesize', { text: 'for ever' }))) if ('item' in line) break
  await eventually(async () => expect((await service.get('lark')).status).toBe('READY'))
})

it('state is captured and given back', async () => {
  await service.call(lark('synthesize', { text: 'first' }))
  const state = await service.capture('lark')
  expect(state).toMatchObject({ said: 'first' })
  await service.call(lark('synthesize', { text: 'second' }))
  await service.restore('lark', state)
  expect(await service.capture('lark')).toEqual(state)
})

it('settings are kept, refused with all that is wrong, and secrets stay where they are', async () => {
  expect(await service.configure('lark', { pace: 3, key: 'sesame' })).toMatchObject({
    values: { pace: 3 },
    secrets: ['key'],
    set: ['key'],
  })
  await expect(service.configure('lark', { pace: 0 })).rejects.toMatchObject({ code: 'bad-input', message: /pace/ })
  expect(JSON.stringify(await service.config('lark'))).not.toContain('sesame')
})

it('tells what becomes of plugins, and what they say', async () => {
  const heard: ContractEvent[] = []
  const abort = new AbortController()
  const watching = (async () => {
    for await (const event of service.watch({ signal: abort.signal })) heard.push(event)
  })()
  const infos = () => heard.flatMap(event => (event.kind === 'info' ? [event.info] : []))
  const isThere = (test: (info: ContractInfo) => boolean) => eventually(() => expect(infos().some(test)).toBe(true))
  await isThere(({ name }) => name === 'mind')
  fixture.drop('wren', `on('get_voices', () => [])`)
  await service.list()
  await isThere(({ name }) => name === 'wren')
  await service.call(lark('shout', { text: 'now' }))
  await eventually(() => expect(heard).toContainEqual(expect.objectContaining({ kind: 'log', text: 'Shouted now' })))
  expect(await service.log('lark')).toContainEqual(expect.objectContaining({ text: 'Shouted now' }))
  abort.abort()
  await expect(watching).rejects.toMatchObject({ code: 'cancelled' })
})

it('speaks, hears and answers for the rooms', async () => {
  const segment = { id: 's', text: 'Hello.', lang: 'en', speed: 1, lexicon: [], pauseAfter: 0 }
  const chunks = await Array.fromAsync(service.speak({ ...segment, voice: [{ id: 'lark/high', weight: 1 }] }))
  expect(chunks.at(-1)).toMatchObject({ sampleRate: 24_000, channels: 1, segment: 's', last: true })
  expect(chunks.some(({ samples }) => samples.some(sample => Math.abs(sample) > 0.3))).toBe(true)
  expect(await service.recognise('ear', new Float32Array(16_000), { lang: 'de' })).toEqual({
    text: 'heard de',
    words: [],
  })
  const reply = service.reply('mind', [{ role: 'user', text: 'Hi.' }])
  expect((await Array.fromAsync(reply)).join('')).toBe('You said: Hi.')
})
