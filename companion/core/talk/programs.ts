import { SeamError } from '#protocol/errors.ts'
import { onPath } from '../process/on-path.ts'

/** A program that takes in or plays sound: 16 bits, little-endian, mono, without a head, through its output or input. */
export interface SoundProgram {
  /** Of the two that belong together: `pulse`. */
  readonly kind: SoundKind
  readonly name: string
  /** Where it lies. */
  readonly path: string
  readonly args: readonly string[]
}

export type SoundDirection = 'capture' | 'play'

interface Pair {
  /** Where only one system has the devices that it names. */
  readonly platform?: NodeJS.Platform
  readonly capture: readonly [name: string, args: (rate: number) => readonly string[]]
  readonly play: readonly [name: string, args: (rate: number) => readonly string[]]
}

const alsa = (rate: number) => ['-q', '-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', String(rate)]
const pulse = (rate: number) => ['--raw', '--format=s16le', '--channels=1', `--rate=${rate}`, '--client-name=voxloom']
const pipewire = (rate: number) => ['--raw', '--format', 's16', '--channels', '1', '--rate', String(rate)]
const sox = (rate: number) => [
  '-q',
  '-t',
  'raw',
  '-e',
  'signed-integer',
  '-b',
  '16',
  '-c',
  '1',
  '-r',
  String(rate),
  '-',
]
const ffmpeg = ['-hide_banner', '-loglevel', 'error']
const raw = (rate: number) => ['-f', 's16le', '-ar', String(rate), '-ac', '1']

/** In the order in which they are looked for: first those that share the device with other programs. */
const PAIRS = {
  pulse: {
    capture: ['parecord', rate => [...pulse(rate), '--latency-msec=40']],
    play: ['paplay', rate => [...pulse(rate), '--latency-msec=100']],
  },
  pipewire: {
    capture: ['pw-record', rate => [...pipewire(rate), '--latency', '40ms', '-']],
    play: ['pw-play', rate => [...pipewire(rate), '--latency', '100ms', '-']],
  },
  alsa: {
    capture: ['arecord', rate => [...alsa(rate), '--buffer-time=400000', '--period-time=40000']],
    play: ['aplay', rate => [...alsa(rate), '--buffer-time=200000', '--period-time=40000']],
  },
  sox: {
    capture: ['rec', rate => ['--buffer', '2048', ...sox(rate)]],
    play: ['play', rate => ['--buffer', '2048', ...sox(rate)]],
  },
  ffmpeg: {
    platform: 'darwin',
    capture: [
      'ffmpeg',
      rate => [...ffmpeg, '-nostdin', '-f', 'avfoundation', '-i', ':default', ...raw(rate), 'pipe:1'],
    ],
    play: ['ffmpeg', rate => [...ffmpeg, ...raw(rate), '-i', 'pipe:0', '-f', 'audiotoolbox', '-']],
  },
} as const satisfies Readonly<Record<string, Pair>>

export type SoundKind = keyof typeof PAIRS
export const SOUND_KINDS = Object.keys(PAIRS) as readonly SoundKind[]

export interface SoundSearch {
  /** This one and no other. */
  readonly kind?: SoundKind | undefined
  readonly path?: string
  readonly platform?: NodeJS.Platform
}

/**
 * The program of this machine that takes in sound, or plays it, at `rate` Hz. @throws SeamError unsupported, with what
 * was looked for
 */
export function findSoundProgram(direction: SoundDirection, rate: number, search: SoundSearch = {}): SoundProgram {
  const { path = process.env['PATH'] ?? '', platform = process.platform } = search
  const kinds = search.kind ? [search.kind] : SOUND_KINDS
  const looked: string[] = []
  for (const kind of kinds) {
    const pair: Pair = PAIRS[kind]
    if (pair.platform !== undefined && pair.platform !== platform) continue
    const [name, args] = pair[direction]
    const found = onPath(name, path)
    if (found) return { kind, name, path: found, args: args(rate) }
    looked.push(name)
  }
  const [device, file] = direction === 'capture' ? ['microphone', '--input FILE'] : ['loudspeaker', '--output FILE']
  throw new SeamError(
    'unsupported',
    `No program for the ${device} was found (looked for ${looked.join(', ') || 'none: this system has no such program'}). ${ADVICE[platform] ?? ADVICE.linux}, or talk with a file: ${file}.`,
  )
}

const ADVICE: Readonly<Partial<Record<NodeJS.Platform, string>>> & { readonly linux: string } = {
  linux: 'Install one, for example with “apt install pulseaudio-utils” or “apt install alsa-utils”',
  darwin: 'Install one with “brew install sox” or “brew install ffmpeg”',
  win32: 'Install SoX, and have its rec and play on the PATH',
}
