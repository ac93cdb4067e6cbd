import { describe, expect, it } from 'vitest'
import type { ListenEvent } from '#dialogue/types.ts'
import type { HearingEvent, HearRun } from '#engine/transcribe/events.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { Microphone } from '../../audio/capture/types.ts'
import type { StudioTranscriber } from '../studio.ts'
import { MicrophoneEars } from './ears.ts'

/** A microphone that gives what it is told to, and a listener that tells what it is told to. */
function scene() {
  const runs: HearRun[] = []
  const taken: number[] = []
  const heard: ListenEvent[] = []
  const failures: unknown[] = []
  const events: HearingEvent[] = []
  let wake = () => {}
  let chunks: SoundChunk[] = []
  let closed = false
  const microphone = {
    async *sound() {
      while (!closed) {
        const chunk = chunks.shift()
        if (chunk) yield chunk
        else await new Promise(resolve => setTimeout(resolve, 1))
      }
    },
  } as unknown as Microphone
  const transcriber = {
    async *listen(sound: AsyncIterable<SoundChunk>, run: HearRun) {
      runs.push(run)
      const reading = (async () => {
        for await (const { samples } of sound) taken.push(samples.length)
        wake()
      })()
      while (!run.signal?.aborted) {
        const event = events.shift()
        if (event) yield event
        else if (closed) return void (await reading)
        else await new Promise<void>(resolve => ((wake = resolve), setTimeout(resolve, 1)))
      }
    },
  } as unknown as StudioTranscriber
  const ears = new MicrophoneEars(transcriber, {
    lang: () => 'en-us',
    hear: event => heard.push(event),
    taken: () => {},
    failed: error => failures.push(error),
  })
  return {
    ears,
    microphone,
    runs,
    taken,
    heard,
    failures,
    say: (sound: number | Float32Array<ArrayBuffer>) => {
      const samples = typeof sound === 'number' ? new Float32Array(sound * 8000) : sound
      chunks = [...chunks, { samples, sampleRate: 8000, channels: 1 }]
    },
    tell: (event: HearingEvent) => events.push(event),
    end: () => (closed = true),
  }
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 1))
}

describe('a microphone as ears', () => {
  it('goes on with its times and numbers when the microphone is opened again', async () => {
    const { ears, microphone, runs, say, tell, heard } = scene()
    ears.start(microphone)
    say(2)
    tell({ kind: 'speech-start', utterance: 0, at: 0.5 })
    await until(() => heard.length === 1)
    ears.close()
    expect(ears.live).toBe(false)
    ears.start(microphone)
    await until(() => runs.length === 2)
    expect(runs[1]!.since).toEqual({ at: 2, utterance: 1 })
    ears.close()
  })

  it('ends what is being said with silence of its own, and waits for its words', async () => {
    const { ears, microphone, say, tell, heard, taken } = scene()
    ears.start(microphone)
    say(1)
    tell({ kind: 'speech-start', utterance: 0, at: 0.2 })
    await until(() => heard.length === 1)
    let finished = false
    const finishing = ears.finish().then(() => (finished = true))
    say(0.1)
    await until(() => taken.length === 3)
    expect(taken.at(-1)).toBeGreaterThan(1600)
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(finished).toBe(false)
    tell({ kind: 'final', utterance: 0, settled: 1.2 })
    await finishing
    ears.close()
  })

  it('has nothing to wait for when nobody speaks, or no microphone is open', async () => {
    const { ears, microphone, say, tell, taken } = scene()
    await ears.finish()
    ears.start(microphone)
    say(1)
    await until(() => taken.length === 1)
    const silent = ears.finish()
    tell({ kind: 'silence', settled: 1 })
    await silent
    const left = ears.finish()
    ears.close()
    await left
  })

  it('tells its own loudspeaker from somebody else', async () => {
    const { ears, microphone, say, taken } = scene()
    ears.start(microphone)
    expect(ears.isEcho(0)).toBeUndefined()
    // Noise in bursts that are never the same: as much like speech as the meter needs.
    const noise = Float32Array.from(
      { length: 24_000 },
      (_, n) => Math.sin(n * n) * (Math.sin(n / 970) + Math.sin(n / 610)) * 0.3,
    )
    for (let n = 0; n < noise.length; n += 800) {
      ears.played(noise.subarray(n, n + 800), 8000)
      say(noise.slice(n, n + 800))
      await until(() => taken.length === n / 800 + 1)
    }
    expect(ears.isEcho(1)).toBe(true)
    expect(ears.isEcho(1, 2)).toBe(true)
    ears.close()
  })
})
