import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LanguageModel } from '#protocol/language.ts'
import type { Scene } from '../support/language-scene.ts'
import { startLanguageServer, type LanguageServer } from '../support/language-server.ts'
import { QUESTION, says } from './language.ts'

/** Which API is asked, and how a model is opened behind it. */
export interface ServerTrial {
  readonly api: 'openai' | 'ollama'
  /** @param key what the user gave, where one was */
  open(server: LanguageServer, model: string, key?: string): Promise<LanguageModel>
}

const MODEL = 'llama3.2:3b'
const KEY = 'sk-right'

/** What a model behind an address does when the server behaves, and when it does not. */
export function testServerModel(name: string, { api, open }: ServerTrial): void {
  describe(`${name} with a server that`, () => {
    let server: LanguageServer
    let locked: LanguageServer
    let model: LanguageModel
    beforeAll(async () => {
      server = await startLanguageServer()
      locked = await startLanguageServer({ key: KEY })
      model = await open(server, MODEL)
    })
    afterAll(async () => {
      await Promise.all([server.close(), locked.close()])
    })
    const reply = async (...scenes: readonly Scene[]) => {
      server.play(...scenes)
      return (await Array.fromAsync(model.reply(QUESTION))).join('')
    }
    /** What came, and how it ended. */
    const outcome = async (scene: Scene) => {
      server.play(scene)
      const heard: string[] = []
      try {
        for await (const piece of model.reply(QUESTION)) heard.push(piece)
        return { heard: heard.join('') }
      } catch (error) {
        return { heard: heard.join(''), error }
      }
    }
    const TOKENS = ['The ', 'ferry ', 'leaves ', 'at ', 'noon.']
    const TEXT = TOKENS.join('')

    it('is asked for the whole dialogue, the model, and what was wished for', async () => {
      const messages = [{ role: 'system' as const, text: 'Be brief.' }, ...says('Hello.', 'Hi!', 'When does it leave?')]
      server.play({ tokens: TOKENS })
      const run = { temperature: 0.3, maxTokens: 40 }
      expect((await Array.fromAsync(model.reply(messages, run))).join('')).toBe(TEXT)
      expect(server.requests.at(-1)).toMatchObject({
        path: api === 'ollama' ? '/api/chat' : '/v1/chat/completions',
        model: MODEL,
        messages: messages.map(({ role, text }) => ({ role, content: text })),
        options:
          api === 'ollama'
            ? { stream: true, options: { temperature: 0.3, num_predict: 40 } }
            : { stream: true, temperature: 0.3, max_tokens: 40 },
      })
    })

    it.each([
      [
        'cuts characters and lines wherever they fall',
        { tokens: ['Für ', '你好 ', '🦀 ', '“ja”'], pieceSize: 11 },
        'Für 你好 🦀 “ja”',
      ],
      ['ends lines with CRLF', { tokens: TOKENS, lineEnd: '\r\n' as const, pieceSize: 7 }, TEXT],
      ['sends comments to keep the line open', { tokens: TOKENS, comments: true }, TEXT],
      ['gives all at once, though it was asked for a stream', { tokens: TOKENS, whole: true }, TEXT],
      ['thinks in a field of its own', { tokens: TOKENS, thoughts: ['Let me ', 'see.'] }, TEXT],
      ['thinks aloud', { tokens: ['<th', 'ink>', 'Hm, ', 'a < b', '</thi', 'nk>', '\n\n', ...TOKENS] }, TEXT],
      ['says < and means it', { tokens: ['Is 1 ', '< ', '2, or <', 'b>?', ' <thin'] }, 'Is 1 < 2, or <b>? <thin'],
      ['sends a record that is none', { tokens: TOKENS, malformedAfter: 2 }, TEXT],
      ['sends three records that are none', { tokens: TOKENS, malformedAfter: 2, malformed: 3 }, TEXT],
      ['takes its time', { tokens: TOKENS, firstAfter: 50, every: 5 }, TEXT],
    ])('%s is understood', async (_, scene, expected) => {
      expect(await reply(scene)).toBe(expected)
    })

    it.each([
      ['breaks the connection', { tokens: TOKENS, cutAfter: 2 }, 'The ferry ', 'offline', /broke off/],
      ['ends without an end', { tokens: TOKENS, ends: 'abruptly' as const }, TEXT, 'offline', /broke off/],
      ['fails in mid-reply', { tokens: TOKENS, errorAfter: 2 }, 'The ferry ', 'engine', /ran out of memory/],
      [
        'sends four records that are none',
        { tokens: TOKENS, malformedAfter: 1, malformed: 4 },
        'The ',
        'bad-input',
        /can’t be read/,
      ],
      ['fails inside', { status: 500, says: '<h1>no</h1>' }, '', 'engine', /failed inside \(500\)/],
      [
        'is not ready yet',
        { status: 503, says: { error: { message: 'Loading model' } } },
        '',
        'engine',
        /Loading model/,
      ],
      ['answers with a page', { html: true }, '', 'bad-input', /web page/],
      [
        'does not like the request',
        { status: 400, says: { error: { message: 'Too long.' } } },
        '',
        'bad-input',
        /Too long\./,
      ],
      ['has had enough for now', { status: 429, retryAfter: '3600' }, '', 'engine', /in 3600 s/],
      ['says nothing', { tokens: [] }, '', 'engine', /empty reply/],
      ['only thinks', { tokens: [], thoughts: ['Hm.'], reason: 'length' }, '', 'engine', /still thinking/],
      ['thinks aloud and no more', { tokens: ['<think>Hm.'], reason: 'length' }, '', 'engine', /still thinking/],
    ])('%s is told in words, and what came is given', async (_, scene, heard, code, message) => {
      expect(await outcome(scene)).toMatchObject({
        heard,
        error: { code, message: expect.stringMatching(message) },
      })
    })

    it('is busy for a moment is asked once more, and not a third time', async () => {
      const busy = { status: 429, retryAfter: '0' }
      const before = server.requests.length
      expect(await reply(busy, { tokens: TOKENS })).toBe(TEXT)
      expect(server.requests.length).toBe(before + 2)
      server.play(busy, busy)
      await expect(Array.fromAsync(model.reply(QUESTION))).rejects.toMatchObject({ code: 'engine', retryable: true })
      expect(server.requests.length).toBe(before + 4)
    })

    it('lacks the model is told with the models that there are', async () => {
      const other = await open(server, 'gpt-9')
      await expect(Array.fromAsync(other.reply(QUESTION))).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringMatching(/no model “gpt-9”\. There are “llama3\.2:3b”, “qwen2\.5:0\.5b”\./),
      })
      expect(await other.health()).toEqual({ state: 'ready', models: ['llama3.2:3b', 'qwen2.5:0.5b'] })
    })

    it('wants a key gets it, and another one is refused', async () => {
      const [right, wrong, none] = await Promise.all([
        open(locked, MODEL, KEY),
        open(locked, MODEL, 'sk-wrong'),
        open(locked, MODEL),
      ])
      expect((await Array.fromAsync(right.reply(says('One two')))).join('')).toBe('One two')
      expect(locked.requests.at(-1)!.authorization).toBe(`Bearer ${KEY}`)
      await expect(Array.fromAsync(wrong.reply(QUESTION))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/refuses the key/),
      })
      await expect(Array.fromAsync(none.reply(QUESTION))).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(/wants a key/),
      })
      for (const locked of [wrong, none]) expect(await locked.health()).toMatchObject({ state: 'refused' })
    })

    it('goes on talking is stopped when nobody listens', async () => {
      const endless = { tokens: Array.from({ length: 5000 }, (_, at) => `${at} `), every: 1 }
      const stopped = () => vi.waitFor(() => expect(server.requests.at(-1)).toMatchObject({ isOver: true }))
      server.play(endless, endless)
      for await (const piece of model.reply(QUESTION)) {
        expect(piece).toBe('0 ')
        break
      }
      await stopped()
      const abort = new AbortController()
      const before = server.requests.length
      const listening = Array.fromAsync(model.reply(QUESTION, { signal: abort.signal }))
      await vi.waitFor(() => expect(server.requests.length).toBe(before + 1))
      abort.abort()
      await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
      await stopped()
      expect(server.requests.at(-1)!.sent).toBeLessThan(5000)
    })

    it('leaves its good-bye out is understood where it has said that it is done', async () => {
      const { heard, error } = await outcome({ tokens: TOKENS, ends: 'without a last record' })
      expect(heard).toBe(TEXT)
      // Ollama says it in that very record.
      if (api === 'ollama') expect(error).toMatchObject({ code: 'offline' })
      else expect(error).toBeUndefined()
    })

    it('does not even answer can be left', async () => {
      const abort = new AbortController()
      const before = server.requests.length
      server.play({ silent: true })
      const listening = Array.fromAsync(model.reply(QUESTION, { signal: abort.signal }))
      await vi.waitFor(() => expect(server.requests.length).toBe(before + 1))
      abort.abort()
      await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
      await vi.waitFor(() => expect(server.requests.at(-1)).toMatchObject({ isOver: true }))
    })

    it('is not there is told in words', async () => {
      const gone = await startLanguageServer()
      const lost = await open(gone, MODEL)
      await gone.close()
      await expect(Array.fromAsync(lost.reply(QUESTION))).rejects.toMatchObject({
        code: 'offline',
        message: expect.stringMatching(/does not answer at http/),
      })
      expect(await lost.health()).toMatchObject({ state: 'down', why: expect.stringMatching(/does not answer/) })
    })
  })
}
