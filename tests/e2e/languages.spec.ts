import { fetchVoice, heardToTheEnd, newProject, play, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, test } from './studio.ts'

test('a French text is read by eSpeak, whose licence is shown and which is fetched only then', async ({ page }) => {
  const fetched: string[] = []
  page.on('request', request => fetched.push(request.url()))
  await newProject(page)
  await write(page, 'Les enfants ont vingt et un ans.')
  await page.getByRole('combobox', { name: 'Language of the text' }).selectOption('French')
  await expect(page.getByRole('link', { name: 'GPL-3.0-or-later' })).toBeVisible()
  expect(fetched.filter(url => url.includes('espeak-ng'))).toEqual([])
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)
})

test('a Japanese voice offers its own files, and reads kana', async ({ page }) => {
  await newProject(page)
  await write(page, 'こんにちは。ふねが ななつ かえってきました。')
  await page.getByRole('combobox', { name: 'Language', exact: true }).click()
  await page.getByRole('option', { name: 'Japanese' }).click()
  await page.getByRole('button', { name: /^Alpha/ }).click()
  await play(page).click()
  await page.getByRole('button', { name: /^Fetch / }).click()
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)
})

test('exporting with a voice whose files are missing offers them first', async ({ page }) => {
  // As on a machine that has English alone.
  await page.goto('/studio/narrate')
  await page.evaluate(async () => {
    const cache = await caches.open('voxloom-models-v1')
    for (const request of await cache.keys()) if (request.url.includes('kokoro-voices-ja')) await cache.delete(request)
  })
  await newProject(page)
  await write(page, 'ふねが ひとつ かえってきました。')
  await page.getByRole('combobox', { name: 'Language', exact: true }).click()
  await page.getByRole('option', { name: 'Japanese' }).click()
  await page.getByRole('button', { name: /^Kumo/ }).click()
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /^MP3/ }).click()
  const download = page.waitForEvent('download', { timeout: 200_000 })
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByRole('button', { name: /^Fetch / }).click()
  expect((await download).suggestedFilename()).toMatch(/\.mp3$/)
})
