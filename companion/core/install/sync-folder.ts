import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes names in a folder outlive a loss of power. Windows has no such call, and keeps its own order. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } catch (error) {
    // Some file systems of networks know no such thing.
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw error
  } finally {
    closeSync(folder)
  }
}
