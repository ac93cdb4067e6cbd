import { describe, expect, it, vi } from 'vitest'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import { connect, floats, open, speak } from './testing/client.ts'
import { CLIENT_RATE, SAID } from './testing/scene.ts'

vi.setConfig({ testTimeout: 20_000 })

describe('a session', () => {
  it('tells of a spoken turn in the order that is promised, and of its sound in between', async () => {
    const scene = open(['Yes. ', 'I am ', 'here.'])
    const client = connect(scene)
    speak(client)
    await client.until('turn_complete')
    await vi.waitFor(() => expect(client.line.kinds.at(-1)).toBe('idle'))
    const { line } = client
    expect(line.kinds.filter(kind => kind !== 'transcription')).toEqual([
      'session_started',
      'recording_started',
      'recording',
      'processing',
      'transcription, final',
      'llm_response',
      'llm_response, final',
      'synthesizing',
      'playback_started',
      'sound',
      'playing',
      'sound',
      'playback_complete',
      'turn_complete',
      'idle',
    ])
    expect(line.of('transcription').at(-1)).toMatchObject({ text: SAID, is_final: true, turn: 1 })
    expect(line.of('turn_complete')[0]!.result).toMatchObject({
      id: 1,
      user: { text: SAID },
      reply: { heard: 'Yes. I am here.', unheard: '' },
      outcome: 'complete',
    })
    const samples = line.told.flatMap(each => (each.type === 'sound' ? [...each.samples] : []))
    expect(samples.length / CLIENT_RATE).toBeCloseTo(scene.speech.seconds, 1)
    expect(scene.sessions.get('x').history).toHaveLength(1)
  })

  it('answers what is typed, and greets where it is asked to', async () => {
    const scene = open(['Good.'])
    const { line, say, until } = connect(scene, { greet: true })
    await until('sound')
    const [persona] = await scene.services.personas.list()
    expect(line.of('llm_response').at(-1)!.text).toBe(greetingsOf(persona!, { user: 'User' })[0])
    say('text', { text: 'How are you?' })
    await until('turn_complete', 2)
    expect(scene.model.asked.at(-1)!.at(-1)).toEqual({ role: 'user', text: 'How are you?' })
    expect(line.of('recording_started')).toEqual([])
  })

  it('without a language model says what to do, and goes on', async () => {
    const { line, say, until } = connect(open())
    say('text', { text: 'Hello?' })
    await until('turn_complete')
    expect(line.of('error')[0]).toMatchObject({ code: 'not-found', message: expect.stringContaining('“echo”') })
    expect([line.of('session_started')[0]!.model, line.of('turn_complete')[0]!.result.outcome]).toEqual([
      null,
      'failed',
    ])
  })

  it('speaks what came before a failure, and tells of that before the turn is over', async () => {
    const { line, say, until } = connect(open(['It begins well. ', new Error('It fell over.')]))
    say('text', { text: 'Tell me.' })
    await until('turn_complete')
    await vi.waitFor(() => expect(line.kinds.at(-1)).toBe('idle'))
    expect(line.of('llm_response').at(-1)).toMatchObject({ text: 'It begins well. ', is_final: true })
    expect(line.of('error')).toMatchObject([{ message: 'It fell over.', turn: 1 }])
    const places = ['error', 'playback_complete', 'turn_complete', 'idle'].map(kind => line.kinds.indexOf(kind))
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(line.of('turn_complete')[0]!.result).toMatchObject({ outcome: 'failed', reply: { unheard: '' } })
  })

  it('repeats what is said when it is asked to', async () => {
    const { line, say, until } = connect(open(), { model: 'echo' })
    say('text', { text: 'Polly wants a cracker.' })
    await until('turn_complete')
    expect(line.of('turn_complete')[0]!.result.reply!.heard).toBe('Polly wants a cracker.')
  })

  it('cancels at once, and keeps what was heard', async () => {
    const scene = open(['It is a long, long story that nobody will hear to its end, as it goes on and on.'])
    const { line, say, until } = connect(scene)
    say('text', { text: 'Tell me.' })
    await until('sound')
    say('cancel')
    await until('turn_complete')
    const sounds = line.told.filter(({ type }) => type === 'sound').length
    const { reply, outcome } = line.of('turn_complete')[0]!.result
    expect(outcome).toBe('cancelled')
    expect(line.of('playback_interrupted')[0]).toMatchObject({ heard: reply!.heard, unheard: reply!.unheard })
    expect(reply!.unheard).not.toBe('')
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(line.told.filter(({ type }) => type === 'sound')).toHaveLength(sounds)
  })

  it('ends a turn only once the sound before the end was heard', async () => {
    const scene = open(['Yes.'])
    const gate = Promise.withResolvers<void>()
    scene.listeners.gate = gate.promise
    const client = connect(scene)
    speak(client)
    await client.until('recording_started')
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(scene.sessions.get('x').info.state).toBe('recording')
    gate.resolve()
    await client.until('turn_complete')
    expect(client.line.of('turn_complete')[0]!.result.user!.text).toBe(SAID)
  })

  it('hears on when a microphone is muted in mid-sentence', async () => {
    const client = connect(open(['Yes.']), { mode: 'hands-free' })
    client.connection.bytes(floats(0.2))
    await client.until('turn_complete')
    expect(client.line.of('turn_complete')[0]!.result.user!.text).toBe(SAID)
  })

  it('stops model, voice and listener when its client goes in mid-sentence, and remembers', async () => {
    const scene = open(['It is a long story. ', 3_600_000, 'It goes on.'])
    const client = connect(scene)
    speak(client)
    await client.until('sound')
    expect(scene.listeners.open).toBe(1)
    client.connection.gone()
    expect(scene.sessions.get('x').info).toMatchObject({ connected: false, state: 'idle' })
    await vi.waitFor(() => expect([scene.listeners.open, scene.model.broken]).toEqual([0, 1]))
    expect(scene.sessions.get('x').history).toMatchObject([{ outcome: 'disconnected', user: { text: SAID } }])
    scene.model.scripts = [['Where were we?']]
    const next = connect(scene)
    next.say('text', { text: 'Go on.' })
    await next.until('turn_complete')
    expect(next.line.of('turn_complete')[0]!.result.id).toBe(2)
    expect(
      scene.model.asked
        .at(-1)!
        .map(({ text }) => text)
        .join(' '),
    ).toContain(SAID)
  })

  it('belongs to the client that came last', async () => {
    const scene = open(['It is a long story, and longer than you think it is.'])
    const first = connect(scene)
    first.say('text', { text: 'Tell me.' })
    await first.until('sound')
    const second = connect(scene)
    await second.until('session_started')
    expect(first.line.told.at(-1)).toMatchObject({ type: 'error', code: 'conflict' })
    expect(first.line.ended).toMatchObject({ code: 4001 })
    first.say('text', { text: 'Am I there?' })
    first.connection.gone()
    await new Promise(resolve => setTimeout(resolve, 50))
    expect([scene.sessions.get('x').info.connected, scene.model.asked.length]).toEqual([true, 1])
  })

  it('changes who answers in which voice, from the next reply on', async () => {
    const scene = open(['Yes.'])
    const { say, until, line } = connect(scene)
    const [, other] = await scene.services.personas.list()
    say('set_persona', { persona: other!.id })
    say('set_voice', { voice: 'bf_emma' })
    say('text', { text: 'Hello.' })
    await until('turn_complete')
    expect(scene.speech.segments.at(-1)).toMatchObject({ voice: [{ id: 'bf_emma', weight: 1 }], lang: 'en-gb' })
    expect(scene.sessions.get('x').info).toMatchObject({ persona: { id: other!.id }, voice: 'bf_emma' })
    expect(scene.model.asked.at(-1)![0]!.text).toContain(other!.prompt.slice(0, 20))
    say('set_persona', { persona: 'nobody' })
    say('set_voice', { voice: 'nobody' })
    await until('error', 2)
    expect(line.of('error').map(({ code }) => code)).toEqual(['not-found', 'not-found'])
    expect(scene.sessions.get('x').info.persona.id).toBe(other!.id)
  })

  it('takes hello as the first message alone', async () => {
    const { line, say, until } = connect(open())
    say('hello', { input_rate: 48_000, output_rate: 44_100, mode: 'hands-free' })
    await until('session_started', 2)
    expect(line.of('session_started')[1]).toMatchObject({
      input: { sample_rate: 48_000 },
      output: { sample_rate: 44_100 },
      mode: 'hands-free',
    })
    say('hello', { input_rate: 16_000 })
    await until('error')
    expect(line.of('error')[0]).toMatchObject({ code: 'conflict', message: expect.stringContaining('first message') })
  })

  it('takes hello again when it could not be used', async () => {
    const { line, say, until } = connect(open())
    say('hello', { persona: 'nobody' })
    say('hello', { output_rate: 44_100 })
    await until('session_started', 2)
    expect(line.of('error')).toMatchObject([{ code: 'not-found' }])
    expect(line.of('session_started')[1]).toMatchObject({ output: { sample_rate: 44_100 } })
  })

  it('begins anew with hello, and keeps what the address says', async () => {
    const scene = open()
    const { line, say, until } = connect(scene, { greet: true })
    await until('sound')
    say('hello', { output_rate: 16_000 })
    await until('turn_complete', 2)
    const [begun, anew] = [line.kinds.indexOf('session_started'), line.kinds.lastIndexOf('session_started')]
    expect(line.kinds.slice(begun + 1, anew).slice(-3)).toEqual(['playback_interrupted', 'turn_complete', 'idle'])
    expect(line.kinds.slice(anew)).not.toContain('playback_interrupted')
    expect(line.of('session_started')[1]).toMatchObject({
      input: { sample_rate: CLIENT_RATE },
      output: { sample_rate: 16_000 },
    })
    // What was broken off was nobody's wish: the persona greets all the same, and its history begins there.
    expect(scene.sessions.get('x').history).toMatchObject([{ id: 1, outcome: 'complete', reply: { unheard: '' } }])
  })

  it('is not taken back by the hello of a client that has lost it meanwhile', async () => {
    const scene = open()
    const first = connect(scene)
    await first.until('session_started')
    const second = connect(scene)
    first.say('hello', { mode: 'hands-free' })
    await second.until('session_started')
    await new Promise(resolve => setTimeout(resolve, 100))
    expect([first.line.ended, second.line.ended]).toMatchObject([{ code: 4001 }, undefined])
    expect(scene.sessions.get('x').isConnected).toBe(true)
    second.connection.gone()
    expect(scene.sessions.get('x').isConnected).toBe(false)
  })

  it('tells of a listener that fails, once, and listens again later', async () => {
    const scene = open(['Yes.'])
    scene.listeners.failure = new Error('The weights are gone.')
    const client = connect(scene)
    for (let piece = 0; piece < 20; piece++) client.connection.bytes(floats(0.02))
    await client.until('error')
    client.connection.bytes(floats(0.02))
    await new Promise(resolve => setTimeout(resolve, 50))
    expect(client.line.of('error').map(({ message }) => message)).toEqual(['The weights are gone.'])
    expect([scene.listeners.opened, scene.listeners.open]).toEqual([1, 0])
  })
})
