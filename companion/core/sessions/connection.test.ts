import { describe, expect, it, vi } from 'vitest'
import { EVENT_QUEUE } from '#dialogue/bus.ts'
import { HIGHEST_RATE, LONGEST_USER, LOWEST_RATE, PATIENCE } from '#protocol/sessions.ts'
import { MOST_AHEAD, MOST_MESSAGE } from './limits.ts'
import { connect, floats, open, speak } from './testing/client.ts'
import { SAID } from './testing/scene.ts'

vi.setConfig({ testTimeout: 20_000 })

describe('what can’t be used', () => {
  it.each([
    ['no JSON', '{', /JSON object/],
    ['no object', '3', /JSON object/],
    ['no type', '{"text":"x"}', /JSON object with a “type”/],
    ['an unknown type', '{"type":"dance"}', /no message “dance”: there are hello/],
    ['a type of everything', '{"type":"constructor"}', /no message “constructor”/],
    ['a wrong shape', '{"type":"text","text":3}', /text can’t be used: “text”/],
    ['a wrong rate', '{"type":"hello","input_rate":7999}', /“input_rate”/],
    ['a rate past the highest', '{"type":"hello","output_rate":48001}', /“output_rate”/],
    ['a rate that nobody converts', '{"type":"hello","input_rate":12345}', /12345 Hz in .* can’t be converted/],
    ['no text', '{"type":"text","text":""}', /“text”/],
    ['too long a name', JSON.stringify({ type: 'hello', user: 'x'.repeat(LONGEST_USER + 1) }), /“user”/],
    ['too little patience', '{"type":"hello","patience":0.24}', /“patience”/],
    ['too much patience', '{"type":"hello","patience":4.01}', /“patience”/],
    ['too much text', JSON.stringify({ type: 'text', text: 'x'.repeat(8_001) }), /“text”/],
    ['one byte too many', `"${'x'.repeat(MOST_MESSAGE - 1)}"`, /at most 65536 bytes/],
  ])('%s: is told, and the session goes on', async (_, text, told) => {
    const { line, connection, say, until } = connect(open())
    connection.text(text)
    await until('error')
    expect(line.of('error')[0]!.message).toMatch(told)
    say('text', { text: 'Hello?' })
    await until('turn_complete')
    expect(line.ended).toBeUndefined()
  })

  it('a message of just the limit, and text of just its own, are taken', async () => {
    const { line, connection, say, until } = connect(open(), { model: 'echo' })
    const shell = { type: 'cancel', more: '' }
    connection.text(JSON.stringify({ ...shell, more: 'x'.repeat(MOST_MESSAGE - JSON.stringify(shell).length) }))
    say('text', { text: `Yes. ${'x'.repeat(7_995)}` })
    await until('llm_response')
    expect(line.of('error')).toEqual([])
  })

  it.each([
    { input_rate: LOWEST_RATE, output_rate: LOWEST_RATE, patience: PATIENCE.least, user: 'x' },
    { input_rate: HIGHEST_RATE, output_rate: HIGHEST_RATE, patience: PATIENCE.most, user: 'x'.repeat(LONGEST_USER) },
  ])('wishes of just the limits are taken (%#)', async wish => {
    const { line, say, until } = connect(open())
    say('hello', wish)
    await until('session_started', 2)
    expect(line.of('error')).toEqual([])
    expect(line.of('session_started')[1]).toMatchObject({ input: { sample_rate: wish.input_rate } })
  })

  it('bytes that are no floats are passed over, and what is no number is silence', async () => {
    const scene = open(['Yes.'])
    const client = connect(scene)
    client.connection.bytes(new Uint8Array(7))
    await client.until('error')
    expect(client.line.of('error')[0]!.message).toMatch(/multiple of 4 bytes; these 7 were passed over/)
    client.connection.bytes(floats(0.1, Number.NaN))
    client.connection.bytes(floats(0.1, Number.POSITIVE_INFINITY))
    await client.until('error', 2)
    expect(client.line.of('error')[1]!.message).toMatch(/^800 samples of a message are not numbers/)
    speak(client)
    await client.until('turn_complete')
    expect(client.line.of('error')).toHaveLength(2)
    expect(client.line.of('turn_complete')[0]!.result).toMatchObject({ user: { text: SAID } })
  })

  it('sound that comes faster than it is heard waits, and nothing is lost', async () => {
    const scene = open(['Yes.'])
    const gate = Promise.withResolvers<void>()
    scene.listeners.gate = gate.promise
    const client = connect(scene)
    client.say('start_recording')
    client.connection.bytes(floats(MOST_AHEAD))
    await client.until('recording_started')
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(client.line.isPaused).toBe(false)
    client.connection.bytes(floats(0.1))
    await vi.waitFor(() => expect(client.line.isPaused).toBe(true))
    client.say('stop_recording')
    gate.resolve()
    await client.until('turn_complete')
    expect(client.line.isPaused).toBe(false)
    const { start, end } = client.line.of('turn_complete')[0]!.result.user!
    expect(end! - start!).toBeGreaterThanOrEqual(MOST_AHEAD)
  })

  it('a client that does not read holds up the sound, and loses what a later message makes up for', async () => {
    const pieces = Array.from({ length: 2 * EVENT_QUEUE }, (_, n) => `word${n} `)
    const scene = open([...pieces, 'end.'])
    const { line, say, until } = connect(scene)
    await until('session_started')
    const space = Promise.withResolvers<void>()
    line.space = space.promise
    say('text', { text: 'Tell me.' })
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(line.kinds).toEqual(['session_started'])
    line.space = Promise.resolve()
    space.resolve()
    await until('sound')
    expect(line.kinds.indexOf('playback_started')).toBeLessThan(line.kinds.indexOf('sound'))
    const told = line.of('llm_response').filter(message => !message.is_final).length
    expect(told).toBeLessThan(pieces.length)
    expect(line.of('events_dropped')[0]!.count).toBeGreaterThanOrEqual(pieces.length - told)
    expect(line.of('llm_response').at(-1)).toMatchObject({ is_final: true, text: `${pieces.join('')}end.` })
  })
})
