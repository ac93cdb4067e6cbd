import { describe, expect, it, vi } from 'vitest'
import { MOST_WAITING } from './limits.ts'
import { connect, floats, open } from './testing/client.ts'

vi.setConfig({ testTimeout: 20_000 })

/** A client that reads nothing until it is told to. */
async function deaf() {
  const client = connect(open(['Yes.']))
  await client.until('session_started')
  const space = Promise.withResolvers<void>()
  client.line.space = space.promise
  return { ...client, read: space.resolve }
}

const pass = () => new Promise(resolve => setTimeout(resolve, 50))

describe('a client that sends and does not read', () => {
  it('is told nothing more, and nothing more is read from it, until it does', async () => {
    const { line, connection, read, until } = await deaf()
    // One is to be answered, and the others wait for it.
    for (let count = 0; count <= MOST_WAITING; count++) connection.text('x')
    await pass()
    expect([line.of('error').length, line.isPaused]).toEqual([0, false])
    connection.text('x')
    await pass()
    expect([line.of('error').length, line.isPaused]).toEqual([0, true])
    read()
    await until('error', MOST_WAITING + 2)
    await vi.waitFor(() => expect(line.isPaused).toBe(false))
  })

  it('has lost nothing of what it sent', async () => {
    const { connection, say, read, until, line } = await deaf()
    for (let count = 0; count < MOST_WAITING; count++) connection.text('x')
    say('start_recording')
    connection.bytes(floats(0.2))
    say('stop_recording')
    read()
    await until('turn_complete')
    expect([line.of('error').length, line.of('turn_complete')[0]!.result.outcome]).toEqual([MOST_WAITING, 'complete'])
  })

  it('may leave meanwhile', async () => {
    const { line, connection, read } = await deaf()
    for (let count = 0; count < 2 * MOST_WAITING; count++) connection.text('x')
    await pass()
    connection.gone()
    read()
    await vi.waitFor(() => expect(line.isPaused).toBe(false))
    expect(line.of('error').length).toBeLessThanOrEqual(1)
  })
})

it('whose key goes up and down without end waits until what was said was heard', async () => {
  const scene = open(['Yes.'])
  const gate = Promise.withResolvers<void>()
  scene.listeners.gate = gate.promise
  const { line, connection, say, until } = connect(scene)
  await until('session_started')
  connection.bytes(floats(0.2))
  for (let count = 0; count < MOST_WAITING; count++) say('stop_recording')
  connection.text('x')
  await until('error')
  say('stop_recording')
  connection.text('x')
  await pass()
  expect(line.of('error')).toHaveLength(1)
  gate.resolve()
  await until('error', 2)
})

it('what waits for a session to be there is not more than that either', async () => {
  const { line, connection, until } = connect(open())
  for (let count = 0; count <= MOST_WAITING; count++) connection.bytes(floats(0.01))
  expect(line.isPaused).toBe(true)
  await until('session_started')
  await vi.waitFor(() => expect(line.isPaused).toBe(false))
})
