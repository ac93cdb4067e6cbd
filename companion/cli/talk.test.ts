import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Turn } from '#protocol/dialogue.ts'
import type { SessionInfo } from '#protocol/sessions.ts'
import { startLanguageServer, type LanguageServer } from '../../tests/support/language-server.ts'
import { modelsFolder } from '../../tests/support/models.ts'
import { openRecogniser } from '../../tests/support/recogniser.ts'
import { recording, recordingPath } from '../../tests/support/recordings.ts'
import { readWav } from '../../tests/support/wav.ts'
import { wordErrorRate } from '../../tests/support/words.ts'
import { openListeners } from '../core/listening/open.ts'
import { SpeakerPool } from '../core/speakers/pool.ts'
import { toPcm16 } from '../core/wav.ts'
import { openFixture, type Fixture } from '../daemon/fixture.ts'
import { placeBeside, runCommand, type CommandPlace } from './testing/command.ts'

// The command itself, with a companion that has real weights: what is said to it was recorded, what it says is heard.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })
const program = fileURLToPath(new URL('../voxloom.mjs', import.meta.url))

let fixture: Fixture
let server: LanguageServer
let place: CommandPlace
let work: string
beforeAll(async () => {
  // Who is asked ahead of time is asked again: always the same answer.
  server = await startLanguageServer({ otherwise: { tokens: ['Fine, ', 'thank ', 'you.'] } })
  fixture = await openFixture({
    models: modelsFolder,
    speakers: new SpeakerPool({ models: modelsFolder, speakers: 1, threads: 2 }),
    listeners: openListeners(modelsFolder),
  })
  place = placeBeside(fixture)
  work = place.cwd
  const provider = { preset: 'other', name: 'Box', base: server.openAi, model: 'llama3.2:3b' }
  const headers = { ...fixture.bearer, 'content-type': 'application/json' }
  const { status } = await fixture.send('PUT', '/language/providers/box', { headers, body: JSON.stringify(provider) })
  expect(status).toBe(200)
})
afterAll(async () => {
  await fixture.close()
  await server.close()
})

const talk = (args: readonly string[], more: Record<string, string> = {}) =>
  runCommand(['talk', ...args], { ...place, env: { ...place.env, ...more } })
const sessions = async () =>
  JSON.parse((await fixture.ask('/sessions', fixture.bearer)).body.toString()) as SessionInfo[]

describe('a recording', () => {
  it('is answered with sound, in the persona’s own way', async () => {
    server.play({ tokens: ['That ', 'is ', 'good ', 'to ', 'hear. ', 'When ', 'do ', 'you ', 'begin?'] })
    const input = await recordingPath('sentence')
    const args = ['--input', input, '--output', 'reply.wav', '--persona', 'marcus', '--user', 'Sam', '--json']
    const { code, stdout, stderr } = await talk(args)
    expect([code, stderr]).toEqual([0, expect.stringContaining('output: reply.wav')])
    const turn = JSON.parse(stdout) as Turn
    expect(turn.outcome).toBe('complete')
    expect(turn.user!.text).toMatch(/very well/i)
    const reply = 'That is good to hear. When do you begin?'
    expect(turn.reply).toMatchObject({ heard: reply, unheard: '' })
    const { samples, sampleRate } = readWav(readFileSync(join(work, 'reply.wav')))
    expect(sampleRate).toBe(24_000)
    const heard = await (await openRecogniser()).transcribe(samples, sampleRate)
    expect(wordErrorRate(reply, heard)).toBeLessThanOrEqual(0.2)
    expect(server.requests.at(-1)!.messages[0]!.content).toMatch(/^You are Marcus, .* Sam is the candidate/)
    // It was a talk of its own.
    expect(await sessions()).toEqual([])
  })

  it('is listened to as a microphone is, where that is wanted', async () => {
    const input = await recordingPath('sentence')
    const { code, stdout } = await talk(['--input', input, '--output', 'hands-free.wav', '--mode', 'hands-free'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^You: .*very well/im)])
    expect(stdout).toMatch(/^Nora: Fine, thank you\.$/m)
    expect(statSync(join(work, 'hands-free.wav')).size).toBeGreaterThan(24_000)
  })

  it('without a word in it leaves no file, and a talk that was named', async () => {
    const args = ['--input', await recordingPath('chime'), '-o', 'none.wav', '--session', 'mine']
    const { code, stdout, stderr } = await talk(args)
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('none.wav was not written')])
    expect(existsSync(join(work, 'none.wav'))).toBe(false)
    expect(await sessions()).toMatchObject([{ id: 'mine', connected: false }])
    expect(await talk(['start', '--session', 'mine'])).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('voxloom talk --session mine'),
    })
  })
})

