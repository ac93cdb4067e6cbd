import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { seeded } from '../../web/audio/dsp/fixtures.ts'
import { wavHeader } from '../../web/export/encode/wav-header.ts'
import { type Bench, openBench } from '../bench/browser.ts'
import type * as MicrophonePage from '../bench/pages/microphone.ts'

// A real Chromium with its fake device: a file is played into the microphone.

const DEVICE = '--use-fake-device-for-media-stream'
const ALLOW = '--use-fake-ui-for-media-stream'
/** Hz of the fake device. */
const RATE = 44_100

let bench: Bench | undefined
let folder: string
test.beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'voxloom-microphone-'))))
test.afterEach(async () => {
  await bench?.close()
  bench = undefined
})
test.afterAll(() => rm(folder, { recursive: true, force: true }))

async function open(...flags: string[]): Promise<Bench> {
  return (bench = await openBench(flags))
}

/** Noise, so that each moment differs from every other one. */
async function noiseFile(seconds: number): Promise<{ path: string; samples: Float32Array }> {
  const random = seeded(seconds)
  const pcm = Int16Array.from({ length: seconds * RATE }, () => Math.round((random() - 0.5) * 32_000))
  const path = join(folder, `noise-${seconds}.wav`)
  await writeFile(path, Buffer.concat([wavHeader(RATE, pcm.length, { title: 'noise' }), Buffer.from(pcm.buffer)]))
  return { path, samples: Float32Array.from(pcm, sample => sample / 32_768) }
}

/**
 * Follows what was heard through the file that was played: everything must be the file's, in order. Where the device is
 * late, the browser puts silence in; that is no loss.
 */
function follow(heard: Float32Array, file: Float32Array): { missing: number; strange: number; silent: number } {
  const matches = (n: number, at: number) => Math.abs(heard[n]! - file[at]!) < 1e-4
  /** Where 32 samples from `n` on stand in the file, from `from` on. */
  const find = (n: number, from: number) => {
    for (let at = from; at < from + 5 * RATE; at++) {
      let length = 0
      while (length < 32 && matches(n + length, at + length)) length += 1
      if (length === 32) return at
    }
    return undefined
  }
  const start = heard.findIndex(sample => sample !== 0)
  const counts = { missing: 0, strange: 0, silent: start }
  let next = find(start, 0)
  if (next === undefined) return { ...counts, strange: heard.length }
  for (let n = start; n + 32 < heard.length; n++) {
    if (matches(n, next)) {
      next += 1
    } else if (heard[n] === 0) {
      counts.silent += 1
    } else {
      const at = find(n, next)
      if (at === undefined) counts.strange += 1
      else {
        counts.missing += at - next
        next = at + 1
      }
    }
  }
  return counts
}

test.describe('sound', () => {
  // Where other work keeps the browser's own audio thread from running for 100 ms, the browser drops sound.
  test.describe.configure({ retries: 2 })

  for (const [name, shared, seconds] of [
    ['shared memory', true, 30],
    ['messages', false, 5],
  ] as const) {
    test(`comes over ${name} without a sample lost while the page is busy`, async () => {
      const { path, samples: file } = await noiseFile(seconds + 10)
      const { call } = await open(DEVICE, ALLOW, `--use-file-for-fake-audio-capture=${path}%noloop`)
      const recorded = await call<MicrophonePage.Recorded>('microphone', 'record', seconds, 300, shared)
      expect(recorded).toMatchObject({ sampleRate: RATE, trouble: undefined })
      expect(recorded.label).not.toBe('')
      expect(recorded.blocks).toBeGreaterThanOrEqual(seconds - 3)
      const raw = Buffer.from(recorded.samples, 'base64')
      const heard = new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4)
      expect(heard.length).toBeGreaterThanOrEqual(seconds * RATE)
      const { silent, ...counts } = follow(heard, file)
      expect(counts).toEqual({ missing: 0, strange: 0 })
      expect(silent / RATE).toBeLessThan(0.5)
    })
  }
})

test('two tabs do not listen at once, and the second may take over', async () => {
  const { page, call } = await open(DEVICE, ALLOW)
  expect(await call('microphone', 'hold')).toBeUndefined()
  const popup = page.waitForEvent('popup')
  await page.evaluate(() => void window.open(location.href))
  const other = await popup
  const hold = (wish: object) =>
    other.evaluate(
      async ([path, wish]) => ((await import(/* @vite-ignore */ path)) as typeof MicrophonePage).hold(wish),
      ['/microphone.ts', wish] as const,
    )
  expect(await hold({})).toMatchObject({ code: 'conflict', details: { reason: 'elsewhere' } })
  expect(await hold({ takeOver: true })).toBeUndefined()
  // The first one's sound has ended without an error.
  expect(await call<number>('microphone', 'ended')).toBeGreaterThan(0)
  expect(await call('microphone', 'troubleNow')).toBe('elsewhere')
  // A tab that is gone listens no more.
  await other.close()
  await expect.poll(() => call('microphone', 'hold')).toBeUndefined()
})

test('a permission that was denied is explained, and can be given later', async () => {
  const { page, call } = await open(DEVICE)
  const browser = page.context().browser()!
  const session = await browser.newBrowserCDPSession()
  const origin = new URL(page.url()).origin
  const contexts = (await session.send('Target.getBrowserContexts')).browserContextIds
  const set = async (setting: 'denied' | 'granted') => {
    for (const browserContextId of contexts) {
      await session.send('Browser.setPermission', {
        permission: { name: 'microphone' },
        setting,
        origin,
        browserContextId,
      })
    }
  }
  await set('denied')
  expect(await call('microphone', 'permission')).toBe('denied')
  expect(await call('microphone', 'permissionChanges')).toEqual([])
  expect(await call('microphone', 'hold')).toMatchObject({
    code: 'refused',
    details: { reason: 'denied', browser: 'chromium' },
  })
  await set('granted')
  await expect.poll(() => call('microphone', 'permissionChanges')).toEqual(['granted'])
  expect(await call('microphone', 'hold')).toBeUndefined()
  await call('microphone', 'release')
  const devices = await call<readonly { id: string; label: string }[]>('microphone', 'microphones')
  expect(devices.length).toBeGreaterThan(0)
  for (const { id, label } of devices) {
    expect(label).not.toBe('')
    expect(await call('microphone', 'hold', { device: id })).toBeUndefined()
    await call('microphone', 'release')
  }
  expect(await call('microphone', 'hold', { device: 'unplugged-long-ago' })).toMatchObject({
    code: 'not-found',
    details: { reason: 'gone' },
  })
})

test('a machine without a microphone says so', async () => {
  const { call } = await open(ALLOW)
  expect(await call('microphone', 'microphones')).toEqual([])
  expect(await call('microphone', 'hold')).toMatchObject({ code: 'not-found', details: { reason: 'none' } })
})
