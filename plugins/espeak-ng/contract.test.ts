import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openContract, type OpenContract } from '../sdk/typescript/contracts/testing/open.ts'
import { INITIALIZE, spawnContract } from '../sdk/typescript/contracts/testing/pipes.ts'
import type { AudioData, Voice } from '../sdk/typescript/contracts.ts'
import { findProgram } from '../sdk/typescript/external.ts'
import { readVoices } from './contract-voices.ts'
import { MAX_TEXT, plugin } from './contract.ts'

const config = { voice: 'en-us', speed: 175, pitch: 50 }
const TEXT = '-- One is a short line, naïve and all.'

describe.skipIf(!findProgram('espeak-ng'))('eSpeak NG as a contract plugin', () => {
  let espeak: OpenContract
  beforeEach(async () => {
    espeak = await openContract(plugin, { config })
  })
  afterEach(() => espeak.close())

  const say = async (more: object = {}) => (await espeak.call('synthesize', { text: TEXT, ...more })) as AudioData

  it('speaks at its rate, in a voice, and the same piece by piece', async () => {
    const { mime, bytes } = await say()
    expect(mime).toBe('audio/pcm;rate=22050;channels=1;format=s16le')
    const seconds = bytes.length / 44_100
    expect(seconds).toBeGreaterThan(1.5)
    expect(seconds).toBeLessThan(6)
    expect(Math.max(...new Int16Array(bytes.slice().buffer))).toBeGreaterThan(2000)
    const pieces: Uint8Array[] = []
    for await (const item of espeak.stream('synthesize', { text: TEXT })) pieces.push((item as AudioData).bytes)
    expect(pieces.length).toBeGreaterThan(1)
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
    expect(Buffer.from((await say({ voice_id: 'de+f3' })).bytes).equals(bytes)).toBe(false)
  })

  it('is quicker when its settings say so', async () => {
    const quick = await openContract(plugin, { config: { ...config, speed: 350 } })
    const { bytes } = (await quick.call('synthesize', { text: TEXT })) as AudioData
    await quick.close()
    const slow = await openContract(plugin, { config: { ...config, speed: 100 } })
    expect(((await slow.call('synthesize', { text: TEXT })) as AudioData).bytes.length).toBeGreaterThan(
      2 * bytes.length,
    )
    await slow.close()
  })

  it('lists its voices, each of which it has', async () => {
    const voices = (await espeak.call('get_voices')) as unknown as readonly Voice[]
    expect(voices.length).toBeGreaterThan(50)
    expect(voices).toContainEqual({ id: 'de', name: 'German', language: 'de', gender: 'male' })
    expect(voices).toContainEqual(expect.objectContaining({ id: 'en-us', language: 'en-US' }))
    // A voice stands among others with these signs between.
    expect(voices.filter(({ id }) => /[:,/]/.test(id))).toEqual([])
    expect(await espeak.call('get_voice_info', { voice_id: 'de' })).toMatchObject({ name: 'German', rate: 22_050 })
  })

  it.each(['xx-nobody', '--version', 'de+no-such-variant-at-all'])(
    'names a voice that is not there: %s',
    async voice => {
      await expect(say({ voice_id: voice })).rejects.toMatchObject({
        code: 1001,
        message: expect.stringContaining(voice),
      })
    },
  )

  it('says so when its settings name a voice that is not there', async () => {
    const opening = openContract(plugin, { config: { ...config, voice: 'xx-nobody' } })
    await expect(opening).rejects.toMatchObject({ code: 1001 })
  })

  it('takes a text of its limit, and no longer one; nothing is silence', async () => {
    expect((await say({ text: ' '.repeat(MAX_TEXT) })).bytes).toHaveLength(0)
    await expect(say({ text: ' '.repeat(MAX_TEXT + 1) })).rejects.toMatchObject({ code: 1002 })
  })

  it('stops in mid-speech, and speaks again', async () => {
    for await (const item of espeak.stream('synthesize', { text: `${TEXT} `.repeat(200) })) {
      expect((item as AudioData).bytes.length).toBeGreaterThan(0)
      break
    }
    expect((await say()).bytes.length).toBeGreaterThan(0)
  })
})

it('says what to install when eSpeak NG is not there', async () => {
  const plugin = spawnContract(new URL('contract.ts', import.meta.url).pathname, { PATH: import.meta.dirname })
  const answer = await plugin.ask(1, 'initialize', { ...INITIALIZE, contract: 'tts', config })
  expect(answer).toMatchObject({ error: { code: 1000, message: expect.stringContaining('apt install espeak-ng') } })
  plugin.end()
  expect(await plugin.exited).toBe(0)
})

it('reads the table of voices', () => {
  const table = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  en-gb-scotland  --/M      English_(Scotland) gmw/en-GB-scotland   (en 4)
 5  yue             --/F      Chinese_(Cantonese) sit/yue
 7  yue             --/M      Chinese_(Cantonese,_latin_as_Jyutping) sit/yue-Latn-jyutping
 7  af              --/M      afrikaans-mbrola-1 mb/mb-af1
`
  expect(readVoices(table)).toEqual([
    { id: 'en-gb-scotland', name: 'English (Scotland)', language: 'en-GB-scotland', gender: 'male' },
    { id: 'yue', name: 'Chinese (Cantonese)', language: 'yue', gender: 'female' },
  ])
})
