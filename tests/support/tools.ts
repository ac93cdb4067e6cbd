import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** Programs that the tests drive and that npm does not bring. */
export interface Tools {
  readonly chromium: string
  readonly ffprobe: string
}

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Finds them, or installs them through apt where that can be done. @throws Error saying what to install */
export async function ensureTools(): Promise<Tools> {
  const missing: string[] = []
  if (!findChromium()) missing.push('chromium')
  if (!onPath('ffprobe')) missing.push('ffmpeg')
  if (!onPath('espeak-ng')) missing.push('espeak-ng')
  if (!onPath('redis-server')) missing.push('redis-server')
  // Plugins are confined by it, on Linux alone.
  if (process.platform === 'linux' && !onPath('bwrap')) missing.push('bubblewrap')
  // Completion is parsed by the shells that it is for; one that can't be had is left out.
  for (const shell of ['zsh', 'fish']) if (!onPath(shell)) missing.push(shell)
  if (missing.length > 0) install(missing)
  const chromium = findChromium()
  const ffprobe = onPath('ffprobe')
  if (!chromium) throw new Error('No Chromium was found. Install it, or set CHROMIUM to its path.')
  if (!onPath('espeak-ng')) throw new Error('No espeak-ng was found. Install it: a plugin speaks through it.')
  if (!onPath('redis-server')) throw new Error('No redis-server was found. Install it: workers are tested with it.')
  if (!ffprobe) throw new Error('No ffprobe was found. Install ffmpeg: the tests open exported files with it.')
  return { chromium, ffprobe }
}

/**
 * A cargo of rustup's needs to know where its toolchains are, and looks in the home folder, which may be another one
 * now: they lie beside the program.
 */
function findToolchains(): void {
  const cargo = onPath('cargo')
  if (!cargo || spawnSync(cargo, ['--version']).status === 0) return
  const beside = join(dirname(cargo), '..', '..', '.rustup')
  if (existsSync(beside)) process.env['RUSTUP_HOME'] = beside
}

/**
 * Makes sure that programs are there, through apt where that can be done.
 * @param wanted the Debian package of each program @throws Error naming what to install
 */
export function ensurePrograms(wanted: Readonly<Record<string, string>>): void {
  findToolchains()
  const absent = () => Object.keys(wanted).filter(program => !onPath(program))
  const missing = absent()
  if (missing.length > 0) install(missing.map(program => wanted[program]!))
  const still = absent()
  if (still.length > 0) throw new Error(`These programs are needed and not here: ${still.join(', ')}. Install them.`)
}

function findChromium(): string | undefined {
  const named = process.env['CHROMIUM']
  if (named && existsSync(named)) return named
  return BROWSERS.map(onPath).find(Boolean) ?? PLACES.find(place => existsSync(place))
}

function onPath(program: string): string | undefined {
  const suffix = process.platform === 'win32' ? '.exe' : ''
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, program + suffix))
    .find(path => existsSync(path))
}

function install(packages: readonly string[]): void {
  if (!onPath('apt-get')) return
  const sudo = process.getuid?.() === 0 ? [] : onPath('sudo') ? ['sudo', '-n'] : undefined
  if (!sudo) return
  console.log(`Installing ${packages.join(' and ')} …`)
  const apt = (...args: string[]) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-qq', ...args]
    return spawnSync(command!, rest, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
  }
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...packages)
}
