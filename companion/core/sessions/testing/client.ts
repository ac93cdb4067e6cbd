import { afterEach, expect, vi } from 'vitest'
import type { ModelStep } from '#dialogue/testing/engines.ts'
import { Connection } from '../connection.ts'
import { CLIENT_RATE, openScene, ScriptedLine } from './scene.ts'

// Real time passes for these; what they wait for comes within a second on any machine.

const scenes: { close(): void }[] = []
afterEach(() => scenes.splice(0).forEach(scene => scene.close()))

/** Sessions that end with the test. */
export function open(...scripts: readonly (readonly ModelStep[])[]) {
  const scene = openScene(...scripts)
  scenes.push(scene)
  return scene
}

/** Sound as a client sends it. */
export const floats = (seconds: number, value = 0.5) =>
  new Uint8Array(new Float32Array(Math.round(seconds * CLIENT_RATE)).fill(value).buffer)

/** A client of a session, at a low rate. */
export function connect({ sessions }: ReturnType<typeof openScene>, wish = {}, id = 'x') {
  const line = new ScriptedLine()
  const connection = new Connection(sessions, id, line, {
    input_rate: CLIENT_RATE,
    output_rate: CLIENT_RATE,
    mode: 'push-to-talk',
    ...wish,
  })
  const say = (type: string, more: object = {}) => connection.text(JSON.stringify({ type, ...more }))
  const until = (type: string, count = 1) =>
    vi.waitFor(() => expect(line.told.filter(each => each.type === type).length).toBeGreaterThanOrEqual(count), {
      timeout: 15_000,
      interval: 5,
    })
  return { line, connection, say, until }
}

/** Says SAID while the key is held. */
export function speak({ connection, say }: ReturnType<typeof connect>, seconds = 0.2) {
  say('start_recording')
  connection.bytes(floats(seconds))
  say('stop_recording')
}
