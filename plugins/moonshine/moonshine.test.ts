import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openContractPlugin } from '../../tests/support/contract-plugin.ts'
import { recording, recordingPath } from '../../tests/support/recordings.ts'
import { wordErrorRate } from '../../tests/support/words.ts'

const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

/** Its library hears “Fare again. Fell better.” of this recording. */
const MOST_WRONG = 2 / 12

/** A hundred milliseconds a piece, as bare samples of 16 bits. */
async function pieces(): Promise<Uint8Array<ArrayBuffer>[]> {
  const { samples, sampleRate } = await recording('beckett')
  expect(sampleRate).toBe(16_000)
  const bytes = new Uint8Array(Int16Array.from(samples, sample => sample * 32_767).buffer)
  return Array.from({ length: Math.ceil(bytes.length / 3200) }, (_, i) => bytes.slice(i * 3200, (i + 1) * 3200))
}
const sound = (bytes: Uint8Array<ArrayBuffer>) => ({ mime: 'audio/pcm;rate=16000;channels=1;format=s16le', bytes })

it('writes a recording down, and says what it can’t read', async () => {
  await using plugin = await openContractPlugin('moonshine')
  const { slot } = plugin
  const bytes = new Uint8Array(await readFile(await recordingPath('beckett')))
  const { text } = (await slot.call('transcribe', { audio: { mime: 'audio/wav', bytes } })) as { text: string }
  expect(wordErrorRate(BECKETT, text), text).toBeLessThanOrEqual(MOST_WRONG)
  // The same once more: what was heard before has no part in it.
  const again = (await slot.call('transcribe', { audio: { mime: 'audio/wav', bytes } })) as { text: string }
  expect(again.text).toBe(text)
  const broken = { mime: 'audio/wav', bytes: new TextEncoder().encode('RIFF nothing of the kind') }
  await expect(slot.call('transcribe', { audio: broken })).rejects.toMatchObject({
    code: 'bad-input',
    details: { code: 1101 },
  })
  const german = slot.call('transcribe', { audio: { mime: 'audio/wav', bytes }, language: 'de' })
  await expect(german).rejects.toMatchObject({ message: expect.stringContaining('English') })
}, 600_000)

it('hears while somebody speaks, and another that takes over in the middle has heard it all', async () => {
  await using plugin = await openContractPlugin('moonshine')
  const { slot } = plugin
  const all = await pieces()
  const name = (await slot.call('start_stream', {})) as string
  const drafts: string[] = []
  for (const [i, bytes] of all.entries()) {
    if (i === all.length >> 1) {
      const state = await slot.capture()
      await slot.unload()
      await slot.load()
      await slot.restore(state)
    }
    const { text } = (await slot.call('feed_audio', { session_id: name, chunk: sound(bytes) })) as { text: string }
    drafts.push(text)
  }
  expect(new Set(drafts.filter(Boolean)).size).toBeGreaterThan(3)
  const text = (await slot.call('end_stream', { session_id: name })) as string
  expect(wordErrorRate(BECKETT, text), text).toBeLessThanOrEqual(MOST_WRONG)
  // All at once, and at an end before any draft was made.
  const short = (await slot.call('start_stream', {})) as string
  const whole = new Uint8Array(Buffer.concat(all))
  await slot.call('feed_audio', { session_id: short, chunk: sound(whole.slice(0, 12_800)) })
  await slot.call('feed_audio', { session_id: short, chunk: sound(whole.slice(12_800)) })
  expect(wordErrorRate(BECKETT, (await slot.call('end_stream', { session_id: short })) as string)).toBeLessThan(0.4)
  await expect(slot.call('end_stream', { session_id: name })).rejects.toMatchObject({ details: { code: -32602 } })
}, 600_000)
