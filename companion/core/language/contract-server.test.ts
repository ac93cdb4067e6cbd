import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { plugin as ollama } from '../../../plugins/ollama/main.ts'
import { plugin as openAi } from '../../../plugins/openai-compatible/main.ts'
import { openContract, type OpenContract } from '../../../plugins/sdk/typescript/contracts/testing/open.ts'
import { startLanguageServer, type LanguageServer } from '../../../tests/support/language-server.ts'
import { ANSWER_HOLDS, ContractServer } from './contract-server.ts'

// The contract plugins for servers of language models, against a server that speaks both APIs over real sockets.

const KEY = 'sk-correct-horse'
const MESSAGES = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Say it back to me.' },
]

let open: LanguageServer
let locked: LanguageServer
beforeAll(async () => {
  ;[open, locked] = await Promise.all([startLanguageServer(), startLanguageServer({ key: KEY, models: [] })])
})
afterAll(() => Promise.all([open.close(), locked.close()]))

describe.each([
  { name: 'ollama', plugin: ollama, base: ({ url }: LanguageServer) => url, length: 'num_predict' },
  { name: 'openai-compatible', plugin: openAi, base: ({ openAi: base }: LanguageServer) => base, length: 'max_tokens' },
])('$name', ({ plugin, base, length }) => {
  let model: OpenContract
  beforeEach(async () => {
    model = await openContract(plugin, { config: { base: base(open), model: '' } })
  })
  afterEach(() => model.close())

  async function pieces(params: object): Promise<unknown[]> {
    const said: unknown[] = []
    for await (const piece of model.stream('stream_complete', params)) said.push(piece)
    return said
  }

  it('lists the models, and answers in each of the three ways', async () => {
    expect(await model.call('get_models')).toEqual([{ id: 'llama3.2:3b' }, { id: 'qwen2.5:0.5b' }])
    expect(await model.call('complete', { prompt: 'Once upon a time' })).toBe('Once upon a time')
    expect(await model.call('chat', { messages: MESSAGES })).toBe('Say it back to me.')
    const said = await pieces({ messages: MESSAGES })
    expect(said.join('')).toBe('Say it back to me.')
    expect(said.length).toBeGreaterThan(1)
    expect(await pieces({ prompt: 'a b' })).toEqual(['a ', 'b'])
  })

  it('asks for the model, the length and the temperature that were asked for', async () => {
    const given = { messages: MESSAGES, model: 'qwen2.5:0.5b', max_tokens: 7, temperature: 0.25 }
    await model.call('chat', given)
    const asked = open.requests.at(-1)!
    expect(asked).toMatchObject({ model: 'qwen2.5:0.5b', messages: MESSAGES })
    expect(JSON.stringify(asked.options)).toContain(`"${length}":7`)
    expect(JSON.stringify(asked.options)).toContain('"temperature":0.25')
  })

  it('ends before a stop sequence, and so does the work at the server', async () => {
    open.play({ tokens: ['One', '. Two', '. Th', 'ree.', ' Four.'], every: 20, hangAfter: 4 })
    expect(await model.call('complete', { prompt: 'Count', stop_sequences: ['. Three'] })).toBe('One. Two')
    await expect.poll(() => open.requests.at(-1)!.isOver).toBe(true)
  })

  it('stops the server when nobody wants the reply any more', async () => {
    open.play({ tokens: Array.from({ length: 500 }, (_, at) => `${at} `), every: 10 })
    for await (const piece of model.stream('stream_complete', { prompt: 'Count' })) if (piece === '3 ') break
    await expect.poll(() => open.requests.at(-1)!.isOver).toBe(true)
    expect(open.requests.at(-1)!.sent).toBeLessThan(500)
  })

  it('names a model that is not there, with those that are', async () => {
    await expect(model.call('chat', { messages: MESSAGES, model: 'gpt-9' })).rejects.toMatchObject({
      code: 1201,
      message: expect.stringMatching(/no model “gpt-9”\. There are “llama3\.2:3b”/),
    })
  })

  it.each([
    ['fails inside', { status: 500 }, 'failed inside'],
    ['breaks off', { cutAfter: 1 }, 'broke off'],
    ['says nothing', { tokens: [] }, 'empty reply'],
    ['is a page for people', { html: true }, 'a web page'],
  ])('tells a server that %s, in words, and then answers the next', async (_, scene, words) => {
    open.play(scene)
    await expect(model.call('chat', { messages: MESSAGES })).rejects.toMatchObject({
      code: 1200,
      message: expect.stringContaining(words),
    })
    // The server is there all the same.
    expect(await model.call('health_check')).toMatchObject({ status: 'READY', details: { answers: false } })
    expect(await model.call('chat', { messages: MESSAGES })).toBe('Say it back to me.')
    expect(await model.call('health_check')).toMatchObject({ status: 'READY', details: { answers: true } })
  })

  it('takes no dialogue without words', async () => {
    const before = open.requests.length
    await expect(model.call('complete', { prompt: ' \n' })).rejects.toMatchObject({ code: -32602 })
    expect(open.requests).toHaveLength(before)
  })

  it('starts without its server, and says so when it is asked', async () => {
    const lonely = await openContract(plugin, { config: { base: 'http://127.0.0.1:9', model: '' } })
    // Before anything else was asked, too.
    expect(await lonely.call('health_check')).toMatchObject({
      status: 'ERROR',
      message: expect.stringMatching(/does not answer at http:\/\/127\.0\.0\.1:9\S*\. Start it, or set its address/),
      details: { answers: false, need: 'server' },
    })
    for (const [method, params] of [['get_models'], ['chat', { messages: MESSAGES }]] as const) {
      await expect(lonely.call(method, params)).rejects.toMatchObject({
        code: 1200,
        message: expect.stringContaining('does not answer at http://127.0.0.1:9'),
      })
    }
    await lonely.close()
  })

  it('refuses an address that is none', async () => {
    await expect(openContract(plugin, { config: { base: 'ftp://x', model: '' } })).rejects.toMatchObject({
      code: 1200,
      message: expect.stringContaining('http://'),
    })
  })
})