describe.skipIf(process.platform === 'win32')('a talk in the terminal', () => {
  const at = (name: string) => join(work, name)
  /** Programs of the names of real ones, where nothing else is found. */
  function soundPrograms(): string {
    const bin = at('bin')
    mkdirSync(bin)
    const program = (name: string, text: string) => {
      writeFileSync(join(bin, name), `#!${process.execPath}\n${text}`)
      chmodSync(join(bin, name), 0o755)
    }
    program(
      'arecord',
      `// Silence, and once there is a file “go” what was recorded, at the pace of a microphone.
      const { existsSync, readFileSync } = require('node:fs')
      const speech = readFileSync(${JSON.stringify(at('speech.raw'))})
      let from = 0
      setInterval(() => {
        const isSpoken = existsSync(${JSON.stringify(at('go'))}) && from < speech.length
        process.stdout.write(isSpoken ? speech.subarray(from, from + 640) : Buffer.alloc(640))
        if (isSpoken) from += 640
      }, 20)`,
    )
    program(
      'aplay',
      `const { appendFileSync } = require('node:fs')
      process.stdin.on('data', data => appendFileSync(${JSON.stringify(at('played.raw'))}, data))`,
    )
    return bin
  }

  it('is heard and spoken; Ctrl-C stops a reply first, and then the talk', async () => {
    const { samples, sampleRate } = await recording('sentence')
    expect(sampleRate).toBe(16_000)
    writeFileSync(at('speech.raw'), toPcm16(samples))
    const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program, 'talk', '--persona', 'nora'], {
      ...place,
      env: { ...place.env, PATH: soundPrograms() },
    })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', data => (stdout += String(data)))
    child.stderr.on('data', data => (stderr += String(data)))
    const said = (words: RegExp) => vi.waitFor(() => expect(stdout + stderr).toMatch(words), { timeout: 60_000 })
    await said(/Talking in the session “talk”\. Microphone: arecord; loudspeaker: aplay\./)
    // The greeting is heard, and broken off.
    const played = () => (existsSync(at('played.raw')) ? statSync(at('played.raw')).size : 0)
    await vi.waitFor(() => expect(played()).toBeGreaterThan(72_000), { timeout: 60_000 })
    child.kill('SIGINT')
    await said(/^Nora: Hello.*…$/m)
    // A key of the keyboard does what the talk key does.
    expect(await talk(['start'])).toMatchObject({ code: 0, stdout: 'talk: recording\n' })
    expect(await talk(['cancel', '--json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('"idle"') })
    writeFileSync(at('go'), '')
    await said(/^You: .*very well.*$/im)
    await said(/^Nora: Fine, thank you\.$/m)
    const state = async () => (await sessions()).find(({ id }) => id === 'talk')?.state
    await vi.waitFor(async () => expect(await state()).toBe('idle'), { timeout: 60_000 })
    child.kill('SIGINT')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect([code, stderr.split('\n').length]).toEqual([0, 2])
  })
})

describe('what can’t be done', () => {
  it.each([
    [['walk'], 2, 'none of start, stop, cancel, toggle'],
    [['start', '--persona', 'nora'], 2, '--persona is for a talk in this terminal'],
    [['toggle', '--session', 'nobody'], 3, 'There is no session “nobody”'],
    [['toggle', '--session', '../x'], 2, 'an id has 1 to 64'],
    [['--mode', 'loud'], 2, 'hands-free, push-to-talk'],
    [['--sound', 'loud'], 2, 'pulse, pipewire, alsa, sox, ffmpeg'],
    [['--input', 'none.wav', '-o', 'x.wav'], 3, 'There is no none.wav'],
    [['--persona', 'Norra', '--input', 'speech.wav', '-o', 'x.wav'], 3, 'Did you mean “Nora”?'],
    [['--voice', 'af_hart', '--input', 'speech.wav', '-o', 'x.wav'], 3, 'Did you mean “af_heart”?'],
    [['--model', 'nowhere', '--input', 'speech.wav', '-o', 'x.wav'], 3, 'nowhere'],
    [['start', '--port', '1'], 5, 'Start it with voxloom serve'],
    [['--port', '1'], 5, 'Start it with voxloom serve'],
  ])('%j ends with %d', async (args, code, words) => {
    const input = await recordingPath('sentence')
    const real = args.map(arg => (arg === 'speech.wav' ? input : arg))
    expect(await talk(real)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
    expect(existsSync(join(work, 'x.wav'))).toBe(false)
  })

  it('is said where there is no sound card', async () => {
    const { code, stderr } = await talk([], { PATH: work })
    expect([code, stderr]).toEqual([1, expect.stringContaining('No program for the microphone was found')])
    expect(stderr).toContain('--input FILE')
  })
})
