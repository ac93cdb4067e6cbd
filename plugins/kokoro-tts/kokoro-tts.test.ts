import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { frame } from '../sdk/typescript/frames.ts'
import { PcmDecoder } from '../sdk/typescript/pcm.ts'
import { drive, type Drive } from '../sdk/typescript/testing/drive.ts'

const folder = import.meta.dirname
const models = process.env['VOXLOOM_MODELS'] ?? join(folder, '..', '..', 'models')
const PCM = 'audio/pcm;rate=24000;channels=1;format=s16le'
const TEXT =
  'The sea was calm that morning. Nobody had seen the boat leave, and nobody asked.\n\nThen the bell rang twice.'
const speak = (test: Partial<Drive> & { readonly output?: string; readonly config?: Record<string, unknown> } = {}) =>
  drive({
    program: join(folder, 'main.ts'),
    folder,
    handshake: { input: 'text/plain', output: test.output ?? PCM, config: test.config ?? {} },
    payload: TEXT,
    env: { VOXLOOM_MODELS: models },
    ...test,
  })

/** Seconds of the longest stretches of near silence. */
function pauses(payload: Buffer): number[] {
  const samples = new PcmDecoder('s16le').push(payload)
  const found: number[] = []
  let run = 0
  for (const sample of samples) {
    if (Math.abs(sample) < 0.003) run++
    else {
      if (run > 6000) found.push(run / 24_000)
      run = 0
    }
  }
  return found
}

describe.skipIf(!existsSync(join(models, 'kokoro-82m')))('Kokoro, with its weights', () => {
  it('speaks the same from one session or two, however the text comes', async () => {
    const one = await speak({ config: { sessions: 1, threads: 1, sentence_pause: 1, paragraph_pause: 2 } })
    expect(one).toMatchObject({ code: 0, control: [], partial: false })
    const seconds = one.payload.length / 48_000
    expect(seconds).toBeGreaterThan(7)
    expect(seconds).toBeLessThan(12)
    // Between the first two a sentence's pause, then a paragraph's, and nothing at the end.
    const [sentence, paragraph] = pauses(one.payload).filter(pause => pause > 0.9)
    expect(sentence).toBeLessThan(2)
    expect(paragraph).toBeGreaterThanOrEqual(2)
    const two = await speak({
      config: { sessions: 2, threads: 1, sentence_pause: 1, paragraph_pause: 2 },
      slice: 1,
      frameBytes: 1,
    })
    expect(two.payload.equals(one.payload)).toBe(true)
  }, 120_000)

  it('speaks the first paragraph before the next is there, in floats if they are wanted', async () => {
    const { code, early, payload } = await speak({
      payload: 'It begins.\n\n',
      openUntil: 24_000,
      output: 'audio/pcm;rate=24000;channels=1;format=f32le',
    })
    expect(code).toBe(0)
    expect(early).toBeGreaterThanOrEqual(24_000)
    const peak = new PcmDecoder('f32le').push(payload).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    expect(peak).toBeGreaterThan(0.05)
    expect(peak).toBeLessThanOrEqual(1)
  }, 120_000)

  it('leaves out what can’t be spoken, and says so', async () => {
    const { code, control, payload } = await speak({ payload: '🦀🦀\n\nCrabs.' })
    expect(code).toBe(0)
    expect(control).toMatchObject([{ code: 'NOT_SPOKEN', fatal: false, message: expect.stringContaining('🦀') }])
    expect(payload.length).toBeGreaterThan(12_000)
  }, 120_000)

  it('with nothing to say is silent', async () => {
    expect(await speak({ payload: ' \n\n ' })).toMatchObject({ code: 0, control: [], payload: Buffer.alloc(0) })
  }, 60_000)

  it('is gone at once when the input ends in mid-frame, in the middle of its work', async () => {
    const { code, control, lingered } = await speak({ trailer: frame('unfinished').subarray(0, 6), openUntil: 10_000 })
    expect({ code, control }).toEqual({ code: 1, control: [] })
    expect(lingered).toBeLessThan(2000)
  }, 60_000)
})

describe('Kokoro without its weights', () => {
  it('says how to fetch them, once', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
    for (const env of [{ VOXLOOM_MODELS: empty }, {}]) {
      const { code, control, payload } = await speak({ env })
      expect({ code, bytes: payload.length, frames: control.length }).toEqual({ code: 1, bytes: 0, frames: 1 })
      expect(control).toMatchObject([
        { code: 'MODEL_MISSING', fatal: true, message: expect.stringContaining('voxloom models pull kokoro-82m') },
      ])
    }
    rmSync(empty, { recursive: true })
  })

  it('names the voice that was meant', async () => {
    const { code, control } = await speak({ config: { voice: 'af_hart' } })
    expect(code).toBe(1)
    expect(control).toMatchObject([{ code: 'BAD_OPTION', fatal: true, message: expect.stringContaining('“af_heart”') }])
  })
})
