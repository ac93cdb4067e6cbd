/** A microphone that can be asked for by its id. */
export interface MicrophoneDevice {
  readonly id: string
  /** Empty before the permission is given. */
  readonly label: string
}

/** `unknown` where the browser does not say before it is asked. */
export type MicrophonePermission = 'granted' | 'denied' | 'prompt' | 'unknown'

/** Entries of Chromium that stand for whatever the system prefers: the same devices are listed by their own names. */
const aliases = ['default', 'communications']

/**
 * The microphones that are connected. Before the permission is given most browsers name none of them, and the list is
 * empty.
 */
export async function listMicrophones(): Promise<readonly MicrophoneDevice[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '' && !aliases.includes(deviceId))
    .map(({ deviceId, label }) => ({ id: deviceId, label }))
}

/** Calls back with the list when a device comes or goes. @returns an end to it */
export function watchMicrophones(listener: (devices: readonly MicrophoneDevice[]) => void): () => void {
  const scope = new AbortController()
  navigator.mediaDevices?.addEventListener(
    'devicechange',
    () => void listMicrophones().then(devices => !scope.signal.aborted && listener(devices)),
    { signal: scope.signal },
  )
  return () => scope.abort()
}

async function permissionStatus(): Promise<PermissionStatus | undefined> {
  // Some browsers have no such permission, and say so with an error.
  return navigator.permissions?.query({ name: 'microphone' }).catch(() => undefined)
}

/** Whether the page may listen. Asks nobody. */
export async function microphonePermission(): Promise<MicrophonePermission> {
  return (await permissionStatus())?.state ?? 'unknown'
}

/** Calls back when the permission is given or taken, in whichever way the browser has for that. @returns an end to it */
export function watchPermission(listener: (permission: MicrophonePermission) => void): () => void {
  const scope = new AbortController()
  void permissionStatus().then(status =>
    status?.addEventListener('change', () => listener(status.state), { signal: scope.signal }),
  )
  return () => scope.abort()
}
