import { join } from 'node:path'
import specs from '@asyncapi/specs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { contractFixture } from '../core/contracts/testing/fixture.ts'
import { openTestContracts } from '../core/testing/contracts.ts'
import { openMessageCheck } from './asyncapi-check.ts'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'

type Message = Readonly<Record<string, unknown>>

interface AsyncApi {
  readonly operations: Readonly<Record<string, { readonly reply?: { readonly messages: readonly { $ref: string }[] } }>>
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly parameters?: object; readonly messages: object }>
  >
  readonly components: { readonly messages: Readonly<Record<string, unknown>> }
}

let fixture: PluginFixture
let document: AsyncApi
/** Whether a message is what the document says of messages of this name. */
let expectMessage: ReturnType<typeof openMessageCheck>
beforeAll(async () => {
  fixture = await openPluginFixture({
    contracts(folder) {
      const code = `
        on('get_voices', () => [{ id: 'a', name: 'A' }])
        on('synthesize', (_, { token }) => { if (token) item(token, audio(Buffer.alloc(4800))); return null }, { streams: true })`
      contractFixture(code, { name: 'parrot', parent: join(folder, 'plugins') })
      return openTestContracts(folder)
    },
  })
  document = (await fixture.call('GET', '/asyncapi.json')).json
  expectMessage = openMessageCheck(document)
})
afterAll(() => fixture.close())

/** What the document says may answer. */
const repliesTo = (operation: string) =>
  (document.operations[operation]!.reply?.messages ?? []).map(({ $ref }) => $ref.split('/').at(-1)!)

async function connect(path = '/ws') {
  const socket = new WebSocket(`ws://${fixture.host}${path}`, { headers: { host: fixture.host, ...fixture.bearer } })
  const waiting: Message[] = []
  let wake = () => {}
  socket.on('message', (data, isBinary) => {
    waiting.push(isBinary ? { bytes: data } : (JSON.parse(String(data)) as Message))
    wake()
  })
  await new Promise(resolve => socket.once('open', resolve))
  const next = async () => {
    while (waiting.length === 0) await new Promise<void>(resolve => (wake = resolve))
    return waiting.shift()!
  }
  return { send: (message: Message) => socket.send(JSON.stringify(message)), next, close: () => socket.terminate() }
}

