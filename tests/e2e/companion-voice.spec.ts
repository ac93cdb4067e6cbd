import type { Page } from 'playwright/test'
import { fetchVoice, heardToTheEnd, newProject, play, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, freshStudio, startCompanion, test } from './studio.ts'

const SPOKEN = [
  'The lighthouse keeper wrote everything down.',
  'On Monday the fog came in before noon.',
  'On Tuesday a barge went past without its lights.',
  'On Thursday the supply boat brought bread and two letters.',
].join(' ')

/** Chooses who speaks, in the companion's own corner. */
async function letCompanionSpeak(page: Page, wanted: boolean): Promise<void> {
  await page.getByRole('button', { name: 'Companion connected' }).click()
  await page.getByRole('switch', { name: 'Let the companion speak' }).setChecked(wanted)
  await page.keyboard.press('Escape')
}

const speakingHere = (page: Page) => page.workers().some(worker => /\/wasm-[^/]*\.js/.test(worker.url()))

test('the companion speaks in the browser’s place, and the browser goes on when it is gone', async () => {
  const studio = await freshStudio()
  const { page, companion } = studio
  try {
    await newProject(page)
    await letCompanionSpeak(page, true)
    await write(page, 'Nothing was fetched for this sentence.')
    await play(page).click()
    await heardToTheEnd(page)
    expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)
    expect(speakingHere(page)).toBe(false)
    await page.goto('/studio/settings')
    await expect(page.getByText(/^Companion, \d+ threads?/)).toBeVisible()

    // The browser has the voice, too, in case.
    await newProject(page)
    await letCompanionSpeak(page, false)
    await write(page, 'And this one is made here.')
    await play(page).click()
    await fetchVoice(page)
    await heardToTheEnd(page)
    expect(speakingHere(page)).toBe(true)

    await page.reload()
    await letCompanionSpeak(page, true)
    await write(page, SPOKEN)
    await takeOutput(page)
    await play(page).click()
    await expect.poll(async () => rms(await takeOutput(page)), { timeout: 60_000 }).toBeGreaterThan(0.005)
    await companion.kill()
    await expect(page.getByText('This browser speaks for the companion')).toBeVisible()
    await heardToTheEnd(page)
    expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)
    expect(speakingHere(page)).toBe(true)
    await expect(page.getByText('4 of 4').or(page.getByText('All ready')).first()).toBeVisible()

    const again = await startCompanion(companion.port, companion.home)
    await page.getByRole('button', { name: 'No companion' }).click()
    await page.getByRole('button', { name: 'Look again' }).click()
    await expect(page.getByText('This browser speaks for the companion')).toBeHidden()
    await again.stop()
  } finally {
    await studio.close()
  }
})
