import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { modelsFolder } from '../../tests/support/models.ts'
import { openCommandHome, type CommandHome } from './testing/command.ts'

// Each test starts a whole process that loads the voice, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let home: CommandHome
beforeAll(() => {
  home = openCommandHome({ VOXLOOM_MODELS: modelsFolder })
})
afterAll(() => home.close())

describe('say', () => {
  it('tells how much sound it made in which time, in words', async () => {
    const { code, stdout, stderr } = await home.run(['say', 'Hello.', '-o', 'hello.wav'])
    expect([code, stdout, stderr]).toEqual([
      0,
      expect.stringMatching(/^hello\.wav: \d+\.\d s of sound made in \d+\.\d s, af_heart\n$/),
      '',
    ])
  })

  it('names every language that can be spoken when it is given another', async () => {
    for (const command of [
      ['say', 'Hello.', '-o', 'x.wav'],
      ['phonemes', 'Hello.'],
    ]) {
      const { code, stderr } = await home.run([...command, '--lang', 'xx'])
      expect([code, stderr]).toEqual([2, expect.stringContaining('en-us, en-gb, ja, es, fr, hi, it, pt-br.')])
    }
    expect(existsSync(join(home.folder, 'x.wav'))).toBe(false)
  })

  it.skipIf(!existsSync('/dev/full'))('says in one sentence that a device is full', async () => {
    expect(await home.run(['say', 'Hello.', '-o', '/dev/full'])).toEqual({
      code: 7,
      stdout: '',
      stderr: 'voxloom: There is no room left to write /dev/full. Free some space and try again.\n',
    })
  })

  it.skipIf(process.platform === 'win32')('writes into a named pipe, and does not take its place', async () => {
    const path = join(home.folder, 'pipe')
    execFileSync('mkfifo', [path])
    const reader = spawn('cat', [path], { stdio: ['ignore', 'pipe', 'inherit'] })
    const read = buffer(reader.stdout)
    expect((await home.run(['say', 'Hello.', '-o', 'pipe'])).code).toBe(0)
    const wav = await read
    expect([wav.subarray(0, 4).toString(), wav.length > 10_000, statSync(path).isFIFO()]).toEqual(['RIFF', true, true])
  })

  it.skipIf(process.platform === 'win32')('stops without a word when who reads a named pipe has enough', async () => {
    execFileSync('mkfifo', [join(home.folder, 'left')])
    const reader = spawn('head', ['-c', '10', join(home.folder, 'left')], { stdio: 'ignore' })
    const gone = once(reader, 'exit')
    const text = 'This is one. '.repeat(20)
    expect(await home.run(['say', text, '-o', 'left'])).toEqual({ code: 0, stdout: '', stderr: '' })
    await gone
  })
})
