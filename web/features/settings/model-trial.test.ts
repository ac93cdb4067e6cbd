import { expect, it, vi } from 'vitest'
import type { LanguageModel } from '#protocol/language.ts'
import { TRIAL_WORDS, tryModel } from './model-trial.ts'

const ended = vi.fn()
const speaker = (...pieces: readonly string[]): LanguageModel => ({
  info: { id: 'x', name: 'X', kind: 'echo' },
  health: async () => ({ state: 'ready', models: [] }),
  async *reply() {
    try {
      yield* pieces
    } finally {
      ended()
    }
  },
})

it('tells the first words and stops the model then', async () => {
  const words = Array.from({ length: TRIAL_WORDS + 5 }, (_, at) => `w${at} `)
  const { words: said, seconds } = await tryModel(speaker(...words), 'Hello?')
  expect(said).toBe(`${words.slice(0, TRIAL_WORDS).join('').trim()} …`)
  expect(seconds).toBeGreaterThanOrEqual(0)
  expect(ended).toHaveBeenCalledOnce()
})

it('tells a short answer as it is', async () => {
  const words = Array.from({ length: TRIAL_WORDS }, (_, at) => `w${at} `)
  expect((await tryModel(speaker(...words), 'Hello?')).words).toBe(words.join('').trim())
  await expect(tryModel(speaker(), 'Hello?')).rejects.toMatchObject({ code: 'engine' })
})
