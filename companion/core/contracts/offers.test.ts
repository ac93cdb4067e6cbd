import { expect, it } from 'vitest'
import type { WireValue } from '#protocol/contracts.ts'
import { askOffers, MOST_OFFERS } from './offers.ts'

const says = (told: WireValue) => ({ call: async () => told })

it('takes languages by their code or their id, and models with or without a name', async () => {
  expect(
    await askOffers(says([{ code: 'de_CH', name: 'Swiss' }, { id: 'en', name: 'English' }, { name: 'None' }]), 'stt'),
  ).toEqual({
    languages: [
      { id: 'de-ch', name: 'Swiss' },
      { id: 'en', name: 'English' },
    ],
  })
  expect(await askOffers(says([{ id: 'a' }, { id: 'b', name: 'B' }]), 'llm')).toEqual({
    models: [
      { id: 'a', name: 'a' },
      { id: 'b', name: 'B' },
    ],
  })
})

it('asks nothing of a contract that no room knows', async () => {
  expect(await askOffers({ call: () => Promise.reject(new Error('asked')) }, 'weaving')).toEqual({})
})

it('shows as many voices as can be looked at, and not one more', async () => {
  const voices = (count: number) => says(Array.from({ length: count }, (_, at) => ({ id: `v${at}`, name: 'V' })))
  expect((await askOffers(voices(MOST_OFFERS), 'tts')).voices).toHaveLength(MOST_OFFERS)
  expect((await askOffers(voices(MOST_OFFERS + 1), 'tts')).voices).toHaveLength(MOST_OFFERS)
})
