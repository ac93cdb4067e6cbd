import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  HIGHEST_TEMPERATURE,
  LONGEST_BASE,
  LONGEST_KEY,
  LONGEST_MODEL,
  LONGEST_NAME,
  MOST_MESSAGES,
  MOST_TOKENS,
} from '#protocol/language-api.ts'
import { startLanguageServer, type LanguageServer } from '../../tests/support/language-server.ts'
import { openFixture, type Fixture } from './fixture.ts'

let fixture: Fixture
let server: LanguageServer
beforeAll(async () => {
  fixture = await openFixture()
  server = await startLanguageServer({ key: 'sk-secret' })
})
afterAll(async () => {
  await Promise.all([fixture.close(), server.close()])
})

async function call(method: string, path: string, json?: unknown) {
  const body = json === undefined ? {} : { body: JSON.stringify(json) }
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  return fixture.send(method, path, { headers: { ...fixture.bearer, ...type }, ...body })
}
const draft = (more: object = {}) => ({
  preset: 'other',
  name: 'Box',
  base: server.openAi,
  model: 'llama3.2:3b',
  ...more,
})
const say = (...texts: readonly string[]) => texts.map(text => ({ role: 'user', text }))
const message = (body: Buffer) => (JSON.parse(body.toString()) as { message: string }).message

describe('a reply', () => {
  it('comes line by line, to its end', async () => {
    await call('PUT', '/language/providers/box', draft({ key: 'sk-secret' }))
    const { status, headers, body } = await call('POST', '/language/providers/box/chat', {
      messages: say('Ahoy there!'),
    })
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson'])
    expect(body.toString()).toBe('{"text":"Ahoy "}\n{"text":"there!"}\n{"done":true}\n')
  })

  it('ends with what went wrong', async () => {
    server.play({ tokens: ['One ', 'two '], cutAfter: 1 })
    const { body } = await call('POST', '/language/providers/box/chat', { messages: say('Count!') })
    const [first, last] = body.toString().trim().split('\n')
    expect(first).toBe('{"text":"One "}')
    expect(JSON.parse(last!)).toMatchObject({ error: { code: 'offline', retryable: true } })
  })
})

describe('a key', () => {
  it('is in no answer, whatever is asked, and in no file but its own', async () => {
    const answers = [
      await call('PUT', '/language/providers/box', draft({ key: 'sk-secret' })),
      await call('PUT', '/language/providers/box', draft()),
      await call('GET', '/language/providers'),
      await call('GET', '/language/providers/box/health'),
      await call('DELETE', '/language/providers/box'),
      await call('POST', '/language/providers/box/restore'),
      await call('PUT', '/language/providers/box', draft({ base: 'http://8.8.8.8', key: 'sk-secret' })),
      await call('PUT', '/language/providers/box', draft({ key: 'sk-secret ' })),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 204, 200, 403, 400])
    for (const { body } of answers) expect(body.toString()).not.toContain('sk-secret')
    expect(readFileSync(join(fixture.folder, 'state', 'language.json'), 'utf8')).toContain('sk-secret')
  })
})

describe('limits', () => {
  const x = (length: number) => 'x'.repeat(length)
  const base = (length: number) => `http://box/${x(length - 'http://box/'.length)}`

  it.each([
    ['a name', LONGEST_NAME, (length: number) => ({ name: x(length) })],
    ['an address', LONGEST_BASE, (length: number) => ({ base: base(length) })],
    ['the name of a model', LONGEST_MODEL, (length: number) => ({ model: x(length) })],
    ['a key', LONGEST_KEY, (length: number) => ({ key: x(length) })],
  ])('of %s', async (_, longest, more) => {
    expect((await call('PUT', '/language/providers/long', draft(more(longest)))).status).toBe(200)
    const { status, body } = await call('PUT', '/language/providers/long', draft(more(longest + 1)))
    expect([status, message(body)]).toEqual([400, expect.stringContaining(String(longest))])
  })

  it('of an id', async () => {
    expect((await call('PUT', `/language/providers/${x(32)}`, draft())).status).toBe(200)
    for (const id of [x(33), 'Upper', '-x', '%2e%2e', 'a%3ab']) {
      expect((await call('PUT', `/language/providers/${id}`, draft())).status).toBe(400)
    }
  })

  it('of a dialogue', async () => {
    await call('PUT', '/language/providers/box', draft({ key: 'sk-secret' }))
    const chat = (more: object) => call('POST', '/language/providers/box/chat', { messages: say('Hi.'), ...more })
    for (const [good, bad] of [
      [
        { messages: say(...Array<string>(MOST_MESSAGES).fill('Hi.')) },
        { messages: say(...Array<string>(MOST_MESSAGES + 1).fill('Hi.')) },
      ],
      [{ temperature: HIGHEST_TEMPERATURE }, { temperature: HIGHEST_TEMPERATURE + 0.1 }],
      [{ maxTokens: MOST_TOKENS }, { maxTokens: MOST_TOKENS + 1 }],
      [{ maxTokens: 1 }, { maxTokens: 0 }],
      [{}, { messages: [] }],
      [{}, { url: 'http://elsewhere.example' }],
    ]) {
      const answers = [await chat(good!), await chat(bad!)]
      expect(answers.map(({ status }) => status)).toEqual([200, 400])
      expect(answers[0]!.body.toString()).toContain('"done":true')
    }
  })
})

describe('addresses', () => {
  it.each([
    ['file:///etc/passwd', 400],
    ['http://169.254.169.254/latest', 403],
    ['https://user:word@box.example', 400],
  ])('%s is not kept', async (base, expected) => {
    const { status } = await call('PUT', '/language/providers/strange', draft({ base }))
    expect(status).toBe(expected)
    expect((await call('GET', '/language/providers/strange/health')).status).toBe(404)
  })
})
