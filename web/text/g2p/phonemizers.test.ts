import { expect, it, vi } from 'vitest'
import { createPhonemizers } from './phonemizers.ts'

it('reads Japanese without the English data, and asks for those again after they were missing', async () => {
  const english = vi.fn().mockRejectedValue(new Error('not fetched'))
  const espeak = vi.fn().mockRejectedValue(new Error('offline'))
  const phonemizers = createPhonemizers({ english, espeak })
  expect((await phonemizers('ja')).analyse('こんにちは', { lang: 'ja' }).phonemes).not.toBe('')
  expect(english).not.toHaveBeenCalled()
  await expect(phonemizers('en-us')).rejects.toThrow('not fetched')
  await expect(phonemizers('en-gb')).rejects.toThrow('not fetched')
  expect(english).toHaveBeenCalledTimes(2)
  expect(espeak).not.toHaveBeenCalled()
  await expect(phonemizers('fr')).rejects.toThrow('offline')
})
