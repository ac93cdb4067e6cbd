import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import type { Caption, SoundChunk } from '#protocol/transcribe.ts'
import { chunked, testTranscriber } from '../../../tests/conformance/transcribe.ts'
import { modelsFolder } from '../../../tests/support/models.ts'
import { recording } from '../../../tests/support/recordings.ts'
import { heardLang, openListeners } from './open.ts'
import { ListenerPool } from './pool.ts'

const pools: ListenerPool[] = []
const open = (models = modelsFolder, idle?: number) => {
  const pool = new ListenerPool(moonshineInfo, {
    models,
    listeners: 1,
    threads: 2,
    ...(idle !== undefined && { idle }),
  })
  pools.push(pool)
  return pool
}
afterAll(() => Promise.all(pools.map(pool => pool.close())))

async function* chunks(name: 'sentence' | 'beckett'): AsyncGenerator<SoundChunk> {
  yield* chunked(await recording(name), 0.25)
}

/** Never over by itself. */
async function* endless(): AsyncGenerator<SoundChunk> {
  for (;;) yield* chunks('sentence')
}

const textOf = (captions: readonly Caption[]) => captions.map(({ text }) => text).join(' ')

describe('the companion’s ears', () => {
  const pool = open()

  it('hear one sound after the other in one process, whichever was asked for first', async () => {
    const names = ['sentence', 'beckett'] as const
    const [one, two] = await Promise.all(names.map(name => Array.fromAsync(pool.transcribe(chunks(name)))))
    expect(textOf(two!).toLowerCase()).toMatch(/tried.*failed.*no matter.*try again/)
    expect(textOf(one!).split(' ').length).toBeGreaterThan(4)
    expect(pool.pids).toHaveLength(1)
    for (const caption of two!) expect(caption.words.length).toBeGreaterThan(0)
  })

  it('leave a sound alone until a process is free for it, and read no faster than they hear', async () => {
    const stop = new AbortController()
    let read = 0
    async function* silence(): AsyncGenerator<SoundChunk> {
      for (; ; read += 0.5) yield { samples: new Float32Array(8000), sampleRate: 16_000, channels: 1 }
    }
    let begun = false
    async function* next(): AsyncGenerator<SoundChunk> {
      begun = true
      yield* chunks('sentence')
    }
    const ahead: number[] = []
    const waiting = Array.fromAsync(
      pool.transcribe(silence(), {
        signal: stop.signal,
        onProgress({ done }) {
          ahead.push(read - done)
          if (done > 60) stop.abort()
          expect(begun).toBe(false)
        },
      }),
    )
    const after = Array.fromAsync(pool.transcribe(next()))
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    expect(Math.max(...ahead)).toBeLessThan(15)
    expect((await after).length).toBeGreaterThan(0)
  })

  it('stop at once when nobody wants to know, and hear the next one', async () => {
    const stop = new AbortController()
    const failed = expect(
      Array.fromAsync(pool.transcribe(endless(), { signal: stop.signal, onProgress: () => stop.abort() })),
    ).rejects.toMatchObject({ code: 'cancelled' })
    await failed
    expect((await Array.fromAsync(pool.transcribe(chunks('sentence')))).length).toBeGreaterThan(0)
  })

  it('fail as the sound does', async () => {
    async function* broken(): AsyncGenerator<SoundChunk> {
      yield* chunks('sentence')
      throw new Error('unplugged')
    }
    await expect(Array.fromAsync(pool.transcribe(broken()))).rejects.toThrow('unplugged')
  })

  it('that die say so, and come back', async () => {
    const dying = Array.fromAsync(
      pool.transcribe(endless(), {
        onProgress: () => {
          for (const pid of pool.pids) process.kill(pid, 'SIGKILL')
        },
      }),
    )
    await expect(dying).rejects.toMatchObject({ code: 'engine', retryable: true })
    expect((await Array.fromAsync(pool.transcribe(chunks('sentence')))).length).toBeGreaterThan(0)
  })

  it('free their memory when nobody asks for a while', async () => {
    const idle = open(modelsFolder, 50)
    await Array.fromAsync(idle.transcribe(chunks('sentence')))
    await expect.poll(() => idle.pids).toEqual([])
  })

  it('without weights name the command that fetches them', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
    await expect(Array.fromAsync(open(empty).transcribe(chunks('sentence')))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('voxloom models pull moonshine-tiny-en'),
    })
    rmSync(empty, { recursive: true })
  })
})

