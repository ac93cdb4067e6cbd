import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { UsablePlugin } from '../plugins/discovery.ts'
import { COPY, fixture, scratch, type FixtureOptions } from '../testing/plugins.ts'
import { CASES } from './cases.ts'
import { junit } from './junit.ts'
import { testPlugins } from './kit.ts'
import { prepareSubject } from './subject.ts'
import { TIMED_CASES } from './timed-cases.ts'
import type { CaseResult } from './trial.ts'

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

/** Cases that take seconds. */
const SLOW = new Set(['largest-frame', 'stalled-reader', 'long-input', 'cancel', 'end'])

describe('the kit finds what is broken', () => {
  for (const [id, broken, code, words, options] of BROKEN.filter(([id]) => !SLOW.has(id))) {
    it(`${id}: a plugin that ${broken}`, async () => {
      const { verdict, message } = await runCase(id, usable(code, options))
      expect(verdict).toBe('failed')
      expect(message).toContain(words)
    })
  }

  // These wait for seconds, so they do it together.
  it('by waiting for it', async () => {
    const findings = BROKEN.filter(([id]) => SLOW.has(id)).map(async ([id, broken, code, words, options]) => {
      const { verdict, message } = await runCase(id, usable(code, options))
      return { [`${id}: a plugin that ${broken}`]: [verdict, message.includes(words) ? words : message] }
    })
    const expected = BROKEN.filter(([id]) => SLOW.has(id)).map(([id, broken, , words]) => ({
      [`${id}: a plugin that ${broken}`]: ['failed', words],
    }))
    expect(await Promise.all(findings)).toEqual(expected)
  }, 120_000)

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
    writeFileSync(`${plugin.folder}/main.mjs`, 'process.stdin.resume()')
    expect((await runCase('cut-in-handshake', plugin)).message).toContain('code 0')
  })
})

/** Copies, and writes down how many other plugins of the same folder are at work when it starts. */
const noting = (folder: string) => `
  const { appendFileSync: add, readdirSync: list, writeFileSync: put } = await import('node:fs')
  const runs = (pid) => { try { process.kill(pid, 0); return true } catch { return false } }
  const others = list(${JSON.stringify(folder)}).filter(name => /^\\d+-/.test(name) && runs(Number(name.split('-')[0])))
  put(${JSON.stringify(folder)} + '/' + process.pid + '-' + import.meta.dirname.split('/').at(-1), '')
  add(${JSON.stringify(folder)} + '/log', [import.meta.dirname.split('/').at(-1), ...others.map(name => name.split('-')[1])].join(' ') + '\\n')
  ${COPY}`

describe('several plugins', () => {
  async function watched(names: readonly string[], jobs: number) {
    const folder = scratch()
    const plugins = names.map(name => usable(noting(folder), { name }))
    const told: string[] = []
    const suites = await testPlugins(plugins, {
      models: '/nowhere',
      jobs,
      onResult: ({ id }, result) => told.push(`${id} ${result.id}`),
    })
    const starts = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
    // The fixtures' own head does not say what is wrong with a handshake.
    const faults = suites.map(({ results }) =>
      results.filter(({ verdict, id }) => verdict === 'failed' && id !== 'error-frame'),
    )
    expect(faults).toEqual(names.map(() => []))
    expect(told).toEqual(names.flatMap(name => CASES.map(({ id }) => `${name} ${id}`)))
    expect(suites.map(({ results }) => results.map(({ id }) => id))).toEqual(names.map(() => CASES.map(({ id }) => id)))
    return starts.map(line => line.split(' '))
  }

  it('run beside each other but for what a clock decides, and are told in order', async () => {
    // Both at once, because they mostly wait.
    const [starts, oneByOne] = await Promise.all([watched(['one', 'two'], 2), watched(['one'], 1)])
    expect(starts.some(([self, ...others]) => others.some(other => other !== self))).toBe(true)
    // Of the rules that a clock decides, all but the cut handshake get as far as the plugin's own code.
    const timed = 2 * (TIMED_CASES.length - 1)
    expect(starts.slice(-timed).filter(([, ...others]) => others.length > 0)).toEqual([])
    expect(oneByOne.filter(([, ...others]) => others.length > 0)).toEqual([])
  }, 60_000)

  it('stops when it is told to', async () => {
    const stop = new AbortController()
    const tested = testPlugins([usable(COPY)], {
      models: '/nowhere',
      signal: stop.signal,
      onResult: () => stop.abort(),
    })
    await expect(tested).rejects.toThrow()
  })

  it('says what is wrong with one that can’t be tried, and goes on', async () => {
    const odd = usable(COPY, { name: 'odd', manifest: { input: '["application/x-own"]' } })
    const unread = fixture(COPY, { name: 'unread', manifest: { mode: '"sideways"' } })
    const suites = await testPlugins([unread, odd], { models: '/nowhere', jobs: 2 })
    expect(suites.map(({ results }) => results)).toMatchObject([
      [{ id: 'manifest', verdict: 'failed', message: expect.stringContaining('mode') }],
      [{ id: 'prepare', verdict: 'failed', message: expect.stringContaining('no sample is known') }],
    ])
  })
})

it('says what it found as JUnit XML', () => {
  const { id, title, paragraph } = CASES[0]!
  const document = 'docs/plugin-protocol.md'
  const result: CaseResult = { id, title, paragraph, document, verdict: 'failed', message: 'x & "y"', took: 1 }
  const xml = junit(new Map([['a<b', [result]]]))
  expect(xml).toContain('<testsuite name="a&lt;b" tests="1" failures="1"')
  expect(xml).toContain('message="x &amp; &quot;y&quot;"')
})
