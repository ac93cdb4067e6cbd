import { expect, it } from 'vitest'
import type { AudioData } from '#protocol/contracts.ts'
import { openContractPlugin } from '../../tests/support/contract-plugin.ts'
import { openRecogniser } from '../../tests/support/recogniser.ts'
import { wordErrorRate } from '../../tests/support/words.ts'

const TEXT = 'The sea was calm that morning. The captain came at 7:30, and nobody asked why. Then the bell rang twice.'

it('says a text sentence by sentence, as it stands there, and goes on after what it can’t do', async () => {
  await using plugin = await openContractPlugin('kokoro')
  const { slot } = plugin
  const parts = (await Array.fromAsync(slot.stream('synthesize', { text: TEXT }))) as AudioData[]
  expect(parts.length).toBe(3)
  const sound = Buffer.concat(parts.map(({ bytes }) => bytes))
  const samples = Float32Array.from({ length: sound.length / 2 }, (_, i) => sound.readInt16LE(i * 2) / 32_768)
  const heard = await (await openRecogniser()).transcribe(samples, 24_000)
  expect(wordErrorRate(TEXT, heard), heard).toBeLessThanOrEqual(0.1)

  // Whole and in parts it is the same sound.
  const whole = (await slot.call('synthesize', { text: TEXT })) as AudioData
  expect(Buffer.compare(sound, whole.bytes)).toBe(0)

  const voices = (await slot.call('get_voices', {})) as { id: string; language: string }[]
  expect(voices.map(({ id }) => id)).toEqual(expect.arrayContaining(['af_heart', 'am_michael']))
  await expect(slot.call('synthesize', { text: 'Hello.', voice_id: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('af_heart'),
    details: { code: 1001 },
  })
  for (const [length, code] of [
    [50_000, 1000],
    [50_001, 1002],
  ] as const) {
    // No word in it: at the limit that is what is wrong, and past it its length.
    const call = slot.call('synthesize', { text: '.'.repeat(length) })
    await expect(call).rejects.toMatchObject({ details: { code } })
  }
  expect(((await slot.call('synthesize', { text: 'Yes.' })) as AudioData).bytes.length).toBeGreaterThan(5000)
}, 600_000)

it('speaks at the speed that was set', async () => {
  const seconds = async (speed: number) => {
    await using plugin = await openContractPlugin('kokoro', { speed })
    const { bytes } = (await plugin.slot.call('synthesize', { text: 'Nobody had seen the boat leave.' })) as AudioData
    return bytes.length / 48_000
  }
  expect((await seconds(2)) / (await seconds(1))).toBeLessThan(0.75)
}, 600_000)