describe('the companion’s ears, while people talk', () => {
  const pool = open()
  const rules = CONVERSATION_RULES
  const finals = (events: readonly HearingEvent[]) =>
    events.flatMap(event => (event.kind === 'final' && event.caption ? [event.caption] : []))

  it('hear several at once in one process, each by its own times and numbers, and captions beside', async () => {
    const heard: number[] = []
    const [one, two, captions] = await Promise.all([
      Array.fromAsync(pool.listen(chunks('sentence'), { rules, onHeard: seconds => void heard.push(seconds) })),
      Array.fromAsync(pool.listen(chunks('beckett'), { rules, since: { at: 100, utterance: 7 } })),
      Array.fromAsync(pool.transcribe(chunks('sentence'))),
    ])
    expect(textOf(finals(one)).toLowerCase()).toMatch(/very well/)
    expect(textOf(finals(two)).toLowerCase()).toMatch(/tried.*failed.*no matter.*try again/)
    expect(textOf(captions).split(' ').length).toBeGreaterThan(4)
    // One process for those who talk, one for captions.
    expect(pool.pids).toHaveLength(2)
    const kinds = new Set(one.map(({ kind }) => kind))
    for (const kind of ['speech-start', 'soft-end', 'speech-end', 'final']) expect(kinds).toContain(kind)
    expect(finals(two)[0]).toMatchObject({ utterance: 7 })
    expect(finals(two)[0]!.start).toBeGreaterThanOrEqual(100)
    expect(heard).toEqual(heard.toSorted((a, b) => a - b))
    const { samples, sampleRate } = await recording('sentence')
    expect(heard.at(-1)).toBeCloseTo(samples.length / sampleRate, 3)
  })

  it('have told what was found in a sound before they say that it was heard', async () => {
    const { samples, sampleRate } = await recording('sentence')
    const starts = (await Array.fromAsync(pool.listen(chunks('sentence'), { rules }))).flatMap(event =>
      event.kind === 'speech-start' ? [event.at] : [],
    )
    const at = Math.round(starts[0]! * sampleRate)
    async function* upToSpeech(): AsyncGenerator<SoundChunk> {
      yield { samples: samples.slice(0, at), sampleRate, channels: 1 }
      yield { samples: samples.slice(at, at + 0.5 * sampleRate), sampleRate, channels: 1 }
    }
    let told = 0
    const toldWhenHeard: number[] = []
    const onHeard = () => void toldWhenHeard.push(told)
    for await (const { kind } of pool.listen(upToSpeech(), { rules, onHeard })) if (kind === 'speech-start') told += 1
    expect([told, toldWhenHeard.at(-1)]).toEqual([1, 1])
  })

  it('let go of who leaves, and hear the others on', async () => {
    const stop = new AbortController()
    const left = Array.fromAsync(pool.listen(endless(), { rules, signal: stop.signal, onHeard: () => stop.abort() }))
    const other = Array.fromAsync(pool.listen(chunks('sentence'), { rules }))
    await expect(left).rejects.toMatchObject({ code: 'cancelled' })
    expect(finals(await other).length).toBeGreaterThan(0)
    for await (const event of pool.listen(endless(), { rules })) if (event.kind === 'speech-start') break
    expect(finals(await Array.fromAsync(pool.listen(chunks('sentence'), { rules }))).length).toBeGreaterThan(0)
  })

  it('that die say so to everybody, and come back', async () => {
    const pids = new Set(pool.pids)
    const kill = () => {
      for (const pid of pool.pids) process.kill(pid, 'SIGKILL')
    }
    const dying = [
      Array.fromAsync(pool.listen(endless(), { rules })),
      Array.fromAsync(pool.listen(endless(), { rules, onHeard: kill })),
    ]
    for (const each of await Promise.allSettled(dying)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'engine', retryable: true } })
    }
    expect(finals(await Array.fromAsync(pool.listen(chunks('sentence'), { rules }))).length).toBeGreaterThan(0)
    for (const pid of pool.pids) expect(pids).not.toContain(pid)
  })

  it('rest when nobody talks, also where somebody left before they were awake', async () => {
    const idle = open(modelsFolder, 50)
    const stop = new AbortController()
    const early = Array.fromAsync(idle.listen(endless(), { rules, signal: stop.signal }))
    stop.abort()
    await expect(early).rejects.toMatchObject({ code: 'cancelled' })
    await expect.poll(() => idle.pids, { timeout: 20_000 }).toEqual([])
    await Array.fromAsync(idle.listen(chunks('sentence'), { rules }))
    await expect.poll(() => idle.pids).toEqual([])
  })
})

testTranscriber('The companion', async () => open())

it.each([
  [1, 1, 1],
  [2, 2, 1],
  [8, 2, 4],
  [64, 2, 4],
])('%d cores give %d threads to each of %d processes', (cores, threads, listeners) => {
  expect(openListeners(modelsFolder, undefined, cores).options).toMatchObject({ threads, listeners })
})

it.each(['en', 'EN_gb', 'en-AU', ' en-us '])('takes %j for English', tag => {
  expect(heardLang(tag)).toMatch(/^en-/)
})

it('names the languages that there are', () => {
  expect(() => heardLang('de')).toThrow(/“de” is no language that is understood here: there are en-us/)
})
