import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { COPY, fixture, isRunning, pieces, planOf, runThrough, scratch } from '../testing/plugins.ts'
import { executePipeline } from './execute.ts'

const upper = () => fixture('for (let f; (f = readFrame());) writeFrame(f.toString().toUpperCase())', { name: 'upper' })
const copy = (name = 'copy') => fixture(COPY, { name })

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('It succeeded.'),
    (error: unknown) => {
      expect(error).toBeInstanceOf(SeamError)
      return error as SeamError
    },
  )

describe('a row of plugins', () => {
  it('hands payload on, whole and in order', async () => {
    const text = Array.from({ length: 5000 }, (_, at) => `line ${at}`).join('\n')
    expect(await runThrough([copy('one'), upper(), copy('two')], text)).toBe(text.toUpperCase())
  })

  it('runs with empty input', async () => {
    expect(await runThrough([copy()], pieces())).toBe('')
  })

  it('tells types and options in the handshake, and nothing of who asks', async () => {
    const plugin = fixture('writeFrame(JSON.stringify([handshake, process.cwd(), Object.keys(process.env).sort()]))', {
      tables: '[options.suffix]\ntype = "string"\ndefault = "!"\n[options.unset]\ntype = "number"\n',
    })
    process.env['VOXLOOM_SECRET'] = 'x'
    const [handshake, folder, env] = JSON.parse(await runThrough([plugin], '')) as [object, string, string[]]
    expect(handshake).toEqual({
      protocol: '0.1',
      input_type: 'text/plain',
      output_type: 'text/plain',
      config: { suffix: '!' },
    })
    expect(folder).toBe(plugin.folder)
    const allowed = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'LANG', 'TMPDIR']
    expect(env.filter(name => !allowed.includes(name))).toEqual([])
  })

  it('begins to give output long before the input has ended', async () => {
    let ended = false
    async function* slowly() {
      for (let at = 0; at < 50; at++) {
        yield Buffer.from(`${at} `)
        await wait(20)
      }
      ended = true
    }
    for await (const piece of executePipeline(planOf([copy('one'), copy('two')]), slowly())) {
      expect(piece.toString()).toContain('0')
      expect(ended).toBe(false)
      return
    }
  })

  it('waits for a slow reader instead of collecting', async () => {
    let taken = 0
    async function* endless() {
      for (;;) {
        taken += 65_536
        yield Buffer.alloc(65_536, 'x')
      }
    }
    let seen = 0
    for await (const piece of executePipeline(planOf([copy('one'), copy('two')]), endless())) {
      seen += piece.length
      if (seen > 4_000_000) break
      if (seen > 1_000_000 && seen < 1_100_000) await wait(500)
    }
    // What lies in pipes and buffers between: nothing like what an unbounded reader would take in half a second.
    expect(taken - seen).toBeLessThan(4_000_000)
  })

  it('ends in good order when a plugin has seen enough', async () => {
    const first = fixture('const f = readFrame(); writeFrame(f.subarray(0, 5))', { name: 'first' })
    async function* endless() {
      for (;;) {
        yield Buffer.from('12345678')
        await wait(1)
      }
    }
    expect(await runThrough([copy(), first], endless())).toBe('12345')
  })

  it('does not wait for an input that says nothing any more', async () => {
    const first = fixture('const f = readFrame(); writeFrame(f)', { name: 'first' })
    async function* hangs() {
      yield Buffer.from('x')
      await new Promise(() => {})
    }
    expect(await runThrough([first], hangs())).toBe('x')
  })
})

