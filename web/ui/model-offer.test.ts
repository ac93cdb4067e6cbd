import { expect, it } from 'vitest'
import { findModel } from '#engine/catalogue.ts'
import { needOf, notHere } from './model-offer.ts'

const [whisper, kokoro] = [findModel('whisper-base')!, findModel('kokoro-82m')!]
const everywhere = { companion: true, hub: true }

/** A store that has these variants. */
const having = (...ids: string[]) => ({
  state: async (_: unknown, { id }: { id: string }) => ({ state: ids.includes(id) ? 'ready' : 'absent' }) as const,
  pull: async () => {},
})

it('offers what every device can run, and nothing where the build for this device’s graphics card is here', async () => {
  const plain = needOf(whisper, everywhere)
  const withGpu = needOf(whisper, everywhere, () => true)
  for (const need of [plain, withGpu]) {
    expect(need.choices.map(({ id }) => id)).toEqual(['q8'])
    expect(await notHere(having(), [need])).toEqual([need])
    expect(await notHere(having('q8'), [need])).toEqual([])
  }
  expect(await notHere(having('gpu'), [plain])).toEqual([plain])
  expect(await notHere(having('gpu'), [withGpu])).toEqual([])
})

it('offers a voice what it falls back on, also where its build for the graphics card is here', async () => {
  const need = needOf(kokoro, everywhere, () => true)
  expect(await notHere(having('fp32'), [need])).toEqual([need])
  expect(await notHere(having('q8'), [need])).toEqual([])
})

it('asks a hub first where there is no companion', () => {
  const choices = (companion: boolean, hub: boolean) => needOf(kokoro, { companion, hub }).choices.map(({ id }) => id)
  expect(choices(true, true)).toEqual(['int8', 'q8'])
  expect(choices(false, true)).toEqual(['q8', 'int8'])
})
