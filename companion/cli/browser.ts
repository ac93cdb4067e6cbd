import { spawn } from 'node:child_process'

/** Opens an address in the user's browser; false where there is no screen to open it on. */
export function openBrowser(address: string): boolean {
  const { platform, env } = process
  if (env.CI || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) return false
  const [command, ...args] =
    platform === 'darwin'
      ? ['open', address]
      : platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', address]
        : ['xdg-open', address]
  const child = spawn(command!, args, { detached: true, stdio: 'ignore' })
  // No such program: the address was printed, too.
  child.once('error', () => undefined)
  child.unref()
  return true
}
