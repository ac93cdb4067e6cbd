import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket as Socket } from 'ws'
import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import type { Segment } from '#protocol/speech.ts'
import { seconds, sentence, testSpeechEngine } from '../../tests/conformance/speech.ts'
import { modelsFolder } from '../../tests/support/models.ts'
import { createCompanionSpeech } from '../../web/companion/speech.ts'
import { SocketPort } from '../../web/rpc/socket-port.ts'
import { SpeakerPool } from '../core/speakers/pool.ts'
import { openFixture, type Fixture } from './fixture.ts'
import { MOST_LETTERS } from './speech-calls.ts'

// The page's own client against a real daemon and real weights.

const open: { fixture: Fixture; speakers: SpeakerPool }[] = []

async function start(models = modelsFolder, idle?: number) {
  const speakers = new SpeakerPool({ models, speakers: 1, threads: 2, ...(idle === undefined ? {} : { idle }) })
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

describe('the companion’s voice', () => {
  let ready: Awaited<ReturnType<typeof start>>
  beforeAll(async () => {
    ready = await start()
  })

  it('refuses more text than a sentence can hold, and measures its speed on what it takes', async () => {
    await expect(ready.all(sentence('a'.repeat(MOST_LETTERS + 1)))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('20000'),
    })
    expect(seconds(await ready.all(sentence(`Here.${' '.repeat(MOST_LETTERS - 5)}`)))).toBeGreaterThan(0.2)
    expect(ready.speech.realTimeFactor).toBeGreaterThan(0)
  })

  it('speaks to several at a time, each in its own order', async () => {
    const texts = ['First.', 'The second is longer than the first.', 'Third.']
    const all = await Promise.all(texts.map((text, at) => ready.all(sentence(text, { id: `s${at}` }))))
    for (const [at, chunks] of all.entries()) expect(chunks.every(chunk => chunk.segment === `s${at}`)).toBe(true)
    expect(seconds(all[1]!)).toBeGreaterThan(seconds(all[0]!))
  })

  it('that dies in mid-sentence says that it may be asked again, and can be', async () => {
    const dying = ready.all(sentence('One two three four five six seven eight nine ten, '.repeat(20)))
    const failed = expect(dying).rejects.toMatchObject({ code: 'engine', retryable: true })
    await new Promise(resolve => setTimeout(resolve, 300))
    for (const pid of ready.speakers.pids) process.kill(pid, 'SIGKILL')
    await failed
    expect(seconds(await ready.all(sentence('Here again.')))).toBeGreaterThan(0.5)
  })

  it('says so when the companion goes away in mid-sentence', async () => {
    const { fixture, all } = await start()
    const lost = all(sentence('One two three four five six seven eight nine ten, '.repeat(20)))
    const failed = expect(lost).rejects.toMatchObject({ code: 'offline' })
    await new Promise(resolve => setTimeout(resolve, 500))
    await fixture.close()
    await failed
    await expect(all(sentence('Anybody?'))).rejects.toMatchObject({ code: 'offline' })
  })

  it('frees its memory when nobody asks for a while, and comes back', async () => {
    const { speakers, all } = await start(modelsFolder, 50)
    await all(sentence('Short.'))
    await expect.poll(() => speakers.pids).toEqual([])
    expect(seconds(await all(sentence('Short.')))).toBeGreaterThan(0.2)
  })

  it('without weights names the command that fetches them', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
    const { all } = await start(empty)
    await expect(all(sentence('Hello.'))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('voxloom models pull'),
    })
    rmSync(empty, { recursive: true })
  })
})

testSpeechEngine('The companion’s voice', async () => {
  const { speech } = await start()
  return {
    info: kokoroInfo,
    supports: () => true,
    load: async () => {},
    voices: async () => KOKORO_VOICES,
    async *speak(segments, run) {
      for await (const segment of segments) yield* speech.speak(segment, run)
    },
    close: async () => speech.close(),
  }
})
