import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelsFolder } from '../../tests/support/models.ts'
import { recording } from '../../tests/support/recordings.ts'
import { wordErrorRate } from '../../tests/support/words.ts'
import { openCommandHome, type CommandHome } from './testing/command.ts'

// Each test starts a whole process that loads the recogniser, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const script = fileURLToPath(new URL('./main.ts', import.meta.url))
const BECKETT = 'Ever tried ever failed no matter try again fail again fail better'

let home: CommandHome
const at = (name: string) => join(home.folder, name)
beforeAll(async () => {
  await recording('beckett')
  home = openCommandHome({ VOXLOOM_MODELS: modelsFolder })
  copyFileSync(join(modelsFolder, 'test-recordings', 'beckett.wav'), at('beckett.wav'))
})
afterAll(() => home.close())

describe('transcribe', () => {
  it('prints what is said, and nothing else', async () => {
    const { code, stdout, stderr } = await home.run(['transcribe', 'beckett.wav'])
    expect([code, stderr]).toEqual([0, ''])
    expect(wordErrorRate(BECKETT, stdout)).toBeLessThan(0.3)
    expect(stdout).toMatch(/[^\n]\n$/)
  })

  it('writes captions in the format that the name tells, and tells about it as JSON', async () => {
    const { code, stdout } = await home.run(['transcribe', 'beckett.wav', '-o', 'b.srt', '--lang', 'en-GB', '--json'])
    const report = JSON.parse(stdout)
    expect([code, report]).toMatchObject([
      0,
      { output: 'b.srt', format: 'srt', lang: 'en-gb', duration: expect.closeTo(10, 0) },
    ])
    expect(readFileSync(at('b.srt'), 'utf8')).toMatch(/^1\r\n00:00:0\d,\d{3} --> 00:00:/)
    expect(report.words).toBeGreaterThan(8)
    await home.run(['transcribe', 'beckett.wav', '-o', 'b.json'])
    const { segments } = JSON.parse(readFileSync(at('b.json'), 'utf8'))
    expect(segments.flatMap(({ words }: { words: unknown[] }) => words).length).toBeGreaterThan(8)
    expect(readdirSync(home.folder).filter(name => name.endsWith('.part'))).toEqual([])
  })

  it('reads a pipe, and the sound of another program through ffmpeg', async () => {
    execFileSync('ffmpeg', ['-loglevel', 'error', '-i', at('beckett.wav'), '-b:a', '64k', at('beckett.mp3')])
    const piped = execFileSync(
      'sh',
      ['-c', `cat beckett.wav | ${process.execPath} ${script} transcribe - --format vtt`],
      {
        cwd: home.folder,
        env: { ...process.env, VOXLOOM_MODELS: modelsFolder },
        encoding: 'utf8',
      },
    )
    expect(piped).toMatch(/^WEBVTT\n\n00:00:/)
    const { code, stdout } = await home.run(['transcribe', 'beckett.mp3'])
    expect(code).toBe(0)
    expect(wordErrorRate(BECKETT, stdout)).toBeLessThan(0.3)
  })

  it('says what to install where there is no ffmpeg', async () => {
    const bare = openCommandHome({ VOXLOOM_MODELS: modelsFolder, PATH: home.folder })
    writeFileSync(join(bare.folder, 'a.mp3'), 'ID3')
    const { code, stdout, stderr } = await bare.run(['transcribe', 'a.mp3'])
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/Only WAV is read without ffmpeg.*apt install ffmpeg/),
    ])
    bare.close()
  })

  it('of silence is no text, and no failure', async () => {
    const source = ['-f', 'lavfi', '-i', 'anullsrc=r=16000:cl=mono', '-t', '3']
    execFileSync('ffmpeg', ['-loglevel', 'error', ...source, at('silence.wav')])
    expect(await home.run(['transcribe', 'silence.wav'])).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No words were heard in it.\n',
    })
  })

  it.each([
    [['none.wav'], 3, 'There is no none.wav'],
    [['.'], 2, 'a folder stands where a file belongs'],
    [['beckett.wav', '--format', 'doc'], 2, 'must be one of txt, srt, vtt, json'],
    [['beckett.wav', '--lang', 'tlh'], 2, 'there are en-us'],
    [['beckett.wav', '-o', 'beckett.wav', '--force'], 2, 'written over the input'],
    [['beckett.wav', '-o', 'none/a.txt'], 3, 'The folder of none/a.txt does not exist'],
    [['empty.wav'], 2, 'is empty'],
  ])('%j ends with %d and a sentence', async (args, code, words) => {
    writeFileSync(at('empty.wav'), '')
    const found = await home.run(['transcribe', ...args])
    expect([found.code, found.stdout, found.stderr]).toEqual([code, '', expect.stringContaining(words)])
  })

  it('leaves a file alone that is there, unless it may replace it', async () => {
    writeFileSync(at('mine.txt'), 'mine')
    expect((await home.run(['transcribe', 'beckett.wav', '-o', 'mine.txt'])).code).toBe(8)
    expect(readFileSync(at('mine.txt'), 'utf8')).toBe('mine')
    expect((await home.run(['transcribe', 'beckett.wav', '-o', 'mine.txt', '--force'])).code).toBe(0)
    expect(statSync(at('mine.txt')).size).toBeGreaterThan(20)
  })

  it('keeps what was heard when it is stopped', async () => {
    const list = Array.from({ length: 200 }, () => ['-i', at('beckett.wav')]).flat()
    execFileSync('ffmpeg', ['-loglevel', 'error', ...list, '-filter_complex', 'concat=n=200:v=0:a=1', at('long.wav')])
    const child = spawn(process.execPath, [script, 'transcribe', 'long.wav', '-o', 'long.txt'], {
      cwd: home.folder,
      env: { ...process.env, VOXLOOM_MODELS: modelsFolder },
    })
    let stderr = ''
    child.stderr.on('data', data => (stderr += String(data)))
    const ended = once(child, 'exit')
    await expect
      .poll(() => existsSync(at('long.txt.part')) && statSync(at('long.txt.part')).size, { timeout: 60_000 })
      .toBeGreaterThan(20)
    child.kill('SIGINT')
    expect(await ended).toEqual([130, null])
    expect(stderr).toContain('voxloom: Stopped. What was heard so far is kept as long.txt.part.')
    expect(readFileSync(at('long.txt.part'), 'utf8')).toMatch(/ever tried/i)
    expect(existsSync(at('long.txt'))).toBe(false)
  })
})
