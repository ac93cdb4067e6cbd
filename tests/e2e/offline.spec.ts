import { readFile } from 'node:fs/promises'
import { openRecogniser } from '../support/recogniser.ts'
import { wordErrorRate } from '../support/words.ts'
import { readWav } from '../support/wav.ts'
import { exportAs, fetchVoice, heardToTheEnd, newProject, play, text, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, freshStudio, test } from './studio.ts'

test('with the companion gone after the first visit, the page reloads, speaks and exports', async () => {
  const studio = await freshStudio()
  try {
    const { page } = studio
    await newProject(page)
    await write(page, 'The first sentence is spoken with a network.')
    await play(page).click()
    await fetchVoice(page)
    await heardToTheEnd(page)
    await page.evaluate(() => navigator.serviceWorker.ready)
    await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()

    await studio.companion.stop()
    await page.reload()
    await expect(text(page)).toContainText('The first sentence')
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await write(page, 'The second one is spoken with no network at all.')
    await takeOutput(page)
    await play(page).click()
    await heardToTheEnd(page)
    expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)

    const { path } = await exportAs(page, 'WAV')
    const { samples, sampleRate } = readWav(await readFile(path))
    const heard = await (await openRecogniser()).transcribe(samples, sampleRate)
    expect(wordErrorRate('The second one is spoken with no network at all', heard)).toBeLessThan(0.2)
  } finally {
    await studio.close()
  }
})

test('a visit on an empty profile offers the voice and says so when it can not be fetched', async () => {
  const studio = await freshStudio()
  try {
    const { page } = studio
    await newProject(page)
    await write(page, 'Nobody can say this yet.')
    await page.route(/\/models\/|\/resolve\//, route => route.abort('connectionfailed'))
    await play(page).click()
    await page.getByRole('button', { name: /^Fetch / }).click()
    await expect(page.getByText(/What has arrived is kept/).first()).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(text(page)).toContainText('Nobody can say this yet.')
  } finally {
    await studio.close()
  }
})
