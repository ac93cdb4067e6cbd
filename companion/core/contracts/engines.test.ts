import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testLanguageModel } from '../../../tests/conformance/language.ts'
import { testSpeechEngine } from '../../../tests/conformance/speech.ts'
import { openTestContracts } from '../testing/contracts.ts'
import type { ContractHost } from './host.ts'
import { contractFixture } from './testing/fixture.ts'

// What every engine keeps to, by plugins that are processes of their own.

const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-engines-'))
const plugin = (name: string, contract: string, code: string) =>
  contractFixture(code, { name, contract, parent: join(folder, 'plugins') })
let host: ContractHost
beforeAll(() => {
  host = openTestContracts(folder)
  plugin(
    'hums',
    'tts',
    `on('synthesize', async ({ text, voice_id }, { token, signal }) => {
       if (voice_id === 'nobody') throw fail(1001, 'There is no voice “nobody”.')
       for (const word of text.match(/[a-z]+/gi) ?? []) {
         if (signal.aborted) return null
         const tone = Int16Array.from({ length: 4000 }, (_, n) => 9000 * Math.sin((n * word.length) / 20))
         item(token, audio(Buffer.from(tone.buffer), 'audio/pcm;rate=16000;channels=1;format=s16le'))
         await wait(2)
       }
       return null
     }, { streams: true })`,
  )
  plugin(
    'counts',
    'llm',
    `on('get_models', () => [{ id: 'small' }])
     on('stream_complete', async (_, { token, signal }) => {
       for (const word of ['One', ' boat,', ' two', ' boats.']) {
         if (signal.aborted) return null
         item(token, word)
         await wait(20)
       }
       return null
     }, { streams: true })`,
  )
})
afterAll(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

testSpeechEngine('A voice of a plugin', async () => host.speech('hums'), false)
testLanguageModel('A model of a plugin', async () => host.model('counts', 'small'))

describe('what is asked of a plugin that can’t', () => {
  it('is refused with what it is', () => {
    expect(() => host.speech('counts')).toThrow('“counts” can’t speak: its contract is llm, and tts is needed.')
    expect(() => host.recogniser('hums')).toThrow('“hums” can’t hear: its contract is tts, and stt is needed.')
    expect(() => host.model('hums')).toThrow('“hums” can’t answer: its contract is tts, and llm is needed.')
  })
})
