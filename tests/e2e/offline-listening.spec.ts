import type { Page } from 'playwright/test'
import { wavHeader } from '../../web/export/encode/wav-header.ts'
import { speak } from '../support/speaking.ts'
import { wordErrorRate, wordsOf } from '../support/words.ts'
import { wordsHeard } from './heard.ts'
import { takeOutput } from './output.ts'
import { giveMicrophone, sayTo, type Speech } from './spoken-input.ts'
import { expect, freshStudio, test as base, type FreshStudio } from './studio.ts'

const WRITTEN = 'The old lighthouse keeper walked slowly down the narrow stairs.'
const LIVE = 'Heavy rain fell on the roof all through the night.'
const REPEATED = 'The garden is quiet today.'

/** A browser in which everybody has listened and spoken once; then the companion is gone, and the network, too. */
const test = base.extend<{ page: Page }, { cut: FreshStudio; sayings: Readonly<Record<string, Speech>> }>({
  sayings: [
    async ({}, use) => {
      const texts = [WRITTEN, LIVE, REPEATED]
      const sayings = await Promise.all(texts.map(async text => [text, await speak(text)] as const))
      await use(Object.fromEntries(sayings))
    },
    { scope: 'worker' },
  ],
  cut: [
    async ({}, use) => {
      const studio = await freshStudio(giveMicrophone)
      const { page } = studio
      await page.goto('/studio/converse')
      await page.getByRole('button', { name: 'Open the microphone' }).click()
      await page
        .getByRole('dialog')
        .getByRole('button', { name: /^Fetch / })
        .click()
      await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })
      await page.evaluate(() => navigator.serviceWorker.ready)
      await page.close()
      await studio.companion.stop()
      await studio.context.setOffline(true)
      await use(studio)
      await studio.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ cut }, use) => {
    const page = await cut.context.newPage()
    await use(page)
    await page.close()
  },
})

const state = (page: Page) => page.getByTestId('state')
const transcript = (page: Page) => page.getByRole('textbox', { name: 'Transcript', exact: true })

/** As a recording of it would be, for a file input. */
function fileOf({ samples, sampleRate }: Speech): Buffer {
  const pcm = Int16Array.from(samples, sample => Math.max(-1, Math.min(1, sample)) * 32_767)
  return Buffer.concat([wavHeader(sampleRate, pcm.length, { title: '' }), Buffer.from(pcm.buffer)])
}

test('a recording becomes text with the network cut', async ({ page, sayings }) => {
  await page.goto('/studio/transcribe')
  await expect(page.getByRole('button', { name: 'Record', exact: true }).first()).toBeVisible()
  expect(await page.evaluate(() => [navigator.onLine, crossOriginIsolated])).toEqual([false, true])
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'memo.wav', mimeType: 'audio/wav', buffer: fileOf(sayings[WRITTEN]!) })
  await expect(transcript(page)).toContainText(/stairs/i)
  expect(wordErrorRate(WRITTEN, await transcript(page).innerText())).toBeLessThan(0.2)
})

test('what is said into the microphone is read along with the network cut', async ({ page, sayings }) => {
  await page.goto('/studio/transcribe')
  await page.getByRole('button', { name: 'Record', exact: true }).first().click()
  await expect(page.getByRole('heading', { name: 'Recording', exact: true })).toBeVisible()
  await sayTo(page, sayings[LIVE]!)
  await expect(page.getByRole('log')).toContainText(/night/i)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(transcript(page)).toContainText(/night/i)
  expect(wordErrorRate(LIVE, await transcript(page).innerText())).toBeLessThan(0.2)
})

test('“repeat after me” hears, understands and says it back with the network cut', async ({ page, sayings }) => {
  await page.goto('/studio/converse')
  await expect(page.getByText('No language model is chosen')).toBeVisible()
  await page.getByRole('button', { name: 'Open the microphone' }).click()
  await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })
  await takeOutput(page)
  await sayTo(page, sayings[REPEATED]!)
  const turn = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')
  await expect(turn).toHaveCount(1, { timeout: 180_000 })
  // Once by whoever spoke, and once by the voice that repeats it.
  await expect(turn.getByText(/quiet today/i)).toHaveCount(2)
  expect(await wordsHeard(page)).toEqual(wordsOf(REPEATED))
})
