import { expect, it } from 'vitest'
import { isSuspect } from './narrator-suspects.ts'
import { buildScript } from './script.ts'

/** One sentence of a project, as this voice speaks it. */
async function sentence(text: string, voice: string) {
  const { sentences } = await buildScript(
    {
      id: 'p',
      title: '',
      createdAt: '',
      updatedAt: '',
      revision: 1,
      settings: {
        lang: 'en-us',
        engine: 'test',
        voice: [{ id: voice, weight: 1 }],
        speed: 1,
        pauses: { sentence: 0.3, paragraph: 0.6, chapter: 1 },
      },
      lexicon: [],
      chapters: [{ id: 'c', title: '', paragraphs: [{ id: '0', text }] }],
    },
    () => ({ id: 'test', name: 'Test', version: '1', languages: ['en-us'], sampleRate: 24_000 }),
  )
  return sentences[0]!
}

/** Letters: 25. */
const TEXT = 'The ferry leaves at seven today.'

it('a sentence of our own voices that is much too long or too short for its text sounds odd', async () => {
  const spoken = await sentence(TEXT, 'af_heart')
  expect([0.3, 2, 60].map(seconds => isSuspect(spoken, seconds))).toEqual([true, false, true])
})

it('a plugin speaks as fast as it likes: Morse code is no fault', async () => {
  const spoken = await sentence(TEXT, 'morse/high')
  expect([0.3, 2, 60].map(seconds => isSuspect(spoken, seconds))).toEqual([false, false, false])
})
