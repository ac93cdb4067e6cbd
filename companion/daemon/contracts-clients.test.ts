import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toPcm16, wavHeader } from '../core/wav.ts'
import { openContractsFixture, SOUND, type ContractsFixture } from './fixture-contracts.ts'
import { connectTo } from './fixture-session.ts'

// Plugins where other programs ask for a voice, an ear or a mind: in talks, and as models of OpenAI's clients.

let fixture: ContractsFixture
beforeAll(async () => {
  fixture = await openContractsFixture()
  fixture.drop(
    'singer',
    `${SOUND}
    on('get_voices', () => [{ id: 'alto', name: 'Alto', language: 'de-DE' }])
    on('synthesize', ({ text }) => { (state.sung ??= []).push(text); return wav(0.5, 16000) })`,
  )
  fixture.drop('poet', `on('chat', ({ messages }) => 'You said: ' + messages.at(-1).content)`, { contract: 'llm' })
  fixture.drop(
    'scribe',
    `on('transcribe', ({ audio, language }) => (audio.bytes.length > 20000 ? 'A long word, ' : 'A short word, ') + language)`,
    { contract: 'stt' },
  )
  await fixture.contractHost.load('singer')
})
afterAll(() => fixture.close())

describe('a talk of another program', () => {
  const session = (id: string, wish: string) =>
    connectTo(`ws://${fixture.host}/ws/session/${id}?greet=false&${wish}`, fixture)

  it('is answered by a plugin, in the voice of another', async () => {
    const client = await session('both', 'voice=singer/alto&model=plugin:poet:odes')
    await client.until('session_started')
    client.say('text', { text: 'Hello there.' })
    await client.until('turn_complete')
    expect(client.of('session_started')).toMatchObject([{ voice: 'singer/alto', model: 'plugin:poet:odes' }])
    expect(client.of('turn_complete')[0]!.result).toMatchObject({
      outcome: 'complete',
      reply: { heard: 'You said: Hello there.' },
    })
    expect(await fixture.contractHost.slot('singer').capture()).toEqual({ sung: ['You said: Hello there.'] })
    const loudest = client.sound().reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    expect(loudest).toBeGreaterThan(0.4)
    client.end()
  })

  it('can’t have what is not there, or a mix', async () => {
    for (const [wish, reason] of [
      ['voice=singer/altto', 'There is no voice “singer/altto”. Did you mean “singer/alto”?'],
      ['voice=singer/alto:1,af_heart:1', 'can’t be mixed'],
      ['model=plugin:nobody', 'There is no contract plugin “nobody”'],
      ['model=plugin:singer', 'its contract is tts, and llm is needed'],
    ] as const) {
      const client = await session('none', wish)
      await client.until('error')
      expect(client.of('error')[0]!.message).toContain(reason)
      client.end()
    }
  })
})

describe('clients of OpenAI', () => {
  const speech = async (body: object) => {
    const headers = { ...fixture.bearer, 'content-type': 'application/json' }
    const sent = JSON.stringify({ input: 'Hello. Hello.', response_format: 'pcm', ...body })
    return fixture.send('POST', '/v1/audio/speech', { headers, body: sent })
  }

  it('find plugins among the models', async () => {
    const { body } = await fixture.ask('/v1/models', fixture.bearer)
    const { data } = JSON.parse(body.toString()) as { data: { id: string }[] }
    const ids = data.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['tts-1', 'whisper-1', 'plugin:singer', 'plugin:scribe']))
    expect(ids).not.toContain('plugin:poet')
    expect((await fixture.ask('/v1/models/plugin:singer', fixture.bearer)).status).toBe(200)
  })

  it('hear the voice of one, at any pace', async () => {
    for (const wanted of [
      { model: 'plugin:singer', voice: 'alto' },
      { model: 'tts-1', voice: 'singer/alto' },
    ]) {
      const { status, body } = await speech(wanted)
      // Two sentences of half a second, and the pause between.
      expect([status, body.length / 48_000]).toEqual([200, expect.closeTo(1.35, 1)])
    }
    const slow = (await speech({ model: 'tts-1', voice: 'singer/alto', speed: 0.5 })).body.length / 48_000
    expect(slow).toBeGreaterThan(2)
    expect(slow).toBeLessThan(2.6)
    const { status, body } = await speech({ model: 'plugin:singer', voice: 'tenor' })
    expect([status, JSON.parse(body.toString())]).toMatchObject([400, { error: { code: 'invalid_voice' } }])
  })

  it('have a sound written down by one', async () => {
    const samples = Float32Array.from({ length: 48_000 }, (_, n) =>
      n > 16_000 && n < 32_000 ? 0.5 * Math.sin(n / 10) * Math.sin(n / 500) : 0,
    )
    const form = new FormData()
    form.append('file', new Blob([wavHeader(16_000, 96_000), toPcm16(samples)] as BlobPart[]), 'talk.wav')
    for (const [name, value] of Object.entries({ model: 'plugin:scribe', language: 'de' })) form.append(name, value)
    const answer = await fetch(`http://${fixture.host}/v1/audio/transcriptions`, {
      method: 'POST',
      headers: fixture.bearer,
      body: form,
    })
    expect([answer.status, await answer.json()]).toMatchObject([200, { text: 'A long word, de' }])
  })
})
