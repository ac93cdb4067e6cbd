import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SeamError } from '#protocol/errors.ts'
import { toPcm16 } from '../wav.ts'
import { Loudspeaker } from './loudspeaker.ts'
import { microphone } from './microphone.ts'
import { findSoundProgram, type SoundProgram } from './programs.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voxloom-sound-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A program of the shell under the name of a real one. */
function program(name: string, script: string): SoundProgram {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return { kind: 'alsa', name, path, args: [] }
}
const search = (more: object = {}) => ({ path: folder, platform: 'linux' as const, ...more })

describe('programs for sound', () => {
  it('are those on the path, first those that share the device', () => {
    program('arecord', ':')
    expect(findSoundProgram('capture', 16_000, search())).toMatchObject({
      kind: 'alsa',
      path: join(folder, 'arecord'),
      args: expect.arrayContaining(['-t', 'raw', '-r', '16000']),
    })
    program('parecord', ':')
    program('ffmpeg', ':')
    expect(findSoundProgram('capture', 16_000, search()).name).toBe('parecord')
    expect(findSoundProgram('capture', 16_000, search({ kind: 'alsa' })).name).toBe('arecord')
    // What it would be called with there are devices for on a Mac alone.
    expect(() => findSoundProgram('play', 24_000, search())).toThrow('looked for paplay, pw-play, aplay, play')
    expect(findSoundProgram('play', 24_000, search({ platform: 'darwin' })).args).toContain('audiotoolbox')
  })

  it('are named with what to install, and with a way without them', () => {
    const none = search({ path: ['relative', folder].join(delimiter) })
    expect(() => findSoundProgram('capture', 16_000, none)).toThrow(/microphone.*apt install.*--input FILE\.$/)
    expect(() => findSoundProgram('play', 24_000, { ...none, platform: 'darwin' })).toThrow(/brew.*--output FILE\.$/)
    expect(() => findSoundProgram('play', 24_000, { ...none, kind: 'sox' })).toThrow('looked for play)')
  })
})

describe('a microphone', () => {
  const levels = Float32Array.from({ length: 1_001 }, (_, at) => Math.sin(at / 10) / 2)

  it('gives every sample, however its program cuts them', async () => {
    const raw = join(folder, 'raw')
    writeFileSync(raw, toPcm16(levels))
    const cut = program('arecord', `head -c 701 ${raw}; sleep 0.1; tail -c +702 ${raw}; exec sleep 600`)
    const left = new AbortController()
    const heard: number[] = []
    for await (const samples of microphone(cut, left.signal)) {
      heard.push(...samples)
      if (heard.length === levels.length) left.abort()
    }
    heard.forEach((sample, at) => expect(sample).toBeCloseTo(levels[at]!, 3))
  })

  it('that fails says why', async () => {
    const broken = program('arecord', 'echo "audio open error: No such device" >&2; exit 1')
    await expect(Array.fromAsync(microphone(broken, new AbortController().signal))).rejects.toThrow(
      /^The microphone can’t be read: arecord ended and says: audio open error: No such device\..*--sound\.$/,
    )
  })
})

describe('a loudspeaker', () => {
  const sound = new Float32Array(240).fill(0.5)

  it('plays each reply to its end', async () => {
    const out = join(folder, 'out')
    const speaker = new Loudspeaker(program('aplay', `cat >> ${out}`), () => undefined)
    speaker.write(sound)
    speaker.write(sound)
    speaker.end()
    speaker.write(sound)
    await speaker.close()
    expect(readFileSync(out)).toHaveLength(3 * 240 * 2)
  })

  it('is silent at once when a reply is broken off, and plays the next', async () => {
    const [out, late] = [join(folder, 'out'), join(folder, 'late')]
    const failures: SeamError[] = []
    const slow = program('aplay', `cat > ${out}; sleep 600; touch ${late}`)
    const speaker = new Loudspeaker(slow, failure => failures.push(failure))
    speaker.write(sound)
    speaker.end()
    await vi.waitFor(() => expect(existsSync(out) && readFileSync(out)).toHaveLength(480))
    speaker.drop()
    speaker.write(sound.subarray(0, 100))
    speaker.end()
    await vi.waitFor(() => expect(readFileSync(out)).toHaveLength(200))
    speaker.drop()
    await speaker.close()
    expect([existsSync(late), failures]).toEqual([false, []])
  })

  it('that can’t be heard is told of once', async () => {
    const failures: SeamError[] = []
    const broken = program('aplay', 'echo "no sound card" >&2; exit 1')
    const speaker = new Loudspeaker(broken, failure => failures.push(failure))
    for (let reply = 0; reply < 2; reply++) {
      speaker.write(sound)
      speaker.end()
    }
    await speaker.close()
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('no sound card')])
  })
})
