/** What every plugin sees of the host's environment. docs/plugin-protocol.md, 8. */
const SHARED = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'LANG', 'TMPDIR']
const SHARED_WINDOWS = ['SystemRoot', 'USERPROFILE', 'TEMP', 'APPDATA', 'LOCALAPPDATA', 'PATHEXT', 'PATH', 'LANG']

type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param declared names of the manifest's `env`
 * @param models folder of the weights, for those who declared `VOXLOOM_MODELS`
 */
export function pluginEnvironment(
  declared: readonly string[],
  models: string,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const all: Environment = { ...env, VOXLOOM_MODELS: models }
  const found: Record<string, string> = {}
  for (const name of [...(platform === 'win32' ? SHARED_WINDOWS : SHARED), ...declared]) {
    const value = all[name]
    if (value !== undefined) found[name] = value
  }
  return found
}
