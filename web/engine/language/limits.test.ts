import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { LONGEST_LINE, readLines } from '#protocol/lines.ts'
import { QUESTION } from '../../../tests/conformance/language.ts'
import { readEvents } from './events.ts'
import { MOST_LISTED } from './failures.ts'
import type { HttpFetch } from './http.ts'
import {
  BETWEEN_TOKENS_PATIENCE,
  FIRST_TOKEN_PATIENCE,
  HEALTH_PATIENCE,
  LONGEST_ANSWER,
  LONGEST_WAIT,
} from './limits.ts'
import { dialectOf } from './presets.ts'
import { createServerModel } from './server-model.ts'
import { LONGEST_QUOTE } from './words.ts'

const open = (fetch: HttpFetch) =>
  createServerModel({
    info: { id: 'box:m', name: 'Box', kind: 'openai' },
    server: { name: 'The box', base: 'http://box/v1', fetch },
    dialect: dialectOf('other'),
    model: 'm',
  })

const bytes = (text: string) => new TextEncoder().encode(text)
const stream = (body: ConstructorParameters<typeof Response>[0]) =>
  new Response(body, { headers: { 'content-type': 'text/event-stream' } })
const token = (text: string) => bytes(`data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`)
const joined = (...parts: readonly Uint8Array[]) => Uint8Array.from(parts.flatMap(part => [...part]))
const role = bytes('data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n')
const done = bytes('data: [DONE]\n\n')

