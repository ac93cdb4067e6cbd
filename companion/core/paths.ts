import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the product: where package.json lies, with a slash at the end removed. */
export const productRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

/** Whether this runs from a checkout, where weights may lie beside the code, rather than from an installed package. */
export function isCheckout(root = productRoot): boolean {
  return existsSync(join(root, 'vite.config.ts'))
}

/** Where the user's files of one kind live. */
export interface UserFolders {
  readonly config: string
  readonly data: string
  readonly state: string
  readonly cache: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Folders by the XDG base directory specification: a variable counts only when it is an absolute path. Windows, which
 * has no such specification, uses its own application data folders.
 */
export function userFolders(
  env: Environment = process.env,
  platform = process.platform,
  home = homedir(),
): UserFolders {
  const local = platform === 'win32' ? (env.LOCALAPPDATA ?? join(home, 'AppData', 'Local')) : undefined
  const roaming = platform === 'win32' ? (env.APPDATA ?? join(home, 'AppData', 'Roaming')) : undefined
  const folder = (variable: string, fallback: string) => {
    const value = env[variable]
    return join(value && isAbsoluteFor(value, platform) ? value : fallback, 'voxloom')
  }
  return {
    config: folder('XDG_CONFIG_HOME', roaming ?? join(home, '.config')),
    data: folder('XDG_DATA_HOME', local ?? join(home, '.local', 'share')),
    state: folder('XDG_STATE_HOME', local ?? join(home, '.local', 'state')),
    cache: folder('XDG_CACHE_HOME', local ? join(local, 'Temp') : join(home, '.cache')),
  }
}

function isAbsoluteFor(path: string, platform: NodeJS.Platform): boolean {
  return platform === 'win32' ? /^[a-z]:[\\/]|^\\\\/i.test(path) : path.startsWith('/')
}
