import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { workingBubblewrap, workingPrlimit } from '../sandbox/probe.ts'
import { NO_LIMITS } from '../sandbox/rules.ts'
import { COPY, fixture, scratch, type FixtureOptions } from '../testing/plugins.ts'
import type { UsablePlugin } from './discovery.ts'
import { hashFolder } from './folder-hash.ts'
import { tryPlugin, VerificationCache } from './verify.ts'

const usable = (code: string, options: FixtureOptions = {}) => fixture(code, options) as UsablePlugin
const models = '/nowhere'

/** A plugin that counts how often it was started, in a file outside of its folder. */
function counting(code = COPY) {
  const file = join(scratch(), 'starts')
  const plugin = usable(`
    const { appendFileSync } = await import('node:fs')
    appendFileSync(${JSON.stringify(file)}, 'x')
    ${code}`)
  return { plugin, starts: () => (existsSync(file) ? readFileSync(file, 'utf8').length : 0) }
}

describe('trying a plugin', () => {
  it('gives it a tiny input of its type and looks at what comes', async () => {
    expect(await tryPlugin(usable(COPY), { models })).toBeGreaterThan(10)
    const sound = { input: '["audio/pcm"]', output: '["audio/pcm"]' }
    expect(await tryPlugin(usable(COPY, { manifest: sound }), { models })).toBe(4800)
  })

  it.each([
    ['text that is not UTF-8', `writeFrame(Buffer.from([0xff, 0xfe]))`, '["text/plain"]', 'not UTF-8'],
    ['half a sample', `writeFrame(Buffer.alloc(3))`, '["audio/pcm;rate=8000;channels=1"]', 'no whole number of sample'],
    ['no MP3 at all', `writeFrame('not a sound')`, '["audio/mpeg"]', 'does not begin as audio/mpeg does'],
    ['nothing for a file', '', '["audio/wav"]', 'wrote nothing'],
    ['what is no JSON', `writeFrame('{')`, '["application/json"]', 'not JSON'],
    ['an error', `fail({ message: 'No voice.' }); process.exit(1)`, '["text/plain"]', 'No voice.'],
  ])('finds %s', async (_, code, output, words) => {
    await expect(tryPlugin(usable(code, { manifest: { output } }), { models })).rejects.toThrow(words)
  })

  it('uses the test input and options of its manifest', async () => {
    const manifest = { input: '["application/x-own"]' }
    await expect(tryPlugin(usable(COPY, { manifest }), { models })).rejects.toThrow('no sample is known')
    const tables = '[options.say]\ntype = "string"\n[test]\ninput = "main.mjs"\n[test.options]\nsay = "hi"\n'
    expect(await tryPlugin(usable('writeFrame(handshake.config.say)', { manifest, tables }), { models })).toBe(2)
    const missing = usable(COPY, { manifest, tables: '[test]\ninput = "none.bin"\n' })
    await expect(tryPlugin(missing, { models })).rejects.toThrow('no such file')
  })
})