describe('asyncapi.json', () => {
  it('is an AsyncAPI document', () => {
    const { $schema: _, ...official } = specs.schemas['3.0.0'] as Record<string, unknown>
    // The schema brings its own copy of what schemas are.
    const judge = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false })
    addFormats.default(judge)
    judge.compile(official)(document)
    expect(judge.errors ?? []).toEqual([])
    const text = JSON.stringify(document)
    const refs = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1]!)
    for (const ref of new Set(refs)) {
      const found = ref
        .split('/')
        .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
      expect(found, ref).toBeDefined()
    }
  })

  it('is true of every call', async () => {
    const job = await fixture.start({ gate: 'asyncapi' })
    const { send, next, close } = await connect()
    const inputs: Record<string, unknown> = {
      'plugins.get': { id: 'puppet' },
      'plugins.verify': { id: 'puppet' },
      'pipeline.validate': { pipeline: puppet(), input_type: 'text/plain' },
      'pipeline.run': { pipeline: puppet(), input: 'hello' },
      'contracts.get': { name: 'parrot' },
      'jobs.list': { limit: 5 },
      'jobs.get': { id: job.id },
      'jobs.pipeline': { id: job.id },
      'jobs.cancel': { id: job.id },
    }
    const calls = Object.keys(document.operations).filter(name => name.startsWith('call.'))
    expect(calls.length).toBeGreaterThanOrEqual(12)
    for (const [at, operation] of calls.entries()) {
      const name = operation.slice('call.'.length)
      const asked = { rpc: 'call', id: at, name, input: inputs[name] ?? {} }
      expectMessage(operation, asked)
      send(asked)
      const answer = await next()
      expect(answer, name).toMatchObject({ rpc: 'done', id: at })
      expectMessage(`done.${name}`, answer)
      send({ ...asked, name: `${name}.not` })
      expectMessage('fail', await next())
    }
    fixture.open('asyncapi')
    close()
  })

  it('is true of the streams of a job', async () => {
    const job = await fixture.start({ say: 'first ', gate: 'streams' })
    const { send, next, close } = await connect()
    for (const [id, name] of [
      [1, 'jobs.watch'],
      [2, 'jobs.output'],
    ] as const) {
      const asked = { rpc: 'open', id, name, input: { id: job.id }, window: 1024 }
      expectMessage(`open.${name}`, asked)
      send(asked)
    }
    fixture.open('streams')
    for (let ended = 0; ended < 2;) {
      const message = await next()
      if ('bytes' in message) {
        expect(repliesTo('open.jobs.output')).toContain('bytes.jobs.output')
        continue
      }
      const name = message['rpc'] === 'item' ? 'item.jobs.watch' : String(message['rpc'])
      expect(repliesTo('open.jobs.watch')).toContain(name)
      expectMessage(name, message)
      if (name === 'end') ended++
    }
    close()
  })

  it('is true of the streams of contract plugins', async () => {
    const { send, next, close } = await connect()
    const sentence = { id: 's', text: 'Hello.', lang: 'en', voice: [{ id: 'parrot/a', weight: 1 }], speed: 1 }
    const inputs = {
      'contracts.watch': {},
      'contracts.install': { name: 'parrot' },
      'contracts.stream': { name: 'parrot', method: 'synthesize', params: { text: 'Hello.' } },
      'contracts.speak': sentence,
    }
    const names = Object.keys(inputs)
    const told = new Set<string>()
    for (const [id, [name, input]] of Object.entries(inputs).entries()) {
      const asked = { rpc: 'open', id, name, input }
      expectMessage(`open.${name}`, asked)
      send(asked)
    }
    for (let ended = 0; ended < 3;) {
      const message = await next()
      if ('bytes' in message) continue
      expect(message['rpc'], JSON.stringify(message)).not.toBe('fail')
      const isItem = message['rpc'] === 'item'
      const name = isItem ? `item.${names[message['id'] as number]}` : String(message['rpc'])
      expectMessage(name, message)
      told.add(name)
      if (!isItem) ended++
    }
    expect([...told].sort()).toEqual(['end', ...names.map(name => `item.${name}`)].sort())
    close()
  })

  it('refuses what the companion refuses', async () => {
    const { send, next, close } = await connect()
    for (const input of [{ id: 3 }, { id: 'x'.repeat(129) }]) {
      const asked = { rpc: 'call', id: 1, name: 'jobs.get', input }
      expect(() => expectMessage('call.jobs.get', asked)).toThrow()
      send(asked)
      expect(await next()).toMatchObject({ rpc: 'fail', error: { code: 'bad-input' } })
    }
    close()
  })

  it('is true of a talk, as far as one gets without weights, and knows its addresses', async () => {
    const { address, parameters, messages } = document.channels['session']!
    expect([address, Object.keys(parameters!)]).toEqual(['/ws/session/{id}', ['id']])
    expect(Object.keys(messages)).toEqual(expect.arrayContaining(['session.start_recording', 'session.output']))
    const { send, next, close } = await connect('/ws/session/x?mode=push-to-talk&model=echo&greet=false')
    const asked = [
      { type: 'hello', input_rate: 48_000, user: 'Ann' },
      { type: 'start_recording' },
      { type: 'cancel' },
      { type: 'set_voice', voice: 'af_heart' },
      { type: 'playback_position', samples: 0 },
      { type: 'text', text: 'Hello.' },
      { type: 'stop_recording' },
    ]
    for (const message of asked) {
      expectMessage(`session.${message.type}`, message)
      send(message)
    }
    const told = new Set<unknown>()
    while (!told.has('error')) {
      const message = await next()
      expectMessage(`session.${String(message['type'])}`, message)
      told.add(message['type'])
    }
    expect([...told]).toEqual(expect.arrayContaining(['session_started', 'recording_started', 'state', 'llm_response']))
    for (const wrong of [{ type: 'text' }, { type: 'hello', input_rate: 7_999 }]) {
      expect(() => expectMessage(`session.${wrong.type}`, wrong)).toThrow()
    }
    close()
  })
})
