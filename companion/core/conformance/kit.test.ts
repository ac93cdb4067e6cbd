import { describe, expect, it } from 'vitest'
import type { UsablePlugin } from '../plugins/discovery.ts'
import { COPY, fixture, type FixtureOptions } from '../testing/plugins.ts'
import { CASES } from './cases.ts'
import { junit, testPlugin, type CaseResult } from './kit.ts'
import { prepareSubject } from './subject.ts'

const usable = (code: string, options: FixtureOptions = {}) => fixture(code, options) as UsablePlugin

async function runCase(id: string, plugin: UsablePlugin) {
  const subject = await prepareSubject(plugin, '/nowhere')
  return CASES.find(each => each.id === id)!.run(subject)
}

/** Copies, but reads whatever comes as one whole frame. */
const ONE_READ = `
  const buffer = Buffer.alloc(1 << 24)
  for (;;) {
    const got = readSync(0, buffer)
    if (got === 0) break
    if (got > 4) writeFrame(buffer.subarray(4, got))
  }`

/** A program without the fixtures' careful reading: it takes the end of its input for the end wherever it comes. */
const CARELESS_END = `
  const careless = n => { const b = Buffer.alloc(n); let has = 0; while (has < n) { const got = readSync(0, b, has, n - has); if (got === 0) return has ? b.subarray(0, has) : undefined; has += got } return b }
  for (let h; (h = careless(4)); ) { const n = h.length < 4 ? 0 : h.readUInt32LE(); if (n > 0) { const c = careless(n); if (c) writeFrame(c) } }
  process.exit(0)`

/** What is broken, and the case that must find it. */
const BROKEN: readonly (readonly [string, string, string, string, FixtureOptions?])[] = [
  ['plain', 'fails', 'process.exit(1)', 'exited with code 1'],
  ['plain', 'prints', `all(1, Buffer.from('Loading the model\\n'));${COPY}`, 'Loading the model'],
  ['plain', 'writes what is no text', `writeFrame(Buffer.from([0xc3]));${COPY}`, 'not UTF-8'],
  [
    'plain',
    'writes half a sample',
    `readFrame(); writeFrame('abc')`,
    'no whole number of sample frames',
    { manifest: { input: '["audio/pcm"]', output: '["audio/pcm"]' } },
  ],
  [
    'plain',
    'writes no MP3',
    `readFrame(); writeFrame('this is no sound')`,
    'does not begin as audio/mpeg',
    { manifest: { output: '["audio/mpeg"]' } },
  ],
  ['byte-by-byte', 'takes a read for a frame', ONE_READ, ''],
  ['coalesced', 'takes a read for a frame', ONE_READ, ''],
  ['borders', 'decodes each frame by itself', `for (let f; (f = readFrame());) writeFrame(f.toString())`, 'differs'],
  [
    'empty-frames',
    'takes an empty frame for the end',
    `for (let f; (f = readFrame()) && f.length > 0;) writeFrame(f)`,
    'differs',
  ],
  [
    'unknown-keys',
    'knows four keys and no more',
    `if (Object.keys(handshake).length > 4) process.exit(2);${COPY}`,
    'code 2',
  ],
  [
    'empty-input',
    'needs input',
    `const f = readFrame(); if (!f) { fail({ message: 'Nothing came.' }); process.exit(1) } writeFrame(f)`,
    'Nothing came.',
  ],
  [
    'largest-frame',
    'takes a megabyte at most',
    `for (let f; (f = readFrame());) { if (f.length > 1 << 20) { fail({ message: 'Too much.' }); process.exit(1) } writeFrame(f) }`,
    'Too much.',
  ],
  ['too-large-frame', 'takes anything', CARELESS_END, 'code 0'],
  ['cut-in-header', 'takes the end wherever it comes', CARELESS_END, 'code 0'],
  ['cut-in-payload', 'takes the end wherever it comes', CARELESS_END, 'code 0'],
  [
    'stalled-reader',
    'gives up on a slow reader',
    `for (let f; (f = readFrame());) for (let at = 0; at < f.length; at += 65536) {
      const began = Date.now()
      writeFrame(f.subarray(at, at + 65536))
      if (Date.now() - began > 1000) process.exit(7)
    }`,
    'code 7',
  ],
  [
    'long-input',
    'collects all of it',
    `const all_ = []; for (let f; (f = readFrame());) all_.push(f); writeFrame(Buffer.concat(all_))`,
    'had written nothing',
    { manifest: { startup_timeout: '5' } },
  ],
  [
    'long-input',
    'is hasty',
    COPY,
    'before its input had ended',
    { manifest: { mode: '"batch"', startup_timeout: '5' } },
  ],
  [
    'cancel',
    'ignores SIGTERM',
    `process.on('SIGTERM', () => {}); const { setTimeout: later } = await import('node:timers/promises'); const f = readFrame(); if (f && f.length > 60000) await later(8000); if (f) writeFrame(f);${COPY}`,
    '2 s are allowed',
  ],
  ['end', 'lingers', `${COPY} const { closeSync } = await import('node:fs'); closeSync(1); sleep(2600)`, '2.'],
  [
    'end',
    'leaves a program behind',
    `${COPY} const { spawn } = await import('node:child_process'); spawn('sleep', ['60'], { stdio: 'ignore' }).unref(); process.exit(0)`,
    'still running',
  ],
]