describe('how long a server is waited for', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  const silent = /was silent for \d+ s/
  /** Whether it has ended after so many milliseconds of silence, and how. */
  async function after(milliseconds: number, work: Promise<unknown>) {
    let ended: unknown = 'waits'
    work.then(
      value => (ended = value),
      (error: unknown) => (ended = error),
    )
    await vi.advanceTimersByTimeAsync(milliseconds)
    return ended
  }

  it.each([
    ['it has not answered at all', () => new Promise<Response>(() => {})],
    [
      'it has told no more than its role',
      async () => stream(new ReadableStream({ start: each => each.enqueue(role) })),
    ],
  ])('the first token, while %s', async (_, fetch) => {
    const replying = Array.fromAsync(open(fetch).reply(QUESTION))
    expect(await after(FIRST_TOKEN_PATIENCE - 1, replying)).toBe('waits')
    expect(await after(1, replying)).toMatchObject({ code: 'offline', message: expect.stringMatching(silent) })
  })

  it('the next token, while nobody but the server keeps anybody waiting', async () => {
    let more!: ReadableStreamDefaultController<Uint8Array>
    let signal: AbortSignal | undefined
    const model = open(async (_, request) => {
      signal = request.signal
      return stream(new ReadableStream({ start: each => void (more = each) }))
    })
    const reply = model.reply(QUESTION)[Symbol.asyncIterator]()
    const first = reply.next()
    await vi.advanceTimersByTimeAsync(0)
    more.enqueue(token('one '))
    expect(await after(0, first)).toEqual({ done: false, value: 'one ' })
    // The listener is slow, which is not the server's fault.
    await vi.advanceTimersByTimeAsync(2 * BETWEEN_TOKENS_PATIENCE)
    const second = reply.next()
    expect(await after(BETWEEN_TOKENS_PATIENCE - 1, second)).toBe('waits')
    more.enqueue(token('two '))
    expect(await after(0, second)).toEqual({ done: false, value: 'two ' })
    const third = reply.next()
    expect(await after(BETWEEN_TOKENS_PATIENCE, third)).toMatchObject({ code: 'offline' })
    expect(signal?.aborted).toBe(true)
  })

  it('a sign that it is there', async () => {
    const looking = open(() => new Promise(() => {})).health()
    expect(await after(HEALTH_PATIENCE - 1, looking)).toBe('waits')
    expect(await after(1, looking)).toMatchObject({ state: 'down', why: expect.stringContaining('10 s') })
  })

  it.each([
    [LONGEST_WAIT, undefined],
    [LONGEST_WAIT + 1000, { code: 'engine', details: { wait: 6 } }],
  ])('a server that wants to be left alone for %i ms', async (wait, expected) => {
    const busy = () => new Response('', { status: 429, headers: { 'retry-after': String(wait / 1000) } })
    const answers = [busy(), stream(joined(token('Now.'), done))]
    const replying = Array.fromAsync(open(async () => answers.shift()!).reply(QUESTION))
    const early = await after(wait - 1, replying)
    if (expected === undefined) {
      expect(early).toBe('waits')
      expect(await after(1, replying)).toEqual(['Now.'])
    } else expect(early).toMatchObject(expected)
  })

  it('waits for a date as well, and one that is past is now', async () => {
    const busy = new Response('', { status: 429, headers: { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' } })
    const answers = [busy, stream(joined(token('Now.'), done))]
    expect(await after(0, Array.fromAsync(open(async () => answers.shift()!).reply(QUESTION)))).toEqual(['Now.'])
  })
})

describe('how much is read', () => {
  async function* only(text: string) {
    yield bytes(text)
  }

  it.each([
    ['a line', (text: string) => Array.fromAsync(readLines(only(text))), LONGEST_LINE],
    ['an event', (text: string) => Array.fromAsync(readEvents(only(`data:${text}`))), LONGEST_LINE - 'data:'.length],
  ])('of %s', async (_, read, longest) => {
    expect((await read('x'.repeat(longest)))[0]).toHaveLength(longest)
    await expect(read('x'.repeat(longest + 1))).rejects.toMatchObject({ code: 'engine' })
  })

  it('of an answer in one piece', async () => {
    const models = (length: number) => {
      const text = '{"data":[{"id":"m"}],"x":""}'
      return open(async () => new Response(text.replace('""', `"${'x'.repeat(length - text.length)}"`))).health()
    }
    expect(await models(LONGEST_ANSWER)).toEqual({ state: 'ready', models: ['m'] })
    expect(await models(LONGEST_ANSWER + 1)).toMatchObject({ state: 'down', why: expect.stringContaining('4 MiB') })
  })

  it('of the models that a server has in place of another', async () => {
    const among = async (count: number) => {
      const data = Array.from({ length: count }, (_, at) => ({ id: `m${at}` }))
      const fetch: HttpFetch = async (_, { method }) =>
        method === 'GET' ? Response.json({ data }) : new Response('', { status: 404 })
      return Array.fromAsync(open(fetch).reply(QUESTION))
    }
    await expect(among(MOST_LISTED)).rejects.toThrow(`“m${MOST_LISTED - 1}”.`)
    await expect(among(MOST_LISTED + 1)).rejects.toThrow(`“m${MOST_LISTED - 1}” and 1 more.`)
  })

  it('of what a server says about its failure', async () => {
    const fail = (message: string) =>
      Array.fromAsync(open(async () => Response.json({ error: { message } }, { status: 400 })).reply(QUESTION))
    await expect(fail('x'.repeat(LONGEST_QUOTE))).rejects.toThrow(`“${'x'.repeat(LONGEST_QUOTE)}”`)
    await expect(fail('x'.repeat(LONGEST_QUOTE + 1))).rejects.toThrow(`“${'x'.repeat(LONGEST_QUOTE)}…”`)
    await expect(fail('two\n\u001b[31mlines\u202e')).rejects.toThrow('“two [31mlines”')
  })
})

describe('lines', () => {
  it('are cut at their ends alone, wherever the pieces are', async () => {
    const text = bytes('eins\r\nz“w”ei\n\n \n🦀')
    for (let size = 1; size < 9; size++) {
      async function* pieces() {
        for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size)
      }
      expect(await Array.fromAsync(readLines(pieces()))).toEqual(['eins', 'z“w”ei', '🦀'])
    }
  })
})

describe('OpenAI’s API', () => {
  const reply = async (...records: readonly string[]) =>
    (
      await Array.fromAsync(
        open(async () => stream(new Blob(records.map(each => `data: ${each}\n\n`)))).reply(QUESTION),
      )
    ).join('')

  it.each([
    ['a reason without [DONE]', ['{"choices":[{"delta":{"content":"Hi."},"finish_reason":"stop"}]}']],
    ['[DONE] without a reason', ['{"choices":[{"delta":{"content":"Hi."}}]}', '[DONE]']],
    ['content in parts', ['{"choices":[{"delta":{"content":[{"type":"text","text":"Hi."}]}}]}', '[DONE]']],
    ['a refusal', ['{"choices":[{"delta":{"refusal":"Hi."}}]}', '[DONE]']],
    ['records of other kinds', ['{"type":"ping"}', '{"choices":[{"delta":{"content":"Hi."}}]}', 'null', '[DONE]']],
  ])('ends with %s', async (_, records) => {
    expect(await reply(...records)).toBe('Hi.')
  })

  it('is taken for another API when nothing of it can be read', async () => {
    const page = async (text: string, type: string) => new Response(text, { headers: { 'content-type': type } })
    for (const [text, type] of [
      ['hello', 'text/plain'],
      ['{"hello":1}', 'application/json'],
      ['', 'text/event-stream'],
      ['<html>', 'application/json'],
    ] as const) {
      await expect(Array.fromAsync(open(() => page(text, type)).reply(QUESTION))).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringContaining('Look at the address'),
      })
    }
  })

  it('is not asked while no model is chosen', async () => {
    const model = createServerModel({
      info: { id: 'box:', name: 'Box', kind: 'openai' },
      server: { name: 'The box', base: 'http://box/v1', fetch: () => expect.fail('It was asked.') },
      dialect: dialectOf('other'),
      model: '',
    })
    await expect(Array.fromAsync(model.reply(QUESTION))).rejects.toThrow('No model of The box is chosen')
  })

  it('calls the longest length as OpenAI’s newer models want it', () => {
    expect(dialectOf('openai').chat('m', [], { maxTokens: 5 })).toMatchObject({ max_completion_tokens: 5 })
    expect(dialectOf('vllm').chat('m', [], { maxTokens: 5 })).toMatchObject({ max_tokens: 5 })
  })
})
