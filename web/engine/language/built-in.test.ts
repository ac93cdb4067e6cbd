import { describe, expect, it, vi } from 'vitest'
import { QUESTION, says, testLanguageModel } from '../../../tests/conformance/language.ts'
import { createBuiltIn } from './built-in.ts'
import type { PromptApi } from './prompt-api.ts'

// Chromium as it is tested with has no such model: its part is played by one that keeps to the API's words.

type Created = Parameters<PromptApi['create']>[0]

function chrome({ state = 'available' as Awaited<ReturnType<PromptApi['availability']>>, fails = '' } = {}) {
  const created: Created[] = []
  const asked: unknown[] = []
  const destroy = vi.fn()
  const api: PromptApi = {
    availability: async () => state,
    async create(options) {
      created.push(options)
      options.signal?.throwIfAborted()
      options.monitor?.({
        addEventListener: (_, listener) => [0, 0.25, 1].forEach(loaded => listener({ loaded })),
      })
      if (fails) throw new DOMException('No.', fails)
      return {
        promptStreaming(input, { signal }) {
          asked.push(input)
          const words = input[0]!.content.match(/\S+\s*/g) ?? []
          return new ReadableStream<string>({
            pull(each) {
              if (signal.aborted) return each.error(signal.reason)
              const word = words.shift()
              if (word === undefined) each.close()
              else each.enqueue(word)
            },
          })
        },
        destroy,
      }
    },
  }
  return { api, created, asked, destroy }
}

testLanguageModel('the browser’s own model', async () => createBuiltIn(chrome().api))

describe('the browser’s own model', () => {
  it('is told the dialogue with the system prompt first, and is let go of afterwards', async () => {
    const { api, created, asked, destroy } = chrome()
    const params = async () => ({ defaultTopK: 3, maxTemperature: 1.5 })
    const messages = [...says('One?', 'Two.'), { role: 'system' as const, text: 'Be brief.' }, ...says('Three?')]
    await Array.fromAsync(createBuiltIn({ ...api, params }).reply(messages, { temperature: 2 }))
    expect(created[0]).toMatchObject({
      initialPrompts: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'One?' },
        { role: 'assistant', content: 'Two.' },
      ],
      temperature: 1.5,
      topK: 3,
    })
    expect(asked).toEqual([[{ role: 'user', content: 'Three?' }]])
    expect(destroy).toHaveBeenCalledOnce()
    const english = [{ type: 'text', languages: ['en'] }]
    expect(created[0]).toMatchObject({ expectedInputs: english, expectedOutputs: english })
    // Where a page may not choose it, it says nothing of it.
    await Array.fromAsync(createBuiltIn(api).reply(messages, { temperature: 2 }))
    expect(created[1]).not.toHaveProperty('temperature')
  })

  it('is asked for the user’s languages that it knows, and for English where it lacks them', async () => {
    const { api, created } = chrome()
    const wanted = ['de-AT', 'de', 'tlh', 'en-US']
    await Array.fromAsync(createBuiltIn(api, wanted).reply(QUESTION))
    const knows = (languages: readonly string[]): PromptApi => ({
      ...api,
      availability: async ({ expectedOutputs }) =>
        expectedOutputs[0]!.languages.every(each => languages.includes(each)) ? 'available' : 'unavailable',
    })
    await Array.fromAsync(createBuiltIn(knows(['en']), wanted).reply(QUESTION))
    expect(created.map(each => each.expectedOutputs[0]!.languages)).toEqual([['de', 'en'], ['en']])
    expect(await createBuiltIn(knows([]), wanted).health()).toMatchObject({ state: 'unsupported' })
  })

  it.each([
    ['absent', undefined, 'unsupported', 'no language model of its own'],
    ['unavailable', 'unavailable' as const, 'unsupported', 'no language model of its own'],
    ['not downloaded', 'downloadable' as const, 'loading', 'has to download it first'],
    ['downloading', 'downloading' as const, 'loading', 'is downloading'],
  ])('says plainly that it is %s', async (_, state, expected, words) => {
    const model = createBuiltIn(state && chrome({ state }).api)
    expect(await model.health()).toMatchObject({ state: expected, why: expect.stringContaining(words) })
    await expect(Array.fromAsync(model.reply(QUESTION))).rejects.toMatchObject({
      code: expected === 'loading' ? 'not-found' : 'unsupported',
      message: expect.stringContaining(words),
    })
  })

  it('is downloaded when that is asked for, and says how far it is', async () => {
    const { api, destroy } = chrome({ state: 'downloadable' })
    const parts: number[] = []
    await createBuiltIn(api).download({ onProgress: ({ done, total }) => parts.push(done / total!) })
    expect([parts, destroy.mock.calls.length]).toEqual([[0, 0.25, 1], 1])
    await expect(createBuiltIn(undefined).download()).rejects.toMatchObject({ code: 'unsupported' })
    await expect(createBuiltIn(api).download({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it.each([
    ['NotSupportedError', 'unsupported'],
    ['QuotaExceededError', 'bad-input'],
    ['NotAllowedError', 'refused'],
    ['NetworkError', 'offline'],
    ['OperationError', 'engine'],
  ])('tells a %s as %s', async (fails, code) => {
    const model = createBuiltIn(chrome({ fails }).api)
    await expect(Array.fromAsync(model.reply(QUESTION))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/browser.*\.$/),
    })
  })
})
