import { expect, it, vi } from 'vitest'
import { createPhonemizers } from './phonemizers.ts'

it('reads Japanese without the English data, and asks for those again after they were missing', async () => {
  const data = vi.fn().mockRejectedValue(new Error('not fetched'))
  const phonemizers = createPhonemizers(data)
  expect((await phonemizers('ja')).analyse('こんにちは', { lang: 'ja' }).phonemes).not.toBe('')
  expect(data).not.toHaveBeenCalled()
  await expect(phonemizers('en-us')).rejects.toThrow('not fetched')
  await expect(phonemizers('en-gb')).rejects.toThrow('not fetched')
  expect(data).toHaveBeenCalledTimes(2)
})
