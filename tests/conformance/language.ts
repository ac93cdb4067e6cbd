import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LanguageModel, Message } from '#protocol/language.ts'

/** A dialogue that the user begins. */
export const says = (...texts: readonly string[]): Message[] =>
  texts.map((text, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', text }))

/** A question that nobody answers in one word. */
export const QUESTION = says('Count the boats from one to twelve, each with a word of its own, and then say goodbye.')

/** What every language model keeps to, whatever it runs on. */
export function testLanguageModel(name: string, open: () => Promise<LanguageModel>, close?: () => Promise<void>): void {
  describe(`${name} as a language model`, () => {
    let model: LanguageModel
    beforeAll(async () => {
      model = await open()
    }, 60_000)
    afterAll(() => close?.())

    it('says whether it would answer', async () => {
      expect(await model.health()).toMatchObject({ state: 'ready', models: expect.any(Array) })
    })

    it('answers in pieces, none of them empty', async () => {
      const pieces = await Array.fromAsync(model.reply(QUESTION))
      expect(pieces.length).toBeGreaterThan(1)
      expect(pieces.every(piece => piece !== '')).toBe(true)
      expect(pieces.join('')).toBe(pieces.join('').trimStart())
    })

    it('answers two dialogues at a time', async () => {
      const [one, other] = await Promise.all([
        Array.fromAsync(model.reply(QUESTION)),
        Array.fromAsync(model.reply(says('What is the opposite of “up”?'))),
      ])
      expect([one.length > 0, other.length > 0]).toEqual([true, true])
    })

    it.each([
      ['nothing', []],
      ['a system prompt alone', [{ role: 'system' as const, text: 'You are a ferryman.' }]],
      ['blanks', says(' \n')],
    ])('refuses %s in words', async (_, messages) => {
      await expect(Array.fromAsync(model.reply(messages))).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(/\.$/),
      })
    })

    it('stops when it is told to, and answers the next one', async () => {
      const abort = new AbortController()
      const heard: string[] = []
      const listening = (async () => {
        for await (const piece of model.reply(QUESTION, { signal: abort.signal })) {
          heard.push(piece)
          abort.abort()
        }
      })()
      await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
      expect(heard).toHaveLength(1)
      await expect(Array.fromAsync(model.reply(QUESTION, { signal: abort.signal }))).rejects.toMatchObject({
        code: 'cancelled',
      })
      for await (const piece of model.reply(QUESTION)) {
        expect(piece).not.toBe('')
        break
      }
      expect((await Array.fromAsync(model.reply(QUESTION))).length).toBeGreaterThan(1)
    })
  })
}
