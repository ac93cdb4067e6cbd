import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { modelsFolder, root } from '../../../tests/support/models.ts'
import { pythonWith, runProgram } from '../../../tests/support/python.ts'
import { recording } from '../../../tests/support/recordings.ts'
import { openListeners } from '../listening/open.ts'
import { openSpeakers } from '../speakers/open.ts'
import { DATA_LIMIT, eventBytes, HEADER_LIMIT, PAYLOAD_LIMIT } from './events.ts'
import { isLoopback, MOST_CLIENTS, startWyoming, type WyomingServer } from './server.ts'
import { MOST_TEXT } from './session.ts'

// The protocol's own client starts processes that load networks, perhaps on a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function start(models: string, idle?: number, speakers = openSpeakers(models)): Promise<WyomingServer> {
  const listeners = openListeners(models)
  const server = await startWyoming({
    host: '127.0.0.1',
    port: 0,
    speakers,
    listeners,
    own: { voice: 'af_heart', speed: 1 },
    offer: async () => ({ speaks: true, listens: true }),
    ...(idle !== undefined && { idle }),
  })
  closers.push(
    () => speakers.close(),
    () => listeners.close(),
    () => server.close(),
  )
  return server
}

async function dial({ port }: WyomingServer): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  closers.push(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

describe('the protocol’s own client', () => {
  it('finds voices, has text spoken and its own speech heard', async () => {
    await recording('sentence')
    const server = await start(modelsFolder)
    const bin = await pythonWith('wyoming-python', join(root, 'tests', 'clients', 'wyoming.txt'))
    const sound = join(modelsFolder, 'test-recordings', 'clone-test.wav')
    const args = [join(root, 'tests', 'clients', 'wyoming_client.py'), server.address, sound]
    const { code, output } = await runProgram(join(bin, 'python'), args)
    expect(code, output).toBe(0)
    const lines = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { what: string; seconds?: number })
    const told = (what: string) => lines.find(line => line.what === what)
    expect(told('info')).toMatchObject({
      voices: 33,
      heart: ['en-US'],
      installed: [true, true],
      models: [['moonshine-tiny-en', ['en', 'en-US', 'en-GB']]],
      streaming: [true, true],
    })
    expect(told('pong')).toMatchObject({ text: 'here' })
    const kinds = ['audio-start', 'audio-chunk', 'audio-stop']
    expect(told('synthesize')).toMatchObject({ kinds, rate: 24_000 })
    expect(told('streaming')).toMatchObject({ kinds: [...kinds, 'synthesize-stopped'], rate: 24_000 })
    for (const what of ['synthesize', 'streaming']) expect(told(what)!.seconds).toBeGreaterThan(1.5)
    expect(told('transcript')).toMatchObject({
      text: expect.stringMatching(/\w+ \w+ \w+/),
      language: 'en-us',
      kinds: expect.arrayContaining(['transcript-start', 'transcript-chunk', 'transcript', 'transcript-stop']),
    })
    expect(told('voice')).toMatchObject({ text: expect.stringContaining('There is no voice “nobody”'), over: true })
    expect(told('language')).toMatchObject({ text: expect.stringContaining('“de” is no language'), over: true })
  })
})

it('a client that leaves in mid-sentence stops the voice', async () => {
  const speakers = openSpeakers(modelsFolder)
  const spoken = vi.spyOn(speakers, 'speak')
  const socket = await dial(await start(modelsFolder, undefined, speakers))
  socket.write(
    eventBytes('synthesize', { text: 'It was a dark night, and nobody had seen the boat leave. '.repeat(50) }),
  )
  let heard = ''
  for await (const piece of socket as AsyncIterable<Buffer>) {
    heard += piece.toString('latin1')
    if (heard.includes('audio-chunk')) break
  }
  await expect.poll(() => spoken.mock.calls.every(([, signal]) => signal!.aborted), { timeout: 20_000 }).toBe(true)
  expect(spoken.mock.calls.length).toBeLessThan(25)
})

