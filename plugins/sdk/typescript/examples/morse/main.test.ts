import { afterEach, beforeEach, expect, it } from 'vitest'
import { openContract, type OpenContract } from '../../contracts/testing/open.ts'
import type { AudioData } from '../../contracts.ts'
import { MAX_TEXT, plugin } from './main.ts'

let morse: OpenContract
beforeEach(async () => {
  morse = await openContract(plugin, { config: { speed: 20 } })
})
afterEach(() => morse.close())

/** Seconds of 16-bit samples at 8 kHz. */
const seconds = ({ bytes }: AudioData) => bytes.length / 2 / 8000
const say = async (text: string) => (await morse.call('synthesize', { text })) as AudioData

it('keys a text as long as the code says', async () => {
  // “sos” has 27 units and 7 after the word, each of 60 ms at 20 words a minute.
  const sound = await say('SOS')
  expect(sound.mime).toBe('audio/pcm;rate=8000;channels=1;format=s16le')
  expect(seconds(sound)).toBeCloseTo(34 * 0.06)
  expect(seconds(await say('sos sos'))).toBeCloseTo(2 * seconds(sound))
})

it('gives word by word when it is asked to', async () => {
  const words: number[] = []
  for await (const item of morse.stream('synthesize', { text: 'e t e' })) words.push(seconds(item as AudioData))
  expect(words.map(each => Math.round(each / 0.06))).toEqual([8, 10, 8])
})

it('says which voices there are, and that there is no other', async () => {
  expect(await morse.call('get_voices')).toMatchObject([{ id: 'high' }, { id: 'low' }])
  const message = 'There is no voice “deep”. There are: high, low.'
  await expect(morse.call('synthesize', { text: 'e', voice_id: 'deep' })).rejects.toMatchObject({ code: 1001, message })
})

it('takes a text of its limit, and no longer one', async () => {
  expect(seconds(await say(' '.repeat(MAX_TEXT)))).toBeGreaterThan(0)
  await expect(say('e'.repeat(MAX_TEXT + 1))).rejects.toMatchObject({ code: 1002 })
})

it('goes on counting where it stopped', async () => {
  await morse.call('restore_state', { state: { spoken: 40 } })
  await say('two words')
  expect(await morse.call('health_check')).toMatchObject({ status: 'READY', message: '42 words since the start.' })
  expect(await morse.call('capture_state')).toEqual({ spoken: 42 })
})
