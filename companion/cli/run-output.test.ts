import { execFileSync, spawn } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { COPY, fixture } from '../core/testing/plugins.ts'
import { openCommandHome, type CommandHome, type Outcome } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let home: CommandHome
const at = (name: string) => join(home.folder, name)
const read = (name: string) => readFileSync(at(name), 'utf8')

beforeEach(() => {
  home = openCommandHome()
  onTestFinished(() => home.close())
  writeFileSync(at('in.txt'), 'hello')
})

/** Writes `p.cr` of one plugin, and runs it. */
function running(code = COPY, manifest: Readonly<Record<string, string>> = {}) {
  const plugin = fixture(code, { name: 'step', manifest })
  writeFileSync(at('p.cr'), 'name = "test"\n[[nodes]]\nid = "step"\nplugin = "step"\n')
  return (pipeline: string, ...args: string[]): Promise<Outcome> =>
    home.run(['run', pipeline, ...args, '--no-verify', '--plugins', plugin.folder])
}

describe('an output that is the input', () => {
  it('is refused by every path that leads there, and nothing is lost', async () => {
    const run = running()
    symlinkSync('in.txt', at('link.txt'))
    linkSync(at('in.txt'), at('hard.txt'))
    for (const output of ['in.txt', at('in.txt'), 'link.txt', 'hard.txt']) {
      const { code, stdout, stderr } = await run('p.cr', 'in.txt', '-o', output, '--force')
      const words = `voxloom: The output ${output} would be written over the input.`
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(words)])
      expect([read('in.txt'), read(output.startsWith('/') ? 'in.txt' : output)]).toEqual(['hello', 'hello'])
    }
    expect(readdirSync(home.folder).filter(name => name.endsWith('.part'))).toEqual([])
  })

  it('is refused where the output would only grow in its place', async () => {
    writeFileSync(at('out.txt.part'), 'kept')
    const { code, stderr } = await running()('p.cr', 'out.txt.part', '-o', 'out.txt', '--type', 'text/plain')
    expect([code, stderr]).toEqual([2, expect.stringContaining('over the input, as out.txt.part')])
    expect(read('out.txt.part')).toBe('kept')
  })
})

describe('a name that promises something else', () => {
  const PCM = { output: '["audio/pcm;rate=24000;channels=1"]' }

  it('is told, with who would make it, and the file is written', async () => {
    const run = running(COPY, PCM)
    const mp3 = await run('p.cr', 'in.txt', '-o', 'x.mp3')
    expect([mp3.code, mp3.stderr, read('x.mp3')]).toEqual([
      0,
      'step: x.mp3 will hold headerless audio/pcm (24000 Hz, 1 channel, s16le), and its name says audio/mpeg. To write audio/mpeg, add as the last node: encode-mp3.\n',
      'hello',
    ])
    const wav = await run('p.cr', 'in.txt', '-o', 'x.wav')
    expect([wav.code, wav.stderr]).toEqual([0, expect.stringContaining('encode-mp3 (audio/mpeg)')])
    const json = await run('p.cr', 'in.txt', '-o', 'y.mp3', '--json')
    expect([JSON.parse(json.stdout).warnings, json.stderr]).toMatchObject([[{ node: 'step', code: 'OUTPUT_TYPE' }], ''])
  })

  it('is not what a fitting name does, nor one that promises nothing', async () => {
    const sound = running(COPY, PCM)
    for (const name of ['x.pcm', 'x']) expect((await sound('p.cr', 'in.txt', '-o', name)).stderr).toBe('')
    const text = running()
    for (const name of ['x.txt', 'x.md']) expect((await text('p.cr', 'in.txt', '-o', name)).stderr).toBe('')
  })
})

describe('a saved pipeline', () => {
  const save = (name: string) => {
    mkdirSync(join(home.config, 'pipelines'), { recursive: true })
    writeFileSync(join(home.config, 'pipelines', `${name}.cr`), read('p.cr'))
  }

  it('is run and checked by its name where there is no such file', async () => {
    const run = running()
    save('mine')
    mkdirSync(at('mine'))
    expect(await run('mine', 'in.txt', '-o', '-')).toMatchObject({ code: 0, stdout: 'hello', stderr: '' })
    const { code, stdout } = await home.run(['pipeline', 'validate', 'mine', '--json'])
    expect([code, JSON.parse(stdout)]).toMatchObject([2, { name: 'test', problems: [{ code: 'unknown-plugin' }] }])
  })

  it('stands behind a file of that name', async () => {
    const run = running()
    save('mine')
    writeFileSync(at('mine'), 'name = ')
    expect(await run('mine', 'in.txt')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mine can’t be read'),
    })
  })

  it('that is not there either: the sentence says where it was looked for', async () => {
    const words = `There is no mine, and no such pipeline in ${join(home.config, 'pipelines')}.`
    for (const args of [
      ['run', 'mine', 'in.txt', '-o', 'x'],
      ['pipeline', 'validate', 'mine'],
    ])
      expect(await home.run(args)).toMatchObject({ code: 3, stderr: `voxloom: ${words}\n` })
  })
})

describe('pipeline validate --json', () => {
  const NODE = '[[nodes]]\nid = "a"\nplugin = "kokoro-tts"\n'
  it.each([
    [NODE, [['', '“name” is missing']]],
    ['name = "x"\n', [['', 'There are no nodes']]],
    [`name = "x"\n${NODE}${NODE}`, [['a', 'Two nodes have the id “a”']]],
    ['name = = ', [['', 'line 1, column']]],
    [Buffer.from([0xff]), [['', 'is not UTF-8']]],
    [
      '[[nodes]]\nid = "a"\n',
      [
        ['', '“name” is missing'],
        ['a', 'needs a “plugin”'],
      ],
    ],
  ])('prints what is wrong with %j', async (content, expected) => {
    writeFileSync(at('bad.cr'), content)
    const { code, stdout, stderr } = await home.run(['pipeline', 'validate', 'bad.cr', '--json'])
    const problems = expected.map(([node, words]) => ({ code: 'file', node, message: expect.stringContaining(words!) }))
    expect([code, JSON.parse(stdout), stderr]).toEqual([2, { valid: false, problems, nodes: [] }, ''])
  })
})

it.skipIf(process.platform === 'win32')('a reader of a named pipe that leaves is no failure', async () => {
  execFileSync('mkfifo', [at('pipe')])
  const reader = spawn('head', ['-c', '10', at('pipe')], { stdio: 'ignore' })
  onTestFinished(() => void reader.kill())
  const endless = `for (;;) { writeFrame('x'.repeat(10000)); sleep(1) }`
  expect(await running(endless)('p.cr', 'in.txt', '-o', 'pipe')).toEqual({ code: 0, stdout: '', stderr: '' })
})
