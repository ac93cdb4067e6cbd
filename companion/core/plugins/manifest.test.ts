import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { stringify } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { scratch } from '../testing/plugins.ts'
import { parseManifest, readManifest } from './manifest.ts'

const LINES: Readonly<Record<string, string>> = {
  name: '"shout"',
  version: '"1.0.0"',
  protocol_version: '"0.1"',
  entrypoint: '"main.pl"',
  mode: '"streaming"',
  input: '["text/plain"]',
  output: '["text/plain"]',
}

/** A manifest with some lines replaced, added or (undefined) left out. */
function toml(lines: Readonly<Record<string, string | undefined>> = {}, tables = ''): string {
  const all = Object.entries({ ...LINES, ...lines }).filter(([, value]) => value !== undefined)
  return `${all.map(([key, value]) => `${key} = ${value}`).join('\n')}\n${tables}`
}

const parse = (...given: Parameters<typeof toml>) => parseManifest(toml(...given), 'plugin.toml', 'shout')

const faultOf = (work: () => unknown): SeamError => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(SeamError)
    return error as SeamError
  }
  return expect.unreachable('It was taken.')
}

function folderWith(content: string | Uint8Array): string {
  const folder = join(scratch(), 'shout')
  mkdirSync(folder)
  writeFileSync(join(folder, 'plugin.toml'), content)
  return folder
}

const list = (count: number) => `[${Array.from({ length: count }, (_, at) => `"text/x-${at}"`).join(', ')}]`
const options = (count: number) =>
  Array.from({ length: count }, (_, at) => `[options.o${at}]\ntype = "string"\n`).join('')

