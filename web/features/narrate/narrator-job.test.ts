import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import { memoryPcmStore } from '../../storage/pcm-memory.ts'
import type { PcmStore } from '../../storage/types.ts'
import { light, scriptedContracts } from '../contract-testing.ts'
import type { StudioSpeech } from '../studio.ts'
import { segmentsOf } from './exporting.ts'
import { newChapter, newProject } from './document.ts'
import { renderMissing } from './narrator-job.ts'
import { createRenders } from './narrator-renders.ts'
import { buildScript, type Script } from './script.ts'

const RATE = 24_000
const info = { id: 'plugin:reader', name: 'Reader', version: '1', languages: ['en-us'], sampleRate: RATE }
/** Loudness of the sound by which one hears who spoke. */
const OWN = 0.5
const OTHER = 0.25

const pauses = { sentence: 0.3, paragraph: 0.6, chapter: 1 }
const settings = { lang: 'en-us', engine: '', voice: [{ id: 'reader/ann', weight: 1 }], speed: 1, pauses }
const book = newProject('', settings, [newChapter('', ['One two.', 'Three four.', 'Five six.'])])

describe('a book that a plugin reads', () => {
  let pcm: PcmStore
  let script: Script
  let said: string[]

  beforeEach(async () => {
    pcm = memoryPcmStore()
    said = []
    script = await buildScript(book, () => info)
  })

  /** @param isAway asked before each sentence; another voice stands in while it says so */
  function work(contracts: ReturnType<typeof scriptedContracts>, isAway: (text: string) => boolean) {
    const engine: Pick<SpeechEngine, 'speak' | 'close'> = {
      async *speak(segments) {
        for await (const { id, text } of segments) {
          const away = isAway(text)
          said.push(`${away ? 'another' : 'own'}: ${text}`)
          const samples = new Float32Array(RATE).fill(away ? OTHER : OWN)
          const chunk: PcmChunk = { samples, sampleRate: RATE, channels: 1, segment: id, at: 0, last: true, words: [] }
          yield away ? { ...chunk, standIn: true } : chunk
        }
      },
      close: async () => {},
    }
    const speech = { report: undefined, bulk: async () => engine } as unknown as StudioSpeech
    const renders = createRenders(pcm, vi.fn(), vi.fn())
    const { sentences } = script
    return async () => {
      const here = await pcm.which(sentences.map(({ key }) => key))
      const missing = sentences.filter(({ key }) => !here.has(key))
      return renderMissing({ missing, total: 3, renders, pcm, speech, contracts: contracts.contracts }, {})
    }
  }
  const exported = async () => {
    const sounds = await Array.fromAsync(segmentsOf(book, script, pcm, key => key))
    return sounds.map(({ samples }) => Math.round(samples[100]! * 100) / 100)
  }

  it('goes on with another voice where it dies, and is whole in its own when it comes back', async () => {
    const contracts = scriptedContracts([light('reader', 'tts')])
    const all = work(contracts, text => {
      if (text === 'Three four.' && said.length === 1) contracts.show([light('reader', 'tts', { status: 'ERROR' })])
      if (text === 'Five six.') setTimeout(() => contracts.show([light('reader', 'tts')]), 50)
      return !contracts.contracts.isUp('reader')
    })
    expect(await all()).toBe(0)
    expect(said.slice(0, 3)).toEqual(['own: One two.', 'another: Three four.', 'another: Five six.'])
    expect(await exported()).toEqual([OWN, OWN, OWN])
    // Nothing of what stood in is left.
    expect((await Array.fromAsync(pcm.keys())).sort()).toEqual(script.sentences.map(({ key }) => key).sort())
  })

  it('that stays away is exported in another voice, is not made twice, and gets its own voice later', async () => {
    const contracts = scriptedContracts([])
    const all = work(contracts, () => !contracts.contracts.isUp('reader'))
    expect(await all()).toBe(3)
    expect(await exported()).toEqual([OTHER, OTHER, OTHER])
    expect(await all()).toBe(3)
    expect(said).toHaveLength(3)

    contracts.show([light('reader', 'tts')])
    expect(await all()).toBe(0)
    expect(await exported()).toEqual([OWN, OWN, OWN])
  })
})