describe('a server with a key', () => {
  const config = (key: string) => ({ config: { base: locked.openAi, key, model: '' } })

  it('is told where the key belongs when it is missing', async () => {
    const model = await openContract(openAi, config(''))
    await expect(model.call('get_models')).rejects.toMatchObject({
      code: 1200,
      message: expect.stringContaining('Put it in at the settings of this plugin'),
    })
    expect(await model.call('health_check')).toMatchObject({ status: 'ERROR', details: { need: 'config' } })
    await model.close()
  })

  it('lets it in, and may have no model', async () => {
    const model = await openContract(openAi, config(KEY))
    expect(await model.call('get_models')).toEqual([])
    await expect(model.call('complete', { prompt: 'Hi' })).rejects.toMatchObject({ code: 1201 })
    await model.close()
  })
})

describe('the health of a plugin whose server comes and goes', () => {
  const failure = (code: number, message: string) => new Error(`${code} ${message}`)
  const DIALOGUE = [{ role: 'user', content: 'Hello.' }] as const
  const SAMPLING = { max_tokens: 8, temperature: 0 }
  const { signal } = new AbortController()

  /** A plugin at a free port, at which a server can be begun and ended. */
  async function plugin(models?: readonly string[]) {
    let now = 0
    const first = await startLanguageServer()
    const port = Number(new URL(first.url).port)
    await first.close()
    const server = new ContractServer(failure, { now: () => now })
    server.open({ preset: 'ollama', name: 'Ollama', base: first.url })
    return {
      server,
      begin: () => startLanguageServer({ port, ...(models && { models }) }),
      pass: (milliseconds: number) => (now += milliseconds),
    }
  }

  it('is an error until the server is there, and again soon after it has gone', async () => {
    const { server, begin, pass } = await plugin()
    expect(await server.health()).toMatchObject({ status: 'ERROR', details: { answers: false } })
    const there = await begin()
    expect(await server.health()).toEqual({
      message: `${there.url} answers.`,
      details: { base: there.url, answers: true },
    })
    await there.close()
    // It is not asked all the time.
    pass(ANSWER_HOLDS - 1)
    expect(await server.health()).not.toHaveProperty('status')
    pass(1)
    expect(await server.health()).toMatchObject({ status: 'ERROR' })
  })

  it('is an error at once where a reply failed because it had gone', async () => {
    const { server, begin } = await plugin()
    const there = await begin()
    expect(await server.health()).not.toHaveProperty('status')
    await there.close()
    await expect(server.reply(DIALOGUE, SAMPLING, { signal }).next()).rejects.toThrow('does not answer')
    expect(await server.health()).toMatchObject({ status: 'ERROR' })
  })

  it('is well from the first piece of a reply on', async () => {
    const { server, begin } = await plugin()
    expect(await server.health()).toMatchObject({ status: 'ERROR' })
    const there = await begin()
    there.play({ tokens: ['One.', ' Two.'], every: 20, hangAfter: 1 })
    const reply = server.reply(DIALOGUE, { ...SAMPLING, model: 'llama3.2:3b' }, { signal })
    expect(await reply.next()).toMatchObject({ value: 'One.' })
    expect(await server.health()).not.toHaveProperty('status')
    await reply.return(undefined)
    await there.close()
  })

  it('needs a model of one that has none, until it has', async () => {
    const { server, begin } = await plugin([])
    const bare = await begin()
    expect(await server.health()).toMatchObject({
      status: 'ERROR',
      message: expect.stringContaining('has no model'),
      details: { answers: true, need: 'model' },
    })
    await bare.close()
    const there = await startLanguageServer({ port: Number(new URL(bare.url).port) })
    expect(await server.health()).not.toHaveProperty('status')
    await there.close()
  })

  it('takes the word of whoever named a model that the server does not list', async () => {
    const bare = await startLanguageServer({ models: [] })
    const server = new ContractServer(failure)
    server.open({ preset: 'ollama', name: 'Ollama', base: bare.url, model: 'kept-secret' })
    expect(await server.health()).not.toHaveProperty('status')
    await bare.close()
  })

  it('needs other settings where what answers is no server of models, and none of that after they are changed', async () => {
    const there = await startLanguageServer()
    const server = new ContractServer(failure)
    server.open({ preset: 'other', name: 'Box', base: `${there.url}/nowhere` })
    expect(await server.health()).toMatchObject({ status: 'ERROR', details: { need: 'config' } })
    server.open({ preset: 'ollama', name: 'Ollama', base: there.url })
    expect(await server.health()).not.toHaveProperty('status')
    await there.close()
  })

  it('gives up a server that takes the question and never answers before the host gives up the plugin', async () => {
    const silent = createServer(() => {})
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const server = new ContractServer(failure, { patience: 200 })
    server.open({
      preset: 'ollama',
      name: 'Ollama',
      base: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    })
    expect(await server.health()).toMatchObject({
      status: 'ERROR',
      message: expect.stringContaining('did not answer within'),
      details: { need: 'server' },
    })
    silent.closeAllConnections()
    silent.close()
  })
})
