import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { openContractPlugin } from '../../tests/support/contract-plugin.ts'
import { recordingPath } from '../../tests/support/recordings.ts'
import { ctranslate2Weights } from '../../tests/support/whisper/weights.ts'
import { wordErrorRate } from '../../tests/support/words.ts'

const BECKETT = 'Ever tried. Ever failed. No matter. Try again. Fail again. Fail better.'

it('writes a recording down with the time of each word, and names what it lacks', async () => {
  {
    await using none = await openContractPlugin('faster-whisper', { model: 'none-of-the-kind' })
    await expect(none.slot.load()).rejects.toMatchObject({
      message: expect.stringContaining('none-of-the-kind'),
      details: { failure: 'INITIALIZE_FAILED' },
    })
  }
  await using plugin = await openContractPlugin('faster-whisper', { model: await ctranslate2Weights(), beam_size: 1 })
  const { slot } = plugin
  const bytes = new Uint8Array(await readFile(await recordingPath('beckett')))
  const { text, words } = (await slot.call('transcribe', { audio: { mime: 'audio/wav', bytes } })) as {
    text: string
    words: { text: string; start: number; end: number }[]
  }
  expect(wordErrorRate(BECKETT, text), text).toBeLessThanOrEqual(0.1)
  expect(words.map(word => word.text).join(' ')).toBe(text)
  expect(words.every(({ start, end }, i) => start <= end && start >= (words[i - 1]?.start ?? 0))).toBe(true)
  const noise = { mime: 'audio/wav', bytes: new Uint8Array(64) }
  await expect(slot.call('transcribe', { audio: noise })).rejects.toMatchObject({ details: { code: 1101 } })
  const unknown = slot.call('transcribe', { audio: { mime: 'audio/wav', bytes }, language: 'tlh' })
  await expect(unknown).rejects.toMatchObject({ message: expect.stringContaining('tlh') })
}, 600_000)
