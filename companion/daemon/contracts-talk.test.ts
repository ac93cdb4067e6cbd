import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import type { ContractEvent, StreamLine } from '#protocol/contracts.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import { createContractService, type ContractService } from '../../web/companion/contracts.ts'
import { SocketPort } from '../../web/rpc/socket-port.ts'
import { eventually, openContractsFixture, SOUND, type ContractsFixture } from './fixture-contracts.ts'

// The page's own client, a real daemon, and plugins that are processes of their own.

let fixture: ContractsFixture
let contracts: ContractService
beforeAll(async () => {
  fixture = await openContractsFixture()
  const connect = (at: string | URL) => {
    const socket = new Socket(at, { headers: fixture.bearer })
    // A browser's socket that nobody listens to throws nothing.
    socket.on('error', () => undefined)
    return socket as unknown as WebSocket
  }
  contracts = createContractService({
    line: {
      base: `http://${fixture.host}`,
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, ...fixture.bearer } }),
    },
    open: () => new SocketPort(`ws://${fixture.host}/ws`, connect),
  })
})
afterAll(async () => {
  contracts.close()
  await fixture.close()
})

const sentence = (text: string, voice: string, more: Partial<Segment> = {}): Segment => ({
  id: 's1',
  text,
  lang: 'en-us',
  voice: [{ id: voice, weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
  ...more,
})
const spoken = (text: string, voice: string, more?: Partial<Segment>) =>
  Array.fromAsync(contracts.speak(sentence(text, voice, more)))
const seconds = (chunks: readonly PcmChunk[]) => chunks.reduce((sum, { samples }) => sum + samples.length, 0) / 24_000

describe('a voice', () => {
  beforeAll(() => {
    fixture.drop(
      'tones',
      `${SOUND}
      on('synthesize', ({ text, voice_id }, { token }) => {
        ;(state.said ??= []).push([voice_id ?? '', text])
        if (text.startsWith('Fail')) throw fail(1000, 'My throat is sore.')
        if (voice_id === 'whole') return wav(0.5, 16000)
        const bytes = tone(1, 22050)
        // Items are cut where no sample ends.
        for (let at = 0; at < bytes.length; at += 8001) item(token, audio(bytes.subarray(at, at + 8001), pcm(22050)))
        if (voice_id === 'changing') for (const rate of [16000, 48000]) item(token, wav(0.25, rate))
        return null
      }, { streams: true })`,
    )
  })
  const said = async () => ((await fixture.contractHost.slot('tones').capture()) as { said: string[][] }).said.at(-1)

  it('that streams PCM of another rate comes as chunks of mono at 24 kHz, the last one marked', async () => {
    const chunks = await spoken('Hello.', 'tones/streaming')
    expect(seconds(chunks)).toBeCloseTo(1, 2)
    expect(chunks.map(({ last }) => last)).toEqual([...chunks.slice(1).map(() => false), true])
    expect(new Set(chunks.map(({ sampleRate, channels, segment }) => `${sampleRate} ${channels} ${segment}`))).toEqual(
      new Set(['24000 1 s1']),
    )
    for (const [at, chunk] of chunks.entries()) expect(chunk.at).toBeCloseTo(seconds(chunks.slice(0, at)), 6)
    const loudest = Math.max(...chunks.flatMap(({ samples }) => [...samples].map(Math.abs)))
    expect(loudest).toBeGreaterThan(0.45)
    expect(loudest).toBeLessThan(0.55)
  })

  it('that answers with a WAV file is heard, and so is one that changes its mind', async () => {
    expect(seconds(await spoken('Hello.', 'tones/whole'))).toBeCloseTo(0.5, 2)
    expect(seconds(await spoken('Hello.', 'tones/changing'))).toBeCloseTo(1.5, 2)
  })

  it('speaks at the pace that is asked for', async () => {
    expect(seconds(await spoken('Hello.', 'tones/whole', { speed: 2 }))).toBeCloseTo(0.25, 1)
    await expect(spoken('Hello.', 'tones/whole', { speed: 3 })).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('is told words as they are to be said, and pauses are silence', async () => {
    const lexicon = [
      { word: 'GIF', as: 'jif' },
      { word: 'Ann', as: 'Anne', exactCase: true },
      { word: 'x', ipa: 'ɛks' },
    ]
    await spoken('A gif, GIFs of Ann and ann, [Nguyen](/wɪn/) and x.', 'tones/whole', { lexicon })
    expect(await said()).toEqual(['whole', 'A jif, GIFs of Anne and ann, Nguyen and x.'])
    expect(seconds(await spoken('One. [pause 1s] Two.', 'tones/whole'))).toBeCloseTo(2, 2)
  })

  it('that fails says so in its own words; one that is not there, or a mix, is named', async () => {
    await expect(spoken('Fail.', 'tones/whole')).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('My throat is sore.'),
      details: { code: 1000, plugin: 'tones' },
    })
    await expect(spoken('Hello.', 'bells/one')).rejects.toMatchObject({ code: 'not-found' })
    await expect(spoken('Hello.', 'af_heart')).rejects.toThrow('“af_heart” is no voice of a plugin')
    const voice = ['tones/a', 'tones/b'].map(id => ({ id, weight: 0.5 }))
    await expect(spoken('Hello.', '', { voice })).rejects.toThrow('can’t be mixed')
  })

  it('is silent when the listener leaves', async () => {
    fixture.drop(
      'endless',
      `${SOUND}
      on('synthesize', async (_, { token, signal }) => {
        while (!signal.aborted) { item(token, audio(tone(0.1, 24000), pcm(24000))); await wait(5) }
        state.left = true
      }, { streams: true })`,
    )
    for await (const chunk of contracts.speak(sentence('On and on.', 'endless/x'))) if (chunk.at > 0.2) break
    await eventually(async () => expect(await fixture.contractHost.slot('endless').capture()).toEqual({ left: true }))
  })
})

describe('ears', () => {
  it('write down what the page sends', async () => {
    fixture.drop('ears', `on('transcribe', ({ audio, language }) => audio.bytes.length + ' ' + language)`, {
      contract: 'stt',
    })
    expect(await contracts.recognise('ears', new Float32Array(1600), { lang: 'de' })).toEqual({
      text: `${44 + 3200} de`,
      words: [],
    })
  })
})

describe('a language model', () => {
  const reply = (name: string, run = {}) =>
    Array.fromAsync(contracts.reply(name, [{ role: 'user', text: 'Count!' }], run))

  it('answers by the best way that it has', async () => {
    fixture.drop(
      'streams',
      `on('stream_complete', async ({ messages, model, temperature }, { token }) => {
        for (const piece of ['<think>1, 2', '?</think>', 'One, ', messages[0].content, ' ', model, ' ', String(temperature)]) item(token, piece)
        return null
      }, { streams: true })`,
      { contract: 'llm' },
    )
    expect((await reply('streams', { model: 'big', temperature: 0.5 })).join('')).toBe('One, Count! big 0.5')
    fixture.drop('chats', `on('chat', ({ messages }) => ({ message: { content: messages.length + ' message' } }))`, {
      contract: 'llm',
    })
    expect(await reply('chats')).toEqual(['1 message'])
    fixture.drop('completes', `on('complete', ({ prompt }) => ({ text: JSON.stringify(prompt) }))`, { contract: 'llm' })
    expect(await reply('completes')).toEqual([JSON.stringify('User: Count!\n\nAssistant:')])
  })

  it('that breaks off, or says nothing, fails after what came', async () => {
    fixture.drop(
      'breaks',
      `on('stream_complete', (_, { token }) => { item(token, 'One, '); throw fail(1200, 'I lost count.') }, { streams: true })`,
      { contract: 'llm' },
    )
    const heard: string[] = []
    const failing = (async () => {
      for await (const piece of contracts.reply('breaks', [{ role: 'user', text: 'Count!' }])) heard.push(piece)
    })()
    await expect(failing).rejects.toMatchObject({ code: 'engine', details: { code: 1200 } })
    expect(heard).toEqual(['One, '])
    fixture.drop('mute', `on('chat', () => '<think>Hm.</think>')`, { contract: 'llm' })
    await expect(reply('mute')).rejects.toThrow('it only thought aloud')
    await expect(Array.fromAsync(contracts.reply('mute', [{ role: 'user', text: ' ' }]))).rejects.toMatchObject({
      code: 'bad-input',
    })
  })
})

it('streams items as they are made, and reports', async () => {
  fixture.drop(
    'steps',
    `on('steps', async (_, { token }) => {
      item(token, 1)
      while (!state.go) await wait(5)
      item(token, audio(Buffer.from('ab'), 'audio/x'))
      return 'done'
    }, { streams: true })`,
    { contract: 'stepping' },
  )
  const lines: StreamLine[] = []
  for await (const line of contracts.stream({ name: 'steps', method: 'steps', params: {} })) {
    // The first is here while the second is not made yet.
    if (lines.push(line) === 1) await contracts.restore('steps', { go: true })
  }
  expect(lines).toEqual([
    { item: 1, at: expect.any(Number) },
    { item: { encoding: 'base64', mime: 'audio/x', data: 'YWI=' }, at: expect.any(Number) },
    { item: 'done', at: expect.any(Number) },
    {
      report: {
        result: null,
        took: expect.any(Number),
        items: 3,
        command: 'voxloom contracts call steps steps --stream',
      },
    },
  ])
})

it('tells what becomes of plugins while somebody watches', async () => {
  fixture.drop('seen', '', { contract: 'seeing' })
  const events: ContractEvent[] = []
  const leaving = new AbortController()
  const watching = (async () => {
    for await (const event of contracts.watch({ signal: leaving.signal })) events.push(event)
  })().catch(() => undefined)
  const infos = () => events.flatMap(event => (event.kind === 'info' && event.info.name === 'seen' ? [event.info] : []))
  const statuses = () => infos().map(({ status }) => status)
  await eventually(() => expect(statuses()).toEqual(['UNLOADED']))
  const { pid } = await contracts.load('seen')
  await eventually(() => expect(statuses()).toContain('READY'))
  process.kill(pid!, 'SIGKILL')
  await eventually(() => expect(statuses()).toContain('ERROR'))
  await eventually(() => expect(statuses().at(-1)).toBe('READY'))
  expect(infos().find(({ status }) => status === 'ERROR')?.failure?.details).toMatchObject({ failure: 'EXITED' })
  // REST tells all that the socket does: what it left out the room would forget at each button.
  const { health: _, memory: __, lastUsed: ___, ...told } = await contracts.get('seen')
  expect(told).toMatchObject({ restarts: 1, keepsState: true })
  leaving.abort()
  await watching
})

it('says that there is nothing to install where there is not', async () => {
  fixture.drop('bare', '', { contract: 'x' })
  expect(await Array.fromAsync(contracts.install('bare'))).toEqual([{ kind: 'done', lock: [] }])
})
