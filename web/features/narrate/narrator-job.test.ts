import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import { memoryPcmStore } from '../../storage/pcm-memory.ts'
import type { PcmStore } from '../../storage/types.ts'
import { light, scriptedContracts } from '../contract-testing.ts'
import type { StudioSpeech } from '../studio.ts'
import { segmentsOf } from './exporting.ts'
import { newChapter, newProject } from './document.ts'
import { renderMissing, RETURN_WAIT } from './narrator-job.ts'
import { createRenders } from './narrator-renders.ts'
import { standInKey } from './script-hash.ts'
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
    expect((await Array.fromAsync(pcm.keys())).sort()).toEqual(script.sentences.map(({ key }) => key).sort())
  })

  it('that waits for somebody is not waited for', { timeout: RETURN_WAIT / 2 }, async () => {
    const ailment = { need: 'server', message: 'No server answers.' } as const
    const contracts = scriptedContracts([light('reader', 'tts', { status: 'ERROR', ailment })])
    expect(await work(contracts, () => true)()).toBe(3)
  })

  it('keeps what stood in for a sentence whole, and nothing of the voice that began it', async () => {
    const renders = createRenders(pcm, vi.fn(), vi.fn())
    const piece = (loudness: number, at: number, standIn?: true) => ({
      samples: new Float32Array(RATE).fill(loudness),
      sampleRate: RATE,
      channels: 1 as const,
      segment: 'one',
      at,
      last: standIn === true,
      words: [{ text: 'One', start: at, end: at + 0.5, from: 0, to: 3 }],
      ...(standIn && { standIn }),
    })
    const engine: Pick<SpeechEngine, 'speak'> = {
      async *speak() {
        yield piece(OWN, 0)
        yield piece(OTHER, 1, true)
      },
    }
    const [sentence] = script.sentences
    await expect(renders.begin(sentence!, engine as SpeechEngine).stored).rejects.toThrow()
    const kept = await pcm.get(standInKey(sentence!.key))
    expect([kept!.samples.length, kept!.samples[100], kept!.words[0]?.start]).toEqual([RATE, OTHER, 0])
  })
})

it('makes as many sentences at a time as what speaks has threads, also before anything was spoken', async () => {
  const own = { ...settings, voice: [{ id: 'af_heart', weight: 1 }] }
  const { sentences } = await buildScript({ ...book, settings: own }, () => info)
  const both = Promise.withResolvers<void>()
  let waiting = 0
  const engine: Pick<SpeechEngine, 'speak' | 'close'> = {
    async *speak(segments) {
      for await (const { id } of segments) {
        if (++waiting === 2) both.resolve()
        await both.promise
        const samples = new Float32Array(RATE)
        yield { samples, sampleRate: RATE, channels: 1, segment: id, at: 0, last: true, words: [] }
      }
    },
    close: async () => {},
  }
  const speech = { report: undefined as { threads: number } | undefined, bulk: async () => engine, load: vi.fn() }
  speech.load.mockImplementation(async () => void (speech.report = { threads: 2 }))
  const pcm = memoryPcmStore()
  const { contracts } = scriptedContracts([])
  const renders = createRenders(pcm, vi.fn(), vi.fn())
  const job = { missing: sentences, total: 3, renders, pcm, speech: speech as unknown as StudioSpeech, contracts }
  expect(await renderMissing(job, {})).toBe(0)
})