describe('the kit finds what is broken', () => {
  for (const [id, broken, code, words, options = {}] of BROKEN) {
    it(`${id}: a plugin that ${broken}`, async () => {
      const { verdict, message } = await runCase(id, usable(code, options))
      expect(verdict).toBe('failed')
      expect(message).toContain(words)
    }, 60_000)
  }

  // The fixtures' own head reads the handshake well: these two need a program without it.
  it.each([
    [
      'writes the error as payload',
      `const e = JSON.stringify({ type: 'error', message: 'No.' }); writeFrame(e); process.exit(1)`,
      'bit 31',
    ],
    ['says nothing', 'process.exit(1)', 'without an error frame'],
  ])('error-frame: a plugin that %s', async (_, reaction, words) => {
    const plugin = usable(COPY)
    const { readFileSync, writeFileSync } = await import('node:fs')
    const file = `${plugin.folder}/main.mjs`
    const text = readFileSync(file, 'utf8').replace(
      'const handshake = JSON.parse(readFrame())',
      `let handshake; try { handshake = JSON.parse(readFrame()) } catch { ${reaction} }`,
    )
    writeFileSync(file, text)
    const { verdict, message } = await runCase('error-frame', plugin)
    expect(verdict).toBe('failed')
    expect(message).toContain(words)
  })

  it('cut-in-handshake: a plugin that does without', async () => {
    const plugin = usable('')
    const { writeFileSync } = await import('node:fs')
    writeFileSync(`${plugin.folder}/main.mjs`, 'process.stdin.resume()')
    expect((await runCase('cut-in-handshake', plugin)).message).toContain('code 0')
  })
})

it('finds nothing in a plugin that keeps the rules, and says so as JUnit XML', async () => {
  const results = await testPlugin(usable(COPY), { models: '/nowhere' })
  const faults = results.filter(({ verdict, id }) => verdict === 'failed' && id !== 'error-frame')
  expect(faults).toEqual([])
  expect(results.map(({ id }) => id)).toEqual(CASES.map(({ id }) => id))
  const xml = junit(
    new Map<string, readonly CaseResult[]>([['a<b', [{ ...results[0]!, verdict: 'failed', message: 'x & "y"' }]]]),
  )
  expect(xml).toContain('<testsuite name="a&lt;b" tests="1" failures="1"')
  expect(xml).toContain('message="x &amp; &quot;y&quot;"')
}, 120_000)
