import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LanguageProviderDraft } from '#protocol/language.ts'
import { QUESTION } from '../../../tests/conformance/language.ts'
import { startLanguageServer } from '../../../tests/support/language-server.ts'
import { LanguageProviders, MOST_PROVIDERS, UNDO_LIFE } from './providers.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-language-'))
  file = join(folder, 'language.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const draft = (more: Partial<LanguageProviderDraft> = {}): LanguageProviderDraft => ({
  preset: 'other',
  name: 'Box',
  base: 'https://box.example/v1',
  model: 'm',
  ...more,
})

describe('providers', () => {
  it('are found again by the next companion, with their keys, in a file of this account alone', () => {
    const providers = new LanguageProviders(folder)
    providers.put('box', draft({ key: 'sk-secret' }))
    providers.put('ollama', draft({ preset: 'ollama', base: 'localhost:11434' }))
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = new LanguageProviders(folder)
    expect(again.list()).toEqual(providers.list())
    expect(again.list()).toMatchObject([
      { id: 'box', hasKey: true },
      { id: 'ollama', base: 'http://localhost:11434', hasKey: false },
    ])
    expect(JSON.stringify(again.list())).not.toContain('sk-secret')
    expect(readFileSync(file, 'utf8')).toContain('sk-secret')
  })

  it.skipIf(process.platform === 'win32')('are locked up again when others could read them', () => {
    new LanguageProviders(folder).put('box', draft({ key: 'sk-secret' }))
    chmodSync(file, 0o644)
    void new LanguageProviders(folder)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('keep a key until it is replaced or removed, and do not hand it to another address', () => {
    const providers = new LanguageProviders(folder)
    const kept = () => (JSON.parse(readFileSync(file, 'utf8')) as { providers: { key?: string }[] }).providers[0]!.key
    providers.put('box', draft({ key: 'sk-1' }))
    expect(providers.put('box', draft({ name: 'Other', model: 'n' })).hasKey).toBe(true)
    providers.put('box', draft({ key: 'sk-2' }))
    expect(kept()).toBe('sk-2')
    expect(providers.put('box', draft({ base: 'https://evil.example/v1' })).hasKey).toBe(false)
    expect(kept()).toBeUndefined()
    providers.put('box', draft({ key: 'sk-3' }))
    expect(providers.put('box', draft({ key: '' })).hasKey).toBe(false)
    expect(() => providers.put('box', draft({ base: 'http://box.example/v1', key: 'sk-4' }))).toThrow('https://')
  })

  it('come back for a while after they were removed, in their place', () => {
    let now = 0
    const providers = new LanguageProviders(folder, undefined, () => now)
    for (const id of ['one', 'two', 'three']) providers.put(id, draft({ name: id, key: `sk-${id}` }))
    const before = providers.list()
    providers.remove('two')
    expect(readFileSync(file, 'utf8')).not.toContain('sk-two')
    expect(() => providers.open('two')).toThrow('no server of language models “two”')
    now += UNDO_LIFE - 1
    expect(providers.restore('two')).toMatchObject({ id: 'two', hasKey: true })
    expect(providers.list()).toEqual(before)
    expect(() => providers.restore('two')).toThrow('Nothing of the name “two” was removed')
    providers.remove('two')
    now += UNDO_LIFE
    expect(() => providers.restore('two')).toThrow('Nothing of the name “two” was removed')
    providers.remove('one')
    providers.put('one', draft())
    expect(() => providers.restore('one')).toThrow('another server has taken it')
  })

  it(`are ${MOST_PROVIDERS} at most`, () => {
    const providers = new LanguageProviders(folder)
    for (let at = 0; at < MOST_PROVIDERS; at++) providers.put(`p${at}`, draft())
    expect(() => providers.put('more', draft())).toThrow('no more can be')
    expect(providers.put('p0', draft({ name: 'Changed' })).name).toBe('Changed')
  })

  it.each([
    ['no JSON', '{'],
    ['another shape', '[]'],
    ['a provider that is none', '{"providers":[{"id":"x"}]}'],
    ['an id that is none', `{"providers":[${JSON.stringify({ id: '../x', ...draft() })}]}`],
  ])('of a damaged file (%s) are not guessed', (_, text) => {
    writeFileSync(file, text)
    const warn = vi.fn()
    const providers = new LanguageProviders(folder, warn)
    expect([providers.list(), warn.mock.calls.length]).toEqual([[], 1])
    expect(warn.mock.calls[0]![0]).toMatch(/damaged\. No language model is known until you add one/)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

describe('requests', () => {
  it.each(['http://localhost:1/elsewhere', '/v1/elsewhere'])('follow no redirect (to %s)', async redirect => {
    const server = await startLanguageServer({ key: 'sk-secret' })
    const elsewhere = await startLanguageServer()
    try {
      const providers = new LanguageProviders(folder)
      providers.put('box', draft({ base: server.openAi, model: 'llama3.2:3b', key: 'sk-secret' }))
      server.play({ redirect: redirect.replace('localhost:1', new URL(elsewhere.url).host) })
      await expect(Array.fromAsync(providers.open('box').reply(QUESTION))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/sends on to http:\/\/127\.0\.0\.1:\d+, and was not followed/),
      })
      expect(elsewhere.requests).toEqual([])
    } finally {
      await Promise.all([server.close(), elsewhere.close()])
    }
  })
})
