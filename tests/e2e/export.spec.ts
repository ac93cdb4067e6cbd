import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { openRecogniser } from '../support/recogniser.ts'
import { wordErrorRate } from '../support/words.ts'
import { readWav } from '../support/wav.ts'
import { exportAs, fetchVoice, heardToTheEnd, newProject, play, text, write } from './narrate.ts'
import { expect, freshStudio, test } from './studio.ts'

const SENTENCES = ['The harbour was quiet before the morning market.', 'Seven boats came in with the tide.']

/** What ffprobe, which none of us wrote, finds in a file. */
function probe(path: string) {
  const args = ['-v', 'error', '-show_streams', '-show_format', '-show_chapters', '-of', 'json', path]
  const { stdout, stderr, status } = spawnSync('ffprobe', args, { encoding: 'utf8' })
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout) as {
    streams: { codec_name: string; codec_type: string; sample_rate: string }[]
    format: { duration: string; tags?: Record<string, string> }
    chapters: { tags?: { title?: string } }[]
  }
}

test.describe.configure({ mode: 'serial' })

test('a new text is rendered and exported in one go, as WAV that a recogniser understands', async ({ page }) => {
  await newProject(page)
  await write(page, SENTENCES.join(' '))
  await play(page).click()
  await fetchVoice(page)
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()

  const { path, name } = await exportAs(page, 'WAV')
  expect(name).toMatch(/\.wav$/)
  const { samples, sampleRate } = readWav(await readFile(path))
  expect(sampleRate).toBe(24_000)
  const heard = await (await openRecogniser()).transcribe(samples, sampleRate)
  expect(wordErrorRate(SENTENCES.join(' '), heard)).toBeLessThan(0.2)
})

const formats = [
  ['MP3', 'mp3', 'mp3'],
  ['M4A', 'm4a', 'aac'],
  ['Opus', 'opus', 'opus'],
  ['M4B', 'm4b', 'aac'],
] as const

for (const [format, extension, codec] of formats) {
  test(`${format} is what it says it is`, async ({ page }) => {
    await openLast(page)
    const { path, name } = await exportAs(page, format)
    expect(name).toMatch(new RegExp(`\\.${extension}$`))
    const { streams, format: container, chapters } = probe(path)
    expect(streams.find(({ codec_type }) => codec_type === 'audio')?.codec_name).toBe(codec)
    expect(Number(container.duration)).toBeGreaterThan(3.5)
    expect(Number(container.duration)).toBeLessThan(8)
    if (format === 'M4B') expect(chapters).toHaveLength(1)
  })
}

test('an audiobook that FFmpeg finished has its index first, and its chapter', async ({ page }) => {
  await openLast(page)
  const { path } = await exportAs(page, 'M4B', true)
  const file = await readFile(path)
  expect(file.indexOf('moov')).toBeLessThan(file.indexOf('mdat'))
  const { streams, chapters } = probe(path)
  expect(streams.find(({ codec_type }) => codec_type === 'audio')?.codec_name).toBe('aac')
  expect(chapters).toHaveLength(1)
})

test('captions follow the sound and hold every word', async ({ page }) => {
  await openLast(page)
  const srt = await readFile((await exportAs(page, 'SRT')).path, 'utf8')
  expect(srt).toMatch(/^1\r?\n00:00:00,\d{3} --> 00:00:0\d,\d{3}\r?\n/)
  expect(
    srt
      .replace(/\d+\r?\n[\d:,]+ --> [\d:,]+/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ).toBe(SENTENCES.join(' '))

  const vtt = await readFile((await exportAs(page, 'WebVTT')).path, 'utf8')
  expect(vtt).toMatch(/^WEBVTT/)

  const words = JSON.parse(await readFile((await exportAs(page, 'Times of every word')).path, 'utf8')) as unknown
  expect(JSON.stringify(words)).toContain('harbour')
})

test('an archive brings the project back, text and sound', async ({ page }) => {
  await openLast(page)
  const first = await readFile((await exportAs(page, 'Voxloom archive')).path)
  const elsewhere = await freshStudio()
  try {
    const other = elsewhere.page
    // The first visit opens a project; the list is where files are brought in.
    await newProject(other)
    await other.getByRole('link', { name: 'All projects' }).click()
    const chooser = other.waitForEvent('filechooser')
    await other.getByRole('button', { name: 'Import', exact: true }).first().click()
    await (await chooser).setFiles({ name: 'again.voxloom', mimeType: 'application/zip', buffer: first })
    await expect(text(other)).toContainText(SENTENCES[1]!)
    const second = await readFile((await exportAs(other, 'Voxloom archive')).path)
    expect(second.equals(first)).toBe(true)

    // No weights here: what is heard came with the archive.
    await play(other).click()
    await heardToTheEnd(other)
  } finally {
    await elsewhere.close()
  }
})

async function openLast(page: Page): Promise<void> {
  await page.goto('/studio/narrate')
  await page
    .getByRole('link', { name: /harbour/i })
    .first()
    .click()
  await expect(text(page)).toContainText(SENTENCES[0]!)
}
