import { readFile } from 'node:fs/promises'
import { isHeard } from './output.ts'
import { addStep, begin, button, lastRun, test } from './plugin-room.ts'
import { expect } from './studio.ts'

test('text becomes an MP3 that can be heard and saved', async ({ page, companion }) => {
  await begin(page, companion, 'book')
  await page
    .getByRole('textbox', { name: 'Text to work on' })
    .fill('The harbour was quiet. The boats lay side by side.')
  for (const plugin of ['text-normalize', 'kokoro-tts', 'encode-mp3']) await addStep(page, plugin)
  await expect(page.getByText('Everything fits. Makes: MP3')).toBeVisible()
  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible({ timeout: 150_000 })
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration)).toBeGreaterThan(2)
  await audio.evaluate((element: HTMLAudioElement) => element.play())
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0.2)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download book.mp3' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('book.mp3')
  expect((await readFile(await file.path())).length).toBeGreaterThan(5000)
})

test('a file that is no text goes as it is, and its pipeline need not be saved', async ({ page, companion }) => {
  await begin(page, companion, 'pack')
  await addStep(page, 'encode-mp3')
  // One second of a tone, 16 bits at 24 kHz.
  const tone = new Int16Array(24_000).map((_, at) => 8000 * Math.sin((at * 440 * 2 * Math.PI) / 24_000))
  await page.getByRole('radio', { name: 'File' }).check({ force: true })
  const chooser = page.waitForEvent('filechooser')
  await button(page, 'Choose a file').click()
  await (
    await chooser
  ).setFiles({ name: 'tone.pcm', mimeType: 'application/octet-stream', buffer: Buffer.from(tone.buffer) })
  await expect(page.getByRole('textbox', { name: 'Type of the file' })).toHaveValue('audio/pcm;rate=24000;channels=1')
  await expect(page.getByText('Everything fits. Makes: MP3')).toBeVisible()
  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible()
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => Math.round(element.duration))).toBe(1)
  await expect(page.getByRole('link', { name: 'pack', exact: true })).toHaveCount(0)
})

const LONG = Array.from({ length: 60 }, (_, at) => `This is sentence number ${at + 1} of a long story.`).join(' ')

test('sound is heard while it is made, as MP3 and as samples', async ({ page, companion }) => {
  await begin(page, companion, 'live')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill(LONG)
  await addStep(page, 'kokoro-tts')
  const listen = button(page, 'Listen while it is made')
  const stopped = lastRun(page).getByText('Stopped', { exact: true })
  const cancel = lastRun(page).getByRole('button', { name: /^Cancel/ })

  await button(page, 'Run').click()
  await listen.click()
  await expect(button(page, 'Stop listening')).toBeVisible()
  await expect.poll(() => isHeard(page)).toBe(true)
  await cancel.click()
  await expect(stopped).toBeVisible()
  // What was made is kept: as a file that can be played, head and all.
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration)).toBeGreaterThan(1)

  await addStep(page, 'encode-mp3')
  await button(page, 'Run').click()
  await expect(stopped).toHaveCount(0)
  await listen.click()
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0.5)
  await expect(lastRun(page).getByText('Running', { exact: true })).toBeVisible()
  await cancel.click()
  await expect(stopped).toBeVisible()
})

test('a run is stopped, is found among the jobs with its log, and is deleted', async ({ page, companion }) => {
  await begin(page, companion, 'slow')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill('x')
  await addStep(page, 'slow')
  await expect(page.getByText('Everything fits.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+Enter')
  // Its text comes while it runs.
  await expect(page.getByRole('region', { name: 'Output as text' })).toContainText('aaa')

  // The shell shows it, too; but it is the companion's, and goes on without the page.
  await page.getByRole('button', { name: '1 job running' }).click()
  const tray = page.getByRole('region', { name: 'Jobs', exact: true }).filter({ hasText: 'Pipeline slow' })
  await expect(tray.getByRole('button', { name: 'Cancel: Pipeline slow' })).toBeVisible()
  await page.reload()
  await page.getByRole('link', { name: /^Jobs/ }).click()
  const job = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first()
  await expect(job.getByText('Running', { exact: true })).toBeVisible()
  await job.getByRole('button', { name: /^Cancel/ }).click()
  await expect(job.getByText('Stopped', { exact: true })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'slow was stopped.' })).toHaveCount(1)

  await job.getByRole('button', { name: /Output and log/ }).click()
  await expect(page).toHaveURL(/\/jobs\/.+/)
  await expect(job.getByRole('region', { name: 'Output as text' })).toContainText('aaa')
  await job.getByText('Log', { exact: false }).last().click()
  await expect(job.getByRole('region', { name: 'Log' })).toContainText('I am slow.')

  await job.getByRole('button', { name: 'Delete the job slow' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Jobs' }).getByText('Stopped', { exact: true })).toHaveCount(0)
})