describe('a manifest', () => {
  it('is read with what it leaves out filled in', () => {
    expect(parse()).toMatchObject({
      name: 'shout',
      interpreter: [],
      stage: 'pre',
      startupTimeout: 60_000,
      idleTimeout: 120_000,
      maxInputBytes: 67_108_864,
      permissions: { network: false, gpu: false, read: [] },
      test: { input: undefined, options: {} },
    })
    expect(parse({ interpreter: '"perl"' }).interpreter).toEqual(['perl'])
    expect(parse({ interpreter: '["python3", "-u"]' }).interpreter).toEqual(['python3', '-u'])
    expect(parse({ input: '["Audio/PCM;Rate=24000"]', output: '["audio/mpeg"]' }).stage).toBe('encode')
    expect(parse({}, '[x]\nanything = 1\n[x.deeper]\nyours = true\n').name).toBe('shout')
  })

  it.each(Object.keys(LINES))('needs “%s”', key => {
    const { code, message } = faultOf(() => parse({ [key]: undefined }))
    expect([code, message]).toEqual(['bad-input', expect.stringContaining(`“${key}” is missing`)])
  })

  it.each([
    ['name', `"${'a'.repeat(64)}"`, `"${'a'.repeat(65)}"`],
    ['version', '"1.0.0-rc.1+build"', '"1.0"'],
    ['mode', '"batch"', '"both"'],
    ['input', list(32), list(33)],
    ['output', list(32), list(33)],
    ['input', '["text/plain"]', '[]'],
    ['input', '["*/*"]', '["plain"]'],
    ['input', '["audio/pcm;rate=8000"]', '["audio/pcm;rate=0"]'],
    ['output', '["audio/pcm;format=f32le"]', '["audio/pcm;format=mp3"]'],
    ['stage', '"post"', '"middle"'],
    ['platform', '["linux-x64"]', '["Linux"]'],
    ['env', '["API_KEY"]', '["API-KEY"]'],
    ['startup_timeout', '1', '0.99'],
    ['startup_timeout', '3600', '3601'],
    ['idle_timeout', '3600', '3600.5'],
    ['interpreter', `["node", "-x"]`, '[]'],
    ['build', `["make"]`, '"make"'],
    ['description', '"text"', '7'],
  ])('takes %s = %s and not %s', (key, good, bad) => {
    const name = key === 'name' ? JSON.parse(good) : 'shout'
    expect(() => parseManifest(toml({ [key]: good }), 'plugin.toml', name as string)).not.toThrow()
    const { code, message } = faultOf(() => parse({ [key]: bad }))
    expect([code, message]).toEqual(['bad-input', expect.stringMatching(/^plugin\.toml: .+\.$/s)])
  })

  it('has a limit for its input in batch mode alone', () => {
    const at = (bytes: string, mode = '"batch"') => parse({ mode, max_input_bytes: bytes })
    expect(at('1').maxInputBytes).toBe(1)
    expect(at('1_073_741_824').maxInputBytes).toBe(1_073_741_824)
    expect(() => at('0')).toThrow('max_input_bytes')
    expect(() => at('1_073_741_825')).toThrow('max_input_bytes')
    expect(() => at('1', '"streaming"')).toThrow('batch mode only')
  })

  it('may have 64 options and no more', () => {
    expect(Object.keys(parse({}, options(64)).options)).toHaveLength(64)
    expect(() => parse({}, options(65))).toThrow('at most 64 options')
  })

  it('has the name of its folder', () => {
    expect(() => parseManifest(toml(), 'plugin.toml', 'whisper')).toThrow('“shout”, and the folder is “whisper”')
  })

  it('of another revision is refused by name, whatever else it holds', () => {
    const text = 'protocol_version = "7.3"\nquantum = true\n'
    const { code, message } = faultOf(() => parseManifest(text, 'plugin.toml'))
    expect(code).toBe('unsupported')
    expect(message).toContain('“7.3”')
    expect(message).toContain('0.1')
  })

  it.each([
    [{ entrypiont: '"x"' }, '', '“entrypiont”. Did you mean “entrypoint”?'],
    [{}, '[permissions]\nnetwrok = true\n', '“permissions.netwrok”. Did you mean “network”?'],
    [{}, '[test]\ninptu = "x"\n', '“test.inptu”. Did you mean “input”?'],
    [{}, '[options.a]\ntype = "string"\ndefualt = "x"\n', '“options.a.defualt”. Did you mean “default”?'],
  ])('names the key that was misspelt: %j %s', (lines, tables, words) => {
    expect(faultOf(() => parse(lines, tables)).message).toContain(words)
  })

  it.each(['../main.pl', 'a/../../b', '/bin/sh', 'a\\b', 'C:/x', 'C:x', 'a//b', 'a\0b', '..', ''])(
    'has no path like %j',
    path => {
      for (const given of [
        { lines: { entrypoint: JSON.stringify(path) } },
        { tables: `[test]\ninput = ${JSON.stringify(path)}\n` },
      ]) {
        expect(faultOf(() => parse(given.lines, given.tables)).code).toBe('bad-input')
      }
    },
  )

  it('may have a path that only looks like one that leaves', () => {
    expect(parse({ entrypoint: '"..main/a..b"' }).entrypoint).toBe('..main/a..b')
  })

  it('says in which line it can’t be read', () => {
    const { code, message } = faultOf(() => parseManifest('name = "shout"\nversion = 1.0.0\n', 'here/plugin.toml'))
    expect([code, message]).toEqual(['bad-input', expect.stringMatching(/^here\/plugin\.toml can’t be read: line 2, /)])
  })
})

describe('the file of a manifest', () => {
  it('is read up to 256 KiB, and not one byte more', () => {
    const text = toml()
    const filler = (bytes: number) => `${text}#${'x'.repeat(bytes - text.length - 1)}`
    expect(readManifest(folderWith(filler(262_144))).name).toBe('shout')
    expect(() => readManifest(folderWith(filler(262_145)))).toThrow('262145 bytes')
  })

  it('may begin with a byte-order mark, as some editors write it', () => {
    expect(readManifest(folderWith(`\ufeff${toml()}`)).name).toBe('shout')
  })

  it('must be UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(toml()), Buffer.from([0x23, 0xe9, 0x0a])])
    expect(() => readManifest(folderWith(bytes))).toThrow('is not UTF-8')
  })

  it('must be a file, and not a folder nor a device that never ends', () => {
    const folder = join(scratch(), 'shout')
    mkdirSync(join(folder, 'plugin.toml'), { recursive: true })
    expect(faultOf(() => readManifest(folder))).toMatchObject({ code: 'bad-input' })
    const other = join(scratch(), 'shout')
    mkdirSync(other)
    symlinkSync('/dev/zero', join(other, 'plugin.toml'))
    expect(() => readManifest(other)).toThrow('is no file')
  })

  it('must be there', () => {
    expect(faultOf(() => readManifest(scratch())).code).toBe('not-found')
  })
})

