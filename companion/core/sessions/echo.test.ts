import { setImmediate } from 'node:timers/promises'
import { afterAll, expect, it, vi } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { MAX_ECHO_DELAY } from '#dsp/echo-meter.ts'
import { Intake } from '#dsp/intake.ts'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { recording } from '../../../tests/support/recordings.ts'
import type { LiveRun } from '../listening/live.ts'
import { Connection } from './connection.ts'
import { Sessions } from './sessions.ts'
import { openScene, ScriptedLine } from './testing/scene.ts'

vi.setConfig({ testTimeout: 60_000 })

const RATE = 16_000
const REPLY = 'The river begins in the mountains of the east. It passes seven towns before it comes to the plain.'
/** Samples that pass at a time. */
const STEP = RATE / 50
/** −20 dB. */
const LOUD = 0.1
/** Seconds of sound from one partial caption to the next. */
const PARTIAL_EVERY = 0.5

async function voice(name: 'beckett' | 'sentence'): Promise<Float32Array<ArrayBuffer>> {
  const { samples, sampleRate } = await recording(name)
  const { samples: all, frames } = new Intake(RATE, 1).take(samples, sampleRate, 1)
  return all.slice(0, frames) as Float32Array<ArrayBuffer>
}

/** People: what matters is how alike two sounds are. */
const reply = await voice('beckett')
const user = await voice('sentence')

const scenes: { close(): void }[] = []
afterAll(() => scenes.forEach(scene => scene.close()))

/** A recogniser that makes the same words of whatever sounds, and never those of the reply. */
async function* listen(sound: AsyncIterable<SoundChunk>, run: LiveRun = {}): AsyncGenerator<HearingEvent> {
  let { at, utterance } = run.since ?? { at: 0, utterance: 0 }
  let [start, quiet, told] = [-1, 0, 0]
  const words = (end: number, final: boolean) => {
    const text = 'Have you seen my umbrella?'
    return { utterance, text, start, end, words: [], final, stable: final ? text.length : 0 }
  }
  for await (const { samples, sampleRate } of sound) {
    const seconds = samples.length / sampleRate
    quiet = samples.some(sample => Math.abs(sample) > 0.005) ? 0 : quiet + seconds
    at += seconds
    if (start < 0 && quiet === 0) {
      start = told = at - seconds
      yield { kind: 'speech-start', utterance, at: start }
    } else if (start >= 0 && quiet > 0.5) {
      yield { kind: 'speech-end', utterance, at: at - quiet }
      yield { kind: 'final', utterance, caption: words(at - quiet, true), settled: at }
      start = -1
      utterance += 1
    } else if (start >= 0 && at - told > PARTIAL_EVERY) {
      told = at
      yield { kind: 'partial', utterance, caption: words(at, false), whole: false }
    }
    run.onHeard?.(at)
  }
}

/** A client whose microphone hears its loudspeaker so much later, and perhaps somebody from a time on. Seconds. */
async function talk(seconds: number, late: number, somebody = Infinity): Promise<ScriptedLine> {
  const scene = openScene([REPLY])
  scenes.push(scene)
  const clock = new HandClock()
  const speech: SpeechEngine = Object.assign(Object.create(scene.speech) as typeof scene.speech, {
    async *speak(segments: AsyncIterable<Segment>) {
      for await (const { id } of segments) {
        yield { samples: reply, sampleRate: RATE, channels: 1 as const, segment: id, at: 0, last: true, words: [] }
        return
      }
    },
  })
  const listeners = { info: moonshineInfo, listen }
  const sessions = new Sessions({ ...scene.services, speech, listeners, clock })
  scenes.push(sessions)
  const line = new ScriptedLine()
  const connection = new Connection(sessions, 'x', line, { input_rate: RATE, output_rate: RATE })
  await vi.waitFor(() => expect(line.of('session_started')).toHaveLength(1))
  const played = new Float32Array(seconds * RATE)
  let waiting: number[] = []
  let read = 0
  for (let now = 0; now < played.length; now += STEP) {
    if (now === RATE) connection.text(JSON.stringify({ type: 'text', text: 'Tell me of the river.' }))
    await clock.pass((STEP / RATE) * 1000)
    for (let turn = 0; turn < 3; turn++) await setImmediate()
    for (; read < line.told.length; read++) {
      const each = line.told[read]!
      if (each.type === 'sound') waiting.push(...each.samples)
      else if (each.type === 'playback_interrupted') waiting = []
    }
    played.set(waiting.splice(0, STEP).slice(0, played.length - now), now)
    const near = new Float32Array(STEP).map((_, n) => {
      const echo = played[now + n - Math.round(late * RATE)] ?? 0
      const said = user[now + n - somebody * RATE] ?? 0
      // A room is never quite silent.
      return LOUD * echo + 0.5 * said + 1e-4 * Math.sin((now + n) ** 2)
    })
    connection.bytes(new Uint8Array(near.buffer))
  }
  return line
}

it.each([0.25, MAX_ECHO_DELAY])('a reply goes on though its client’s microphone hears it, %f s late', async late => {
  const line = await talk(reply.length / RATE + 4, late)
  expect(line.of('turn_complete').map(({ result }) => result.outcome)).toEqual(['complete'])
  expect(line.of('playback_interrupted')).toEqual([])
  expect(line.of('echo_suspected').length).toBeGreaterThan(0)
  expect(line.of('recording_started')).toEqual([])
})

it('somebody who speaks over it breaks it off all the same', async () => {
  const line = await talk(reply.length / RATE + 2, 0.25, 4.5)
  expect(line.of('recording_started')).toMatchObject([{ by: 'barge-in' }])
  expect(line.of('playback_interrupted')).toHaveLength(1)
})