describe('what is known of plugins', () => {
  it('is remembered on disk until a file of the folder changes', async () => {
    const folder = scratch()
    const { plugin, starts } = counting()
    expect(await new VerificationCache(folder).known(plugin)).toEqual({ state: 'unknown' })
    expect(await new VerificationCache(folder).verify(plugin, { models })).toMatchObject({ state: 'verified' })
    const later = new VerificationCache(folder)
    expect(await later.known(plugin)).toMatchObject({ state: 'verified', at: expect.stringMatching(/^\d{4}-/) })
    await later.verify(plugin, { models })
    expect(starts()).toBe(1)
    writeFileSync(join(plugin.folder, 'data.txt'), 'new')
    expect(await later.known(plugin)).toEqual({ state: 'unknown' })
    await later.verify(plugin, { models })
    expect(starts()).toBe(2)
    await later.verify(plugin, { models, again: true })
    expect(starts()).toBe(3)
  })

  it.skipIf(!workingPrlimit())('holds for what confined it alone', async () => {
    const cache = new VerificationCache(scratch())
    const { plugin, starts } = counting()
    const limited = (openFiles: number) => ({
      ...plugin,
      confinement: { sandbox: false, limits: { ...NO_LIMITS, openFiles } },
    })
    await cache.verify(plugin, { models })
    expect(await cache.known(limited(0))).toMatchObject({ state: 'verified' })
    for (const openFiles of [200, 300]) {
      expect(await cache.known(limited(openFiles))).toEqual({ state: 'unknown' })
      expect(await cache.verify(limited(openFiles), { models })).toMatchObject({ state: 'verified' })
    }
    // Whoever goes from one to the other and back need not try it again.
    for (const again of [plugin, limited(200), limited(300)])
      expect(await cache.verify(again, { models })).toMatchObject({ state: 'verified' })
    expect(starts()).toBe(3)
  })

  it.skipIf(!workingBubblewrap())('in the open says nothing of the sandbox, nor the reverse', async () => {
    const cache = new VerificationCache(scratch())
    // Its secret lies where a sandbox does not lead.
    const secret = join(scratch(), 'secret')
    writeFileSync(secret, '')
    const plugin = usable(`;(await import('node:fs')).readFileSync(${JSON.stringify(secret)});${COPY}`)
    const confined = { ...plugin, confinement: { sandbox: true, limits: NO_LIMITS } }
    expect(await cache.verify(plugin, { models })).toMatchObject({ state: 'verified' })
    expect(await cache.known(confined)).toEqual({ state: 'unknown' })
    expect(await cache.verify(confined, { models })).toMatchObject({ state: 'failed' })
    expect(await cache.known(plugin)).toMatchObject({ state: 'verified' })
  })

  it('is looked at again where it failed: the reason may lie elsewhere', async () => {
    const folder = scratch()
    const { plugin, starts } = counting('process.exit(1)')
    const cache = new VerificationCache(folder)
    expect(await cache.verify(plugin, { models })).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('exited with code 1'),
    })
    expect(await cache.known(plugin)).toMatchObject({ state: 'failed' })
    await cache.verify(plugin, { models })
    expect(starts()).toBe(2)
  })

  it('is not spoilt by being cancelled', async () => {
    const cache = new VerificationCache(scratch())
    const { plugin } = counting()
    await expect(cache.verify(plugin, { models, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    })
    expect(await cache.known(plugin)).toEqual({ state: 'unknown' })
  })

  it.each(['', '{', 'null', '[1]', '"text"'])('survives a file that holds %j', async text => {
    const folder = scratch()
    writeFileSync(join(folder, 'verified-plugins.json'), text)
    const { plugin } = counting()
    expect(await new VerificationCache(folder).known(plugin)).toEqual({ state: 'unknown' })
    expect(await new VerificationCache(folder).verify(plugin, { models })).toMatchObject({ state: 'verified' })
    expect(await new VerificationCache(folder).known(plugin)).toMatchObject({ state: 'verified' })
  })

  it('is a failure with a sentence when the folder can’t be looked through', async () => {
    const { plugin } = counting()
    const cache = new VerificationCache(scratch())
    await cache.verify(plugin, { models })
    rmSync(plugin.folder, { recursive: true })
    expect(await cache.known(plugin)).toEqual({ state: 'unknown' })
    expect(await cache.verify(plugin, { models })).toMatchObject({ state: 'failed' })
  })
})

describe('the hash of a folder', () => {
  it('changes with names, contents, and what may be run, and with nothing that tools leave there', async () => {
    const folder = scratch()
    const hash = (entrypoint = 'main') => hashFolder(folder, entrypoint)
    const seen = new Set<string>()
    const isNew = async () => {
      const now = await hash()
      const fresh = !seen.has(now)
      seen.add(now)
      return fresh
    }
    expect(await isNew()).toBe(true)
    writeFileSync(join(folder, 'main'), 'a')
    expect(await isNew()).toBe(true)
    writeFileSync(join(folder, 'main'), 'b')
    expect(await isNew()).toBe(true)
    writeFileSync(join(folder, 'other'), 'b', { mode: 0o755 })
    expect(await isNew()).toBe(true)
    mkdirSync(join(folder, '__pycache__'))
    writeFileSync(join(folder, '__pycache__', 'x.pyc'), '1')
    expect(await isNew()).toBe(false)
    mkdirSync(join(folder, 'inner'))
    writeFileSync(join(folder, 'inner', 'other'), '')
    expect(await isNew()).toBe(true)
  })

  it('counts the entrypoint wherever it lies, and what a link of it leads to', async () => {
    const folder = scratch()
    const program = join(folder, 'target', 'release', 'main')
    mkdirSync(join(program, '..'), { recursive: true })
    const hash = (entrypoint: string) => hashFolder(folder, entrypoint)
    symlinkSync(program, join(folder, 'main'))
    const absent = [await hash('target/release/main'), await hash('main')]
    writeFileSync(program, 'one')
    const one = [await hash('target/release/main'), await hash('main')]
    writeFileSync(program, 'two')
    const two = [await hash('target/release/main'), await hash('main')]
    expect(new Set([...absent, ...one, ...two]).size).toBe(6)
    unlinkSync(program)
    mkdirSync(program)
    expect(await hash('main')).toBe(absent[1])
  })

  it('has an end at 10,000 files', async () => {
    const folder = scratch()
    for (let at = 0; at < 10_000; at++) writeFileSync(join(folder, `f${at}`), '')
    expect(await hashFolder(folder, 'f0')).toHaveLength(64)
    writeFileSync(join(folder, 'one-more'), '')
    await expect(hashFolder(folder, 'f0')).rejects.toMatchObject({ code: 'bad-input' })
  }, 60_000)
})
