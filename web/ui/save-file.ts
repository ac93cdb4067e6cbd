/** Windows, macOS and Linux each refuse some of these in a file's name. */
const FORBIDDEN = /[\u0000-\u001f\u007f<>:"/\\|?*]+/g

export function fileName(title: string, extension: string): string {
  const base = title
    .replace(FORBIDDEN, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120)
    .trim()
  return `${base || 'voxloom'}.${extension}`
}

/** Milliseconds that a browser needs at most to begin a download; the address is given back after that. */
const DOWNLOAD_STARTS = 60_000

/** Hands a file to the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_STARTS)
}

type Picker = (options: { suggestedName: string; startIn?: string }) => Promise<FileSystemFileHandle>

/** Asks where to put a file. @returns undefined where the browser has no such dialog, `cancelled` when it was closed */
export async function askForFile(name: string): Promise<FileSystemFileHandle | 'cancelled' | undefined> {
  const pick = (window as { showSaveFilePicker?: Picker }).showSaveFilePicker
  if (!pick) return undefined
  try {
    return await pick.call(window, { suggestedName: name })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return 'cancelled'
    return undefined // refused by policy, or no gesture left: downloads still work
  }
}

/** Saves a small file where the user wants it. */
export async function saveBlob(file: Blob, name: string): Promise<void> {
  const handle = await askForFile(name)
  if (handle === 'cancelled') return
  if (!handle) return download(file, name)
  const out = await handle.createWritable()
  await out.write(file)
  await out.close()
}
