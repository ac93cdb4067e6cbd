import { afterEach, expect, it, vi } from 'vitest'
import { memoryFile } from './memory.ts'
import { downloadTarget, openTarget } from './target.ts'
import { writeText } from './text.ts'

type Picker = { showSaveFilePicker?: unknown }
const original = (window as Picker).showSaveFilePicker

/** Catches the download that a link's click would begin. */
function caught(): { name: string; bytes: Promise<Uint8Array> }[] {
  const downloads: { name: string; bytes: Promise<Uint8Array> }[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    const bytes = fetch(this.href).then(async answer => new Uint8Array(await answer.arrayBuffer()))
    downloads.push({ name: this.download, bytes })
  })
  return downloads
}

async function waiting(): Promise<number> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('exports', { create: true })
  let count = 0
  for await (const _ of folder.keys()) count++
  return count
}

afterEach(async () => {
  vi.restoreAllMocks()
  ;(window as Picker).showSaveFilePicker = original
  await (await navigator.storage.getDirectory()).removeEntry('exports', { recursive: true }).catch(() => {})
})

it('a download has every byte, patched ones too', async () => {
  const downloads = caught()
  const writer = (await downloadTarget('a.wav', 'audio/wav')).getWriter()
  await writer.write({ type: 'write', data: Uint8Array.of(1, 2, 3, 4), position: 0 })
  await writer.write({ type: 'write', data: Uint8Array.of(5), position: 4 })
  await writer.write({ type: 'write', data: Uint8Array.of(9), position: 1 })
  await writer.close()
  expect(downloads.map(download => download.name)).toEqual(['a.wav'])
  expect(await downloads[0]?.bytes).toEqual(Uint8Array.of(1, 9, 3, 4, 5))
})

it('an aborted target leaves nothing and downloads nothing', async () => {
  const downloads = caught()
  const writer = (await downloadTarget('a.wav', 'audio/wav')).getWriter()
  await writer.write({ type: 'write', data: Uint8Array.of(1), position: 0 })
  // The file, and the browser's own copy that is being written.
  expect(await waiting()).toBeGreaterThan(0)
  await writer.abort()
  expect(await waiting()).toBe(0)
  expect(downloads).toEqual([])
})

it('writes to the file that was chosen', async () => {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('exports', { create: true })
  const handle = await folder.getFileHandle('chosen.srt', { create: true })
  ;(window as Picker).showSaveFilePicker = () => Promise.resolve(handle)
  const pieces = async function* () {
    yield 'é'
    yield 'x'.repeat(70_000)
    yield 'end'
  }
  expect(await writeText(pieces(), await openTarget('a.srt', 'application/x-subrip'))).toBe(70_005)
  expect(await (await handle.getFile()).text()).toBe('é' + 'x'.repeat(70_000) + 'end')
})

it('a closed picker is a cancel, a forbidden one a download', async () => {
  ;(window as Picker).showSaveFilePicker = () => Promise.reject(new DOMException('', 'AbortError'))
  await expect(openTarget('a.srt', 'text/plain')).rejects.toMatchObject({ code: 'cancelled' })
  ;(window as Picker).showSaveFilePicker = () => Promise.reject(new DOMException('', 'SecurityError'))
  const downloads = caught()
  await (await openTarget('a.srt', 'text/plain')).getWriter().close()
  expect(downloads).toHaveLength(1)
})

it('a file in memory: at its limit, and one past it', async () => {
  const file = memoryFile(4)
  await file.write(Uint8Array.of(1, 2), 2)
  await file.write(Uint8Array.of(7), 0)
  expect(new Uint8Array(await (await file.close()).arrayBuffer())).toEqual(Uint8Array.of(7, 0, 1, 2))
  expect(() => memoryFile(4).write(Uint8Array.of(1, 2), 3)).toThrow(/larger than 0 MB/)
})

it('without a private file system memory stands in', async () => {
  vi.spyOn(navigator.storage, 'getDirectory').mockRejectedValue(new DOMException('', 'SecurityError'))
  const downloads = caught()
  const writer = (await downloadTarget('a.wav', 'audio/wav')).getWriter()
  await writer.write({ type: 'write', data: Uint8Array.of(1), position: 0 })
  await writer.close()
  expect(await downloads[0]?.bytes).toEqual(Uint8Array.of(1))
})