describe('errors', () => {
  it('of a plugin come with its words, code, exit and log', async () => {
    const plugin = fixture(
      `${COPY} console.error('looking into it'); fail({ code: 'BAD_INPUT', message: 'Line 3 is bad.' }); process.exit(3)`,
    )
    const error = await failureOf(runThrough([plugin], 'x'))
    expect(error.message).toBe('The plugin “fixture” (node “fixture-1”) reports: Line 3 is bad.')
    const said = { failure: 'BAD_INPUT', node: 'fixture-1', stderr: 'looking into it', exitCode: 3 }
    expect(error.details).toMatchObject(said)
  })

  it('that are warnings let the stream go on', async () => {
    const warnings: string[] = []
    const plugin = fixture(`fail({ message: 'Skipped a page.', fatal: false });${COPY}`)
    const output = await runThrough([plugin], 'x', {
      onWarning: (node, { message }) => warnings.push(`${node}: ${message}`),
    })
    expect(output).toBe('x')
    expect(warnings).toEqual(['fixture-1: Skipped a page.'])
  })

  it('are counted and no longer shown beyond the hundredth warning', async () => {
    let shown = 0
    const plugin = fixture(`for (let i = 0; i < 101; i++) fail({ message: 'w', fatal: false });${COPY}`)
    await runThrough([plugin], 'x', { onWarning: () => shown++ })
    expect(shown).toBe(100)
  })

  it('of the first draft, without the bit, are errors when the process fails and payload when it does not', async () => {
    const said = `writeFrame('sound'); writeFrame(JSON.stringify({ type: 'error', message: 'Broken.' }));`
    const pieces: string[] = []
    const run = async (code: string) => {
      for await (const piece of executePipeline(planOf([fixture(said + code)]), (async function* () {})())) {
        pieces.push(piece.toString())
      }
    }
    expect((await failureOf(run('process.exit(1)'))).message).toContain('reports: Broken.')
    expect(pieces).toEqual(['sound'])
    await run('process.exit(0)')
    expect(pieces.slice(1)).toEqual(['sound', '{"type":"error","message":"Broken."}'])
    pieces.length = 0
    await failureOf(run(`writeFrame('more'); process.exit(1)`))
    expect(pieces.join('')).toBe('sound{"type":"error","message":"Broken."}more')
  })

  it('are failures though the exit code is 0', async () => {
    const error = await failureOf(runThrough([fixture(`fail({ message: 'No.' })`)], 'x'))
    expect(error.details['failure']).toBe('PLUGIN_ERROR')
  })

  it('end the whole row, and the first cause is the one that is told', async () => {
    const broken = fixture(`readFrame(); process.exit(4)`, { name: 'broken' })
    async function* endless() {
      for (;;) {
        yield Buffer.alloc(1000, 'x')
        await wait(1)
      }
    }
    const error = await failureOf(runThrough([copy('one'), broken, copy('two')], endless()))
    expect(error.details).toMatchObject({ node: 'broken-2', failure: 'INTERNAL_PLUGIN_FAILURE', exitCode: 4 })
  })

  it('of the input end the row as well', async () => {
    async function* fails() {
      yield Buffer.from('x')
      throw new SeamError('refused', 'This account may not read the file.')
    }
    expect((await failureOf(runThrough([copy()], fails()))).code).toBe('refused')
  })
})

describe('a plugin that breaks the rules', () => {
  it.each([
    ['exits before the handshake', 'process.exit(1)', 'INTERNAL_PLUGIN_FAILURE', 'exited with code 1'],
    ['throws', `throw new Error('no such voice')`, 'INTERNAL_PLUGIN_FAILURE', 'no such voice|Node.js'],
    ['prints', `console.log('Loading model…');${COPY}`, 'FRAME_TOO_LARGE', 'wrote “Loading model…”'],
    ['writes garbage', `all(1, Buffer.alloc(100, 0xff))`, 'FRAME_TOO_LARGE', 'too large'],
    [
      'stops inside a frame',
      `all(1, Buffer.concat([header(10), Buffer.from('abc')]))`,
      'PARTIAL_FRAME',
      'middle of a frame',
    ],
    ['is killed', `process.kill(process.pid, 'SIGSEGV'); sleep(1000)`, 'INTERNAL_PLUGIN_FAILURE', 'SIGSEGV'],
  ])('%s', async (_, code, failure, words) => {
    const error = await failureOf(runThrough([fixture(code)], 'x'))
    expect(error.details['failure']).toBe(failure)
    expect(error.message).toMatch(new RegExp(words))
    expect(error.message).toMatch(/^The plugin “fixture”.*\S$/s)
  })

  it('is refused one byte past the limit of a frame, and taken at it', async () => {
    const of = (bytes: number) => fixture(`writeFrame(Buffer.alloc(${bytes}, 'x')); ${COPY}`)
    expect((await runThrough([of(8_388_608)], '')).length).toBe(8_388_608)
    expect((await failureOf(runThrough([of(8_388_609)], ''))).details['failure']).toBe('FRAME_TOO_LARGE')
  })

  it('may take its input at the batch limit, and not one byte past it', async () => {
    const batch = fixture(`let n = 0; for (let f; (f = readFrame());) n += f.length; writeFrame(String(n))`, {
      manifest: { mode: '"batch"', max_input_bytes: '1000' },
    })
    expect(await runThrough([batch], 'x'.repeat(1000))).toBe('1000')
    const error = await failureOf(runThrough([batch], 'x'.repeat(1001)))
    expect(error.code).toBe('bad-input')
    expect(error.details['failure']).toBe('INPUT_TOO_LARGE')
  })

  it('may not write before its input has ended in batch mode', async () => {
    const hasty = fixture(`readFrame(); writeFrame('early'); ${COPY}`, { manifest: { mode: '"batch"' } })
    async function* slowly() {
      yield Buffer.from('x')
      await wait(500)
      yield Buffer.from('y')
    }
    expect((await failureOf(runThrough([hasty], slowly()))).details['failure']).toBe('PROTOCOL_VIOLATION')
  })

  it('needs a program that is there, and says which', async () => {
    const missing = fixture('', { manifest: { interpreter: '"no-such-interpreter-42"' } })
    const error = await failureOf(runThrough([missing], 'x'))
    expect(error.details['failure']).toBe('SPAWN_FAILED')
    expect(error.message).toContain('needs “no-such-interpreter-42”, which is not on this machine')
  })

  it('hangs at the start, in the middle, or inside a frame, and is ended', async () => {
    const hangs = (code: string, limits: Record<string, string>) => fixture(code, { manifest: limits })
    const cases = [
      [hangs('sleep(60000)', { startup_timeout: '1' }), 'STARTUP_TIMEOUT'],
      [hangs(`writeFrame('x'); sleep(60000)`, { idle_timeout: '1' }), 'IDLE_TIMEOUT'],
    ] as const
    await Promise.all(
      cases.map(async ([plugin, failure]) => {
        const error = await failureOf(runThrough([plugin], 'x'))
        expect(error.details['failure']).toBe(failure)
      }),
    )
  }, 30_000)

  it('is not blamed for the slowness of others', async () => {
    const waits = fixture(COPY, { manifest: { startup_timeout: '1', idle_timeout: '1' } })
    async function* slowly() {
      await wait(1600)
      yield Buffer.from('a')
      await wait(1600)
      yield Buffer.from('b')
    }
    expect(await runThrough([waits], slowly())).toBe('ab')
    let output = ''
    for await (const piece of executePipeline(planOf([waits]), pieces('x'.repeat(3_000_000)))) {
      if (output === '') await wait(1600)
      output += piece.toString()
    }
    expect(output.length).toBe(3_000_000)
  }, 30_000)

  it('floods its log and loses nothing but the log', async () => {
    const plugin = fixture(
      `for (let i = 0; i < 20000; i++) all(2, Buffer.from('line ' + i + ' '.repeat(400) + '\\n'));${COPY} process.exit(5)`,
    )
    const error = await failureOf(runThrough([plugin], 'x'))
    expect(String(error.details['stderr']).length).toBeLessThan(5000)
    expect(error.message).toContain('line 19999')
  })
})

