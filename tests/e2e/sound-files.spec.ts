import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { root } from '../support/models.ts'
import { type Bench, openBench } from '../bench/browser.ts'
import type { Decoded } from '../bench/pages/decode.ts'

// Files that others have made, read by the page and by Debian's FFmpeg: both must hear the same.

const folder = join(root, '.cache', 'sounds')
const SPEECH = 'usr/share/sounds/alsa/Front_Center.wav'
const CHIME = 'usr/share/sounds/freedesktop/stereo/complete.oga'

let bench: Bench
let made: string
test.beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'voxloom-sounds-'))
  bench = await openBench()
})
test.afterAll(async () => {
  await bench.close()
  await rm(made, { recursive: true, force: true })
})

/** A file of one of Debian's packages, which is fetched where it is not there. */
function debianFile(name: string, path: string): string {
  const found = ['/', folder].map(place => join(place, path)).find(existsSync)
  if (found) return found
  mkdirSync(folder, { recursive: true })
  spawnSync('apt-get', ['-qq', 'download', name], { cwd: folder })
  const file = readdirSync(folder).find(entry => entry.startsWith(`${name}_`) && entry.endsWith('.deb'))
  if (!file) throw new Error(`${path} is missing. Install Debian's package ${name}, or copy the file there.`)
  spawnSync('dpkg-deb', ['-x', file, '.'], { cwd: folder })
  return join(folder, path)
}

function ffmpeg(...args: string[]): Buffer {
  const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 28 })
  expect(status, String(stderr)).toBe(0)
  return stdout
}

const floats = (bytes: Buffer) =>
  new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))

async function read(path: string): Promise<Decoded & { readonly sound: Float32Array }> {
  const decoded = await bench.call<Decoded>('decode', 'decode', readFileSync(path).toString('base64'))
  return { ...decoded, sound: floats(Buffer.from(decoded.samples, 'base64')) }
}

/** @param encoding arguments for what is made of the file first; none reads it as it is */
async function sameAsFfmpeg(path: string, name?: string, ...encoding: string[]): Promise<void> {
  const file = name === undefined ? path : join(made, name)
  if (name !== undefined) ffmpeg('-i', path, ...encoding, file)
  const { sound, channels, sampleRate } = await read(file)
  const truth = floats(ffmpeg('-i', file, '-f', 'f32le', '-ac', `${channels}`, '-ar', `${sampleRate}`, '-'))
  // Who drops the silence that an encoder adds at its ends, and who keeps it, is a matter of taste: some hundredths.
  const slack = Math.round(sampleRate * 0.06)
  expect(Math.abs(sound.length - truth.length) / channels).toBeLessThanOrEqual(slack)
  const loud = truth.findIndex(sample => Math.abs(sample) > 0.05)
  const from = Math.max(0, loud - (loud % channels))
  const window = Math.min(20_000, truth.length - from - slack * channels) & ~1
  const worst = (shift: number) => {
    let most = 0
    for (let n = 0; n < window && most < 0.01; n++) {
      most = Math.max(most, Math.abs((sound[from + n + shift * channels] ?? 0) - truth[from + n]!))
    }
    return most
  }
  const shifts = Array.from({ length: 2 * slack + 1 }, (_, n) => n - slack)
  expect(Math.min(...shifts.map(worst)), file).toBeLessThan(2e-3)
}

test('speech and a chime that others recorded sound as FFmpeg decodes them', async () => {
  const speech = debianFile('alsa-utils', SPEECH)
  await sameAsFfmpeg(speech)
  await sameAsFfmpeg(debianFile('sound-theme-freedesktop', CHIME))
  await sameAsFfmpeg(speech, 'a.mp3', '-b:a', '96k')
  await sameAsFfmpeg(speech, 'a.m4a', '-c:a', 'aac')
  await sameAsFfmpeg(speech, 'a.flac')
  await sameAsFfmpeg(speech, 'a.mkv', '-c:a', 'pcm_s24le')
  await sameAsFfmpeg(speech, 'a.aac', '-c:a', 'aac')
})

test('six channels of Vorbis and of Opus are where they belong', async () => {
  const tones = [0, 1, 2, 3, 4, 5].map(n => `sin(2*PI*${300 + 100 * n}*t)/2`).join('|')
  for (const [name, ...encoding] of [
    ['six.ogg', '-c:a', 'libvorbis', '-q:a', '10'],
    ['six.opus', '-c:a', 'libopus', '-b:a', '510k'],
  ] as const) {
    const file = join(made, name)
    ffmpeg('-f', 'lavfi', '-i', `aevalsrc=${tones}:c=5.1:s=48000:d=3`, ...encoding, file)
    const { sound, channels } = await read(file)
    expect(channels).toBe(2)
    const gain = (side: number, frequency: number) => {
      let [real, imaginary] = [0, 0]
      for (let n = 0; n < 48_000; n++) {
        const sample = sound[2 * (48_000 + n) + side]!
        real += sample * Math.cos((2 * Math.PI * frequency * n) / 48_000)
        imaginary += sample * Math.sin((2 * Math.PI * frequency * n) / 48_000)
      }
      return (2 * Math.hypot(real, imaginary)) / 48_000 / 0.5
    }
    // Left, right, middle, and the two at the back.
    const expected = [
      [0.414, 0, 0.293, 0.293, 0],
      [0, 0.414, 0.293, 0, 0.293],
    ]
    expected.forEach((gains, side) =>
      [300, 400, 500, 700, 800].forEach((frequency, n) =>
        expect(Math.abs(gain(side, frequency) - gains[n]!), `${name}, ${frequency} Hz`).toBeLessThan(0.05),
      ),
    )
  }
})
