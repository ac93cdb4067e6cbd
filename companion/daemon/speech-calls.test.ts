import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import { createCompanionSpeech } from '../../web/companion/speech.ts'
import { SocketPort } from '../../web/rpc/socket-port.ts'
import { SpeakerPool } from '../core/speakers/pool.ts'
import { openFixture, type Fixture } from './fixture.ts'
import { describeVoice, MOST_LETTERS, openSpeakers } from './speech-calls.ts'

// The page's own client against a real daemon and real weights.

const models = process.env['VOXLOOM_MODELS'] ?? join(import.meta.dirname, '..', '..', 'models')
const segment = (text: string, more: Partial<Segment> = {}): Segment => ({
  id: 'a',
  text,
  lang: 'en-us',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
  ...more,
})

const open: { fixture: Fixture; speakers: SpeakerPool }[] = []

async function start(folder = models, idle?: number) {
  const speakers = new SpeakerPool({ models: folder, speakers: 1, threads: 2, ...(idle === undefined ? {} : { idle }) })
  const fixture = await openFixture({ speakers })
  open.push({ fixture, speakers })
  const url = `ws://${fixture.host}/ws`
  const connect = (at: string | URL) => {
    const socket = new Socket(at, { headers: fixture.bearer })
    // A browser's socket that nobody listens to throws nothing.
    socket.on('error', () => undefined)
    return socket as unknown as WebSocket
  }
  const speech = createCompanionSpeech({ open: () => new SocketPort(url, connect) })
  return { fixture, speakers, speech, all: (of: Segment) => Array.fromAsync(speech.speak(of)) }
}

afterAll(async () => {
  for (const { fixture } of open) await fixture.close()
})

const seconds = (chunks: readonly PcmChunk[]) =>
  chunks.reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0)

describe('the companion’s voice', () => {
  let ready: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    ready = await start()
  })

  it('speaks a sentence in chunks, with its words', async () => {
    const chunks = await ready.all(segment('The bell rang twice, and nobody had seen the boat leave.'))
    expect(seconds(chunks)).toBeGreaterThan(2)
    expect(seconds(chunks)).toBeLessThan(6)
    expect(chunks.at(-1)).toMatchObject({ last: true, segment: 'a', sampleRate: 24_000, channels: 1 })
    expect(chunks.flatMap(({ words }) => words ?? []).map(({ text }) => text)).toEqual(
      'The bell rang twice and nobody had seen the boat leave'.split(' '),
    )
    const peak = chunks.reduce((most, { samples }) => samples.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0)
    expect(peak).toBeGreaterThan(0.05)
    expect(peak).toBeLessThanOrEqual(1)
    expect(ready.speech.realTimeFactor).toBeGreaterThan(0)
  })

  it('answers what nobody can say, and what makes no sense, in words', async () => {
    expect(seconds(await ready.all(segment('🦀')))).toBe(0)
    await expect(ready.all(segment('Hello.', { voice: [{ id: 'nobody', weight: 1 }] }))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nobody'),
    })
    await expect(ready.all(segment('Hello.', { speed: Number.NaN }))).rejects.toMatchObject({ code: 'bad-input' })
    await expect(ready.all(segment('a'.repeat(MOST_LETTERS + 1)))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('20000'),
    })
  })

  it('stops when its listener goes, and speaks to the next one', async () => {
    const long = 'One two three four five six seven eight nine ten, '.repeat(40)
    const abort = new AbortController()
    const heard: PcmChunk[] = []
    const listening = (async () => {
      for await (const chunk of ready.speech.speak(segment(long, { buffered: 0 }), { signal: abort.signal })) {
        heard.push(chunk)
        abort.abort()
      }
    })()
    await expect(listening).rejects.toMatchObject({ code: 'cancelled' })
    expect(heard).toHaveLength(1)
    expect(seconds(await ready.all(segment('And on we go.')))).toBeGreaterThan(0.5)
  })

  it('speaks to several at a time, each in its own order', async () => {
    const texts = ['First.', 'The second is longer than the first.', 'Third.']
    const all = await Promise.all(texts.map((text, at) => ready.all(segment(text, { id: `s${at}` }))))
    for (const [at, chunks] of all.entries()) expect(chunks.every(chunk => chunk.segment === `s${at}`)).toBe(true)
    expect(seconds(all[1]!)).toBeGreaterThan(seconds(all[0]!))
  })

  it('that dies in mid-sentence says that it may be asked again, and can be', async () => {
    const dying = ready.all(segment('One two three four five six seven eight nine ten, '.repeat(20)))
    const failed = expect(dying).rejects.toMatchObject({ code: 'engine', retryable: true })
    await new Promise(resolve => setTimeout(resolve, 300))
    for (const pid of ready.speakers.pids) process.kill(pid, 'SIGKILL')
    await failed
    expect(seconds(await ready.all(segment('Here again.')))).toBeGreaterThan(0.5)
  })

  it('says so when the companion goes away in mid-sentence', async () => {
    const { fixture, all } = await start()
    const lost = all(segment('One two three four five six seven eight nine ten, '.repeat(20)))
    const failed = expect(lost).rejects.toMatchObject({ code: 'offline' })
    await new Promise(resolve => setTimeout(resolve, 500))
    await fixture.close()
    await failed
    await expect(all(segment('Anybody?'))).rejects.toMatchObject({ code: 'offline' })
  })

  it('frees its memory when nobody asks for a while, and comes back', async () => {
    const { speakers, all } = await start(models, 50)
    await all(segment('Short.'))
    await expect.poll(() => speakers.pids).toEqual([])
    expect(seconds(await all(segment('Short.')))).toBeGreaterThan(0.2)
  })

  it('without weights names the command that fetches them', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
    const { all } = await start(empty)
    await expect(all(segment('Hello.'))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('voxloom models pull'),
    })
    rmSync(empty, { recursive: true })
  })
})

describe('what the status tells', () => {
  it.each([
    [[], false],
    [['kokoro-82m'], false],
    [['kokoro-82m', 'g2p-en'], true],
  ])('with %j on the disk', (complete, ready) => {
    const { engine, version, ...voice } = describeVoice(openSpeakers(models, 8), new Set(complete))
    expect({ engine, version }).toEqual({ engine: kokoroInfo.id, version: kokoroInfo.version })
    expect(voice).toEqual({ ready, threads: 8 })
  })

  it.each([
    [1, 1, 1],
    [2, 2, 1],
    [4, 4, 1],
    [8, 4, 2],
    [64, 4, 3],
  ])('%d cores give %d threads to each of %d processes', (cores, threads, speakers) => {
    expect(openSpeakers(models, cores).options).toMatchObject({ threads, speakers })
  })
})
