import { afterEach, describe, expect, it } from 'vitest'
import { bytesInto, downloadTarget, memoryTarget, sweepExports, type ExportTarget } from './export-target.ts'
import { writeText } from './exporting.ts'

const bytes = (...values: number[]) => new Uint8Array(values)

/** The file that a click on a download link would save. */
function nextDownload(): Promise<{ name: string; content: Uint8Array }> {
  return new Promise(resolve => {
    document.addEventListener(
      'click',
      async event => {
        event.preventDefault()
        const { href, download } = event.target as HTMLAnchorElement
        resolve({ name: download, content: new Uint8Array(await (await fetch(href)).arrayBuffer()) })
      },
      { once: true },
    )
  })
}

async function exportsLeft(): Promise<string[]> {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle('exports', { create: true })
  return Array.fromAsync(folder.keys())
}

afterEach(async () => {
  const root = await navigator.storage.getDirectory()
  await root.removeEntry('exports', { recursive: true }).catch(() => undefined)
})

describe.each([
  ['in the browser’s storage', (): Promise<ExportTarget> => downloadTarget('book.mp3', 'audio/mpeg')],
  ['in memory', async (): Promise<ExportTarget> => memoryTarget('book.mp3', 'audio/mpeg')],
])('an export %s', (_where, open) => {
  it('is downloaded as it was written, what was rewritten included', async () => {
    const target = await open()
    const writer = target.stream.getWriter()
    await writer.write({ type: 'write', data: bytes(0, 0, 3, 4), position: 0 })
    await writer.write({ type: 'write', data: new Uint8Array(2_000_000).fill(7), position: 4 })
    await writer.write({ type: 'write', data: bytes(1, 2), position: 0 })
    await writer.close()
    const saved = nextDownload()
    await target.finish()
    const { name, content } = await saved
    expect(name).toBe('book.mp3')
    expect(content.length).toBe(2_000_004)
    expect([...content.slice(0, 5)]).toEqual([1, 2, 3, 4, 7])
  })

  it('takes text and bytes that follow one another', async () => {
    const target = await open()
    async function* pieces() {
      yield 'Grüße, '
      yield '世界\n'
    }
    expect(await writeText(pieces(), target)).toBe(16)
    const saved = nextDownload()
    await target.finish()
    expect(new TextDecoder().decode((await saved).content)).toBe('Grüße, 世界\n')
  })
})

it('leaves nothing behind when it is discarded', async () => {
  const target = await downloadTarget('book.mp3', 'audio/mpeg')
  const writer = bytesInto(target).getWriter()
  await writer.write(bytes(1, 2, 3))
  await writer.abort(new Error('cancelled')).catch(() => undefined)
  await target.discard()
  expect(await exportsLeft()).toEqual([])
})

it('sweeps what is older than a day and keeps what is not', async () => {
  const target = await downloadTarget('book.mp3', 'audio/mpeg')
  await bytesInto(target).getWriter().close()
  const day = 24 * 3_600_000
  await sweepExports(Date.now() + day - 60_000)
  expect((await exportsLeft()).length).toBe(1)
  await sweepExports(Date.now() + day + 60_000)
  expect(await exportsLeft()).toEqual([])
})