/** Values as TOML can have them. */
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string({ maxLength: 10 }), tie('value'), { maxKeys: 4 }),
  ),
}))

const KEYS = [...Object.keys(LINES), 'options', 'test', 'permissions', 'interpreter', 'env', 'x', '__proto__']

describe('any text', () => {
  const isRead = (text: string): void => {
    try {
      parseManifest(text, 'plugin.toml')
    } catch (error) {
      expect(error).toBeInstanceOf(SeamError)
      expect(['bad-input', 'unsupported']).toContain((error as SeamError).code)
      expect((error as SeamError).message.length).toBeLessThan(20_000)
    }
  }

  it('is a manifest or a sentence', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), isRead))
    const parts = ['[', ']', '=', '"', "'", '"""', '{', '}', '.', ',', '\n', '#', 'name', 'options', '1', '\\u', '\r']
    fc.assert(fc.property(fc.array(fc.constantFrom(...parts), { maxLength: 60 }), all => isRead(all.join(''))))
  })

  it('that is TOML is a manifest or a sentence', () => {
    const table = fc.dictionary(fc.constantFrom(...KEYS), value)
    fc.assert(
      fc.property(table, fc.boolean(), (data, complete) => {
        let text: string
        try {
          text = stringify(data)
        } catch {
          // Arrays of tables and values mixed: no TOML.
          return
        }
        isRead(complete && Object.keys(data).length === 0 ? toml() : text)
      }),
    )
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(LINES)), value, (key, one) => {
        isRead(toml({ [key]: stringify({ v: one }).replace(/^v = /, '').trim() }))
      }),
    )
  })

  it('is answered in few words, however long its names and however deep its tables are', () => {
    const long = 'x'.repeat(200_000)
    const choices = Array.from({ length: 256 }, (_, at) => `"${at}${'x'.repeat(500)}"`).join(', ')
    for (const text of [
      `name${'.a'.repeat(60_000)} = 1\n`,
      toml({ name: undefined }, `[name${'.a'.repeat(60_000)}]\n`),
      toml({ mode: `${'['.repeat(900)}${']'.repeat(900)}` }),
      toml({}, `[options.${long}]\ntype = "string"\n`),
      toml({}, `[options.a]\ntype = "integer"\nenum = ["${long}"]\n`),
      toml({}, `[options.a]\ntype = "string"\ndefault = "y"\nenum = [${choices}]\n`),
    ]) {
      expect(faultOf(() => parseManifest(text, 'plugin.toml')).message.length).toBeLessThan(2000)
    }
  })

  it('shows a wrong value one level deep', () => {
    expect(faultOf(() => parse({ mode: '[1, [2, [3]]]' })).message).toContain('“mode” is [1,"…"]: ')
    expect(faultOf(() => parse({ mode: '{ a = { b = 1 } }' })).message).toContain('“mode” is {"a":"…"}: ')
  })

  it('of the largest size is judged in bounded time', () => {
    const most = (part: (at: number) => string) => {
      const parts: string[] = []
      for (let size = 0, at = 0; size < 250_000; at++) size += parts[parts.push(part(at)) - 1]!.length
      return parts.join('')
    }
    for (const text of ['['.repeat(262_144), `a = ${'['.repeat(262_000)}`, `a = ${'{a='.repeat(80_000)}`]) isRead(text)
    isRead(most(at => `k${at} = 1\n`))
    isRead(most(at => `[options.o${at}]\ntype = "strin"\n`))
    isRead(
      toml(
        {},
        most(at => `[x.a${at}]\n`),
      ),
    )
    isRead(`${'a.'.repeat(100_000)}a = 1`)
  })
})