describe('ending', () => {
  const stubborn = (file: string) => `
    process.on('SIGTERM', () => {})
    const { spawn } = await import('node:child_process')
    const child = spawn('sleep', ['300'], { stdio: ['ignore', 'inherit', 'inherit'] })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(${JSON.stringify(file)}, process.pid + ' ' + child.pid)
    writeFrame('up')
    setInterval(() => {}, 1000)
  `

  it('leaves nobody: not one who ignores SIGTERM, nor its children', async () => {
    const file = join(scratch(), 'pids')
    const abort = new AbortController()
    const error = await failureOf(
      (async () => {
        for await (const _ of executePipeline(planOf([copy(), fixture(stubborn(file))]), pieces('x'), {
          signal: abort.signal,
        })) {
          abort.abort()
        }
      })(),
    )
    expect(error.code).toBe('cancelled')
    const pids = readFileSync(file, 'utf8').split(' ').map(Number)
    expect(pids).toHaveLength(2)
    await wait(100)
    expect(pids.filter(isRunning)).toEqual([])
  }, 30_000)

  it('takes the children of a plugin that ended by itself', async () => {
    const file = join(scratch(), 'pids')
    const leaves = fixture(`
      const { spawn } = await import('node:child_process')
      const { writeFileSync } = await import('node:fs')
      const child = spawn('sleep', ['300'], { stdio: 'ignore' })
      child.unref()
      writeFileSync(${JSON.stringify(file)}, String(child.pid))
      ${COPY} process.exit(0)`)
    expect(await runThrough([leaves], 'x')).toBe('x')
    await wait(100)
    expect(isRunning(Number(readFileSync(file, 'utf8')))).toBe(false)
  })

  it('refuses at once what was stopped before it began', async () => {
    const signal = AbortSignal.abort()
    expect((await failureOf(runThrough([copy()], 'x', { signal }))).code).toBe('cancelled')
  })

  it.each([
    ['the reader leaves', COPY, false],
    ['a plugin dies', 'readFrame(); process.exit(3)', false],
    ['a plugin has had enough', "readFrame(); writeFrame('x')", false],
    ['somebody stops it', COPY, true],
  ])('lets go of its input when %s', async (_, code, stopped) => {
    const file = join(scratch(), 'in.bin')
    writeFileSync(file, Buffer.alloc(8 << 20))
    const input = createReadStream(file)
    const abort = new AbortController()
    const run = executePipeline(planOf([fixture(code)]), input, { signal: abort.signal })
    await run.next().catch(() => undefined)
    if (stopped) abort.abort()
    await run.return(undefined)
    await vi.waitFor(() => expect(input.closed).toBe(true), 5000)
  })

  it('by breaking off reading ends the plugins', async () => {
    const file = join(scratch(), 'pid')
    writeFileSync(file, '')
    const endless = fixture(`
      const { writeFileSync } = await import('node:fs')
      writeFileSync(${JSON.stringify(file)}, String(process.pid))
      for (;;) writeFrame('x'.repeat(1000))`)
    for await (const _ of executePipeline(planOf([endless, copy()]), pieces('x'))) break
    await wait(100)
    expect(isRunning(Number(readFileSync(file, 'utf8')))).toBe(false)
  })
})
