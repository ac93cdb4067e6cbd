import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openFixture, type Fixture } from '../../companion/daemon/fixture.ts'
import { testServerModel } from '../../tests/conformance/language-server.ts'
import { QUESTION, testLanguageModel } from '../../tests/conformance/language.ts'
import { startLanguageServer, type LanguageServer } from '../../tests/support/language-server.ts'
import { createLanguageService, type LanguageService } from './language.ts'

// The page's client, a real companion, and a server that speaks real APIs: the whole way of a reply.

let fixture: Fixture
let service: LanguageService
let server: LanguageServer
beforeAll(async () => {
  fixture = await openFixture()
  server = await startLanguageServer()
  service = createLanguageService(lineTo(fixture))
})
afterAll(async () => {
  await Promise.all([fixture.close(), server.close()])
})

/** As the page that the companion serves asks, but for its cookie. */
function lineTo({ host, bearer }: Fixture) {
  const asPage: typeof fetch = (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', bearer.authorization)
    return fetch(input, { ...init, headers })
  }
  return { base: `http://${host}`, fetch: asPage }
}

let count = 0
async function open(preset: 'ollama' | 'vllm', { url }: LanguageServer, model: string, key?: string) {
  const id = `box-${++count}`
  const draft = { preset, name: 'The box', base: url, model, ...(key === undefined ? {} : { key }) }
  const provider = await service.save(id, draft)
  return service.open(provider)
}

testLanguageModel('a companion’s server', async () => open('vllm', server, 'llama3.2:3b'))
testServerModel('OpenAI’s API through the companion', {
  api: 'openai',
  open: (...given) => open('vllm', ...given),
})
testServerModel('Ollama through the companion', {
  api: 'ollama',
  open: (...given) => open('ollama', ...given),
})

describe('the page', () => {
  it('keeps, lists, forgets and brings back servers, and never hears a key', async () => {
    const id = 'mine'
    const draft = { preset: 'ollama' as const, name: 'Mine', base: 'localhost:11434/api', model: 'm', key: 'sk-secret' }
    const shown = { id, preset: 'ollama', name: 'Mine', base: 'http://localhost:11434', model: 'm', hasKey: true }
    expect(await service.save(id, draft)).toEqual(shown)
    expect(await service.providers()).toContainEqual(shown)
    await service.remove(id)
    expect(await service.providers()).not.toContainEqual(expect.objectContaining({ id }))
    await expect(service.health(id)).rejects.toMatchObject({ code: 'not-found' })
    expect(await service.restore(id)).toEqual(shown)
    await service.remove(id)
  })

  it('may ask another model of the same server', async () => {
    await open('vllm', server, 'llama3.2:3b')
    const provider = (await service.providers()).at(-1)!
    const other = service.open(provider, 'qwen2.5:0.5b')
    expect(other.info).toEqual({ id: `${provider.id}:qwen2.5:0.5b`, name: 'The box: qwen2.5:0.5b', kind: 'openai' })
    await Array.fromAsync(other.reply(QUESTION))
    expect(server.requests.at(-1)!.model).toBe('qwen2.5:0.5b')
  })

  it('does not take a companion that goes away for the end of a reply', async () => {
    const other = await openFixture()
    const theirs = createLanguageService(lineTo(other))
    const provider = await theirs.save('box', { preset: 'vllm', name: 'Box', base: server.url, model: 'llama3.2:3b' })
    server.play({ tokens: ['One ', 'two '], hangAfter: 1 })
    const heard: string[] = []
    const listening = (async () => {
      for await (const piece of theirs.open(provider).reply(QUESTION)) heard.push(piece)
    })()
    listening.catch(() => undefined)
    await vi.waitFor(() => expect(heard).toEqual(['One ']))
    await other.close()
    await expect(listening).rejects.toMatchObject({ code: 'offline' })
    expect(await theirs.open(provider).health()).toMatchObject({ state: 'down' })
  })

  it('is told that there is no companion, where a static host answers with its page', async () => {
    const page = async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } })
    const host = createLanguageService({ base: '', fetch: page })
    const provider = { id: 'x', preset: 'ollama' as const, name: 'X', base: 'http://x', model: 'm', hasKey: false }
    await expect(host.providers()).rejects.toMatchObject({ code: 'offline' })
    await expect(Array.fromAsync(host.open(provider).reply(QUESTION))).rejects.toMatchObject({ code: 'offline' })
  })
})
