import wasmUrl from '@ffmpeg/core/wasm?url'
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny'
import { expect, it } from 'vitest'
import { memoryTarget, spoken } from '../fixtures.ts'
import { exportWithFfmpeg, MAX_REMUX_SECONDS } from './client.ts'
import { ffmetadata } from './metadata.ts'
import { FFMPEG_NOTICE } from './notice.ts'
import { MAX_REMUX_BYTES, remuxM4b } from './remux.ts'

const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

it('a short book gets its index first, with chapters, tags and the same length of sound', async () => {
  const { target, bytes, state } = memoryTarget()
  const metadata = { title: 'A = B; #1', author: 'A. Writer' }
  const report = await exportWithFfmpeg({ format: 'm4b', metadata, segments: spoken(10), expected: 20 }, target)
  const file = bytes()
  expect(report).toMatchObject({ bytes: file.length, duration: 20 })
  expect(report.chapters).toHaveLength(3)
  expect(state).toMatchObject({ closed: true, aborted: undefined })
  expect(text(file).indexOf('moov')).toBeLessThan(text(file).indexOf('mdat'))
  expect(text(file).match(/chpl/g)).toHaveLength(1)
  const input = new Input({ source: new BufferSource(file), formats: ALL_FORMATS })
  expect(Math.abs((await input.computeDuration()) - 20)).toBeLessThan(0.1)
  expect(await input.getMetadataTags()).toMatchObject({ title: 'A = B; #1', artist: 'A. Writer' })
})

it('a longer book, and one of unknown length, streams instead', async () => {
  for (const expected of [MAX_REMUX_SECONDS + 1, undefined]) {
    const { target, bytes } = memoryTarget()
    await exportWithFfmpeg(
      { format: 'm4b', metadata: { title: 'x' }, segments: spoken(2), ...(expected !== undefined && { expected }) },
      target,
    )
    expect(text(bytes()).indexOf('mdat')).toBeLessThan(text(bytes()).indexOf('moov'))
  }
  const { target, bytes } = memoryTarget()
  await exportWithFfmpeg(
    { format: 'm4b', metadata: { title: 'x' }, segments: spoken(2), expected: MAX_REMUX_SECONDS },
    target,
  )
  expect(text(bytes()).indexOf('moov')).toBeLessThan(text(bytes()).indexOf('mdat'))
})

it('what it can not take is refused in words, and a cancel ends it', async () => {
  const metadata = { title: 'x' }
  await expect(remuxM4b(new Uint8Array(MAX_REMUX_BYTES + 1), [], 1, metadata)).rejects.toMatchObject({
    code: 'bad-input',
  })
  await expect(remuxM4b(new Uint8Array(100), [], 1, metadata)).rejects.toMatchObject({ code: 'engine' })
  await expect(remuxM4b(new Uint8Array(100), [], 1, metadata, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  })
})

it('names in metadata are escaped; the licence is at hand, and the size that is shown is true', async () => {
  expect(ffmetadata({ title: 'a=b;c#d\\e\nf' }, [{ title: 'x=y', start: 1.5 }], 9)).toBe(
    ';FFMETADATA1\ntitle=a\\=b\\;c\\#d\\\\e\\\nf\nalbum=a\\=b\\;c\\#d\\\\e\\\nf\ngenre=Audiobook\nmedia_type=2\n' +
      '[CHAPTER]\nTIMEBASE=1/1000\nSTART=1500\nEND=9000\ntitle=x\\=y\n',
  )
  expect(await (await fetch(FFMPEG_NOTICE.licenceUrl)).text()).toContain('GNU GENERAL PUBLIC LICENSE')
  expect((await (await fetch(wasmUrl)).blob()).size).toBe(FFMPEG_NOTICE.bytes)
})