describe('a line that is not what it should be', () => {
  const nowhere = join(tmpdir(), 'voxloom-no-weights')
  /** What comes back for bytes, until the server closes the connection. */
  async function answer(bytes: Buffer | string): Promise<string> {
    const socket = await dial(await start(nowhere))
    socket.end(bytes)
    return text(socket)
  }
  const header = (more: object) => `${JSON.stringify({ type: 'describe', ...more })}\n`

  it.each([
    ['a request of a browser', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no object', '[]\n'],
    ['no type', '{}\n'],
    ['lengths below nothing', header({ data_length: -1 })],
    ['data that is no object', Buffer.concat([Buffer.from(header({ data_length: 2 })), Buffer.from('[]')])],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x7d, 0x0a])],
  ])('%s is told so, and the line is cut', async (_, bytes) => {
    expect(await answer(bytes)).toContain('"type":"error"')
  })

  it.each([
    [
      'a header',
      (size: number) => header({ data: { x: 'a'.repeat(size - header({ data: { x: '' } }).length + 1) } }),
      HEADER_LIMIT,
    ],
    ['data', (size: number) => header({ data_length: size }) + JSON.stringify({ x: 'a'.repeat(size - 8) }), DATA_LIMIT],
    ['a payload', (size: number) => header({ payload_length: size }) + 'a'.repeat(size), PAYLOAD_LIMIT],
  ])('%s at its limit is taken, and one byte past it refused', async (_, make, limit) => {
    expect(await answer(make(limit))).toContain('"type":"info"')
    expect(await answer(make(limit + 1))).toMatch(/"type":"error"/)
  })

  it.each([
    ['text', eventBytes('synthesize', { text: 'a'.repeat(MOST_TEXT + 1) })],
    [
      'text in pieces',
      Buffer.concat([
        eventBytes('synthesize-start'),
        eventBytes('synthesize-chunk', { text: 'a'.repeat(MOST_TEXT) }),
        eventBytes('synthesize-chunk', { text: 'b' }),
      ]),
    ],
    ['no text', eventBytes('synthesize', {})],
    ['SSML', eventBytes('synthesize', { text: '<speak/>', text_format: 'ssml' })],
    ['sound at no rate', eventBytes('audio-chunk', { rate: 1, width: 2, channels: 1 }, Buffer.alloc(4))],
    ['sound of five bytes', eventBytes('audio-chunk', { rate: 16_000, width: 5, channels: 1 }, Buffer.alloc(5))],
    ['pieces of nothing', eventBytes('synthesize-chunk', { text: 'a' })],
  ])('%s that can’t be used is refused', async (_, bytes) => {
    expect(await answer(bytes)).toMatch(/"type":"error"[\s\S]*bad-input/)
  })

  it('what nobody knows is passed over, and weights that are not here are named', async () => {
    expect(await answer(Buffer.concat([eventBytes('run-satellite'), eventBytes('ping')]))).toContain('"type":"pong"')
    expect(await answer(eventBytes('synthesize', { text: 'Hello.' }))).toMatch(/voxloom models pull/)
    const sound = eventBytes('audio-chunk', { rate: 16_000, width: 2, channels: 1 }, Buffer.alloc(32_000))
    expect(await answer(Buffer.concat([sound, eventBytes('audio-stop')]))).toMatch(/voxloom models pull/)
  })

  it('a client that says nothing is sent away, and one too many as well', async () => {
    const idle = await dial(await start(nowhere, 200))
    expect(await text(idle)).toBe('')
    const server = await start(nowhere)
    const clients = await Promise.all(Array.from({ length: MOST_CLIENTS }, () => dial(server)))
    clients[0]!.write(eventBytes('ping'))
    await once(clients[0]!, 'data')
    expect(await text(await dial(server))).toContain('clients are connected already')
    clients[1]!.destroy()
    await expect
      .poll(async () => {
        const next = await dial(server)
        next.write(eventBytes('ping'))
        const [data] = (await once(next, 'data')) as [Buffer]
        next.destroy()
        return String(data)
      })
      .toContain('pong')
  })
})

it('says that its port is taken, or that its address is none', async () => {
  const { port } = await start(modelsFolder)
  const speakers = openSpeakers(modelsFolder)
  const listeners = openListeners(modelsFolder)
  const own = { voice: 'af_heart', speed: 1 }
  const parts = { speakers, listeners, own, offer: async () => ({ speaks: false, listens: false }) }
  await expect(startWyoming({ ...parts, host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'conflict' })
  await expect(startWyoming({ ...parts, host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'bad-input' })
})

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.2', false],
])('%s is this machine alone: %s', (host, is) => {
  expect(isLoopback(host)).toBe(is)
})
