import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'
import { MOST_STREAMS } from './socket-streams.ts'

let fixture: PluginFixture
beforeAll(async () => {
  fixture = await openPluginFixture()
})
afterAll(() => fixture.close())

type Message = Readonly<Record<string, unknown>>

/** A socket, and everything that came over it. */
async function connect() {
  const socket = new WebSocket(`ws://${fixture.host}/ws`, { headers: { host: fixture.host, ...fixture.bearer } })
  await new Promise(resolve => socket.once('open', resolve))
  onTestFinished(() => socket.terminate())
  const messages: Message[] = []
  const bytes: Buffer[] = []
  let wake = () => {}
  socket.on('message', (data, isBinary) => {
    if (isBinary) bytes.push(data as Buffer)
    else messages.push(JSON.parse(String(data)) as Message)
    wake()
  })
  return {
    messages,
    send: (message: Message) => socket.send(JSON.stringify(message)),
    /** What the streams gave of bytes, by the id in front of each message. */
    bytesOf: (id: number) =>
      Buffer.concat(bytes.filter(each => each.readUInt32LE() === id).map(each => each.subarray(4))),
    async until(holds: () => boolean): Promise<void> {
      while (!holds()) await new Promise<void>(resolve => (wake = resolve))
    },
  }
}

it('offers over the socket what REST offers', async () => {
  const { send, until, messages } = await connect()
  send({ rpc: 'call', id: 1, name: 'plugins.list', input: null })
  send({ rpc: 'call', id: 2, name: 'pipeline.run', input: { pipeline: puppet(), input: 'hello' } })
  send({ rpc: 'call', id: 3, name: 'pipeline.run', input: { pipeline: 3 } })
  send({ rpc: 'call', id: 4, name: 'jobs.get', input: { id: 'none' } })
  await until(() => messages.length === 4)
  const answer = (id: number) => messages.find(message => message['id'] === id)!
  expect((answer(1)['output'] as { id: string }[]).map(({ id }) => id)).toEqual(['broken', 'puppet', 'raw'])
  expect(answer(2)).toMatchObject({ rpc: 'done', output: { state: 'pending', outputType: 'text/plain' } })
  expect(answer(3)).toMatchObject({ rpc: 'fail', error: { code: 'bad-input' } })
  expect(answer(4)).toMatchObject({ rpc: 'fail', error: { code: 'not-found' } })
  send({ rpc: 'call', id: 5, name: 'jobs.pipeline', input: { id: (answer(2)['output'] as { id: string }).id } })
  await until(() => messages.length === 5)
  expect(answer(5)).toMatchObject({ rpc: 'done', output: { toml: expect.any(String), pipeline: puppet() } })
})

it('tells of a job until it is over, and gives its bytes while it runs', async () => {
  const { id } = await fixture.start({ say: 'first ', gate: 'watched' }, 'and last')
  const { send, until, messages, bytesOf } = await connect()
  send({ rpc: 'open', id: 1, name: 'jobs.watch', input: { id } })
  send({ rpc: 'open', id: 2, name: 'jobs.output', input: { id } })
  await until(() => bytesOf(2).length > 0)
  expect(bytesOf(2).toString()).toBe('first ')
  fixture.open('watched')
  await until(() => messages.filter(({ rpc }) => rpc === 'end').length === 2)
  expect(bytesOf(2).toString()).toBe('first AND LAST')
  const items = messages.filter(({ rpc }) => rpc === 'item').map(({ item }) => item as Message)
  expect(items.some(({ kind, line }) => kind === 'log' && line === 'all is said')).toBe(true)
  expect(items.at(-1)).toMatchObject({ kind: 'state', job: { state: 'done' } })
})

it('sends as many bytes as there is credit for, and no more until it is asked', async () => {
  const { id } = await fixture.start({}, 'x'.repeat(900_000))
  await fixture.over(id)
  const { send, until, messages, bytesOf } = await connect()
  send({ rpc: 'open', id: 7, name: 'jobs.output', input: { id }, window: 100_000 })
  // Pieces are of 64 KiB: the second goes past the window, a third must not come.
  await until(() => bytesOf(7).length >= 131_072)
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(bytesOf(7).length).toBe(131_072)
  send({ rpc: 'more', id: 7, bytes: 2_000_000 })
  await until(() => messages.some(({ rpc }) => rpc === 'end'))
  expect(bytesOf(7).length).toBe(900_000)
})

it('goes on from a byte, ends when aborted, and says what it does not know', async () => {
  const { id } = await fixture.start({}, 'hello')
  await fixture.over(id)
  const waiting = await fixture.start({ gate: 'never-opened' })
  const { send, until, messages, bytesOf } = await connect()
  send({ rpc: 'open', id: 1, name: 'jobs.output', input: { id, from: 3 } })
  send({ rpc: 'open', id: 2, name: 'jobs.nothing', input: null })
  send({ rpc: 'open', id: 3, name: 'jobs.output', input: { id: 'none' } })
  send({ rpc: 'open', id: 4, name: 'jobs.watch', input: { id: waiting.id } })
  await until(() => messages.some(message => message['id'] === 4))
  send({ rpc: 'abort', id: 4 })
  await until(
    () => messages.some(({ rpc }) => rpc === 'end') && messages.filter(({ rpc }) => rpc === 'fail').length === 2,
  )
  expect(bytesOf(1).toString()).toBe('LO')
  const failures = messages.filter(({ rpc }) => rpc === 'fail').map(({ id, error }) => [id, (error as Message)['code']])
  expect(failures.sort()).toEqual([
    [2, 'unsupported'],
    [3, 'not-found'],
  ])
  await fixture.pluginHost.jobs.cancel(waiting.id)
})

it('holds as many streams as it says, and one more is refused', async () => {
  const { send, until, messages } = await connect()
  for (let id = 1; id <= MOST_STREAMS + 1; id++) send({ rpc: 'open', id, name: 'jobs.watch', input: {} })
  await until(() => messages.length > 0)
  expect(messages).toEqual([expect.objectContaining({ rpc: 'fail', id: MOST_STREAMS + 1 })])
})
