import { openRecogniser } from '../support/recogniser.ts'
import { wordErrorRate } from '../support/words.ts'
import { fetchVoice, heardToTheEnd, newProject, play, text, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, test } from './studio.ts'

test('type, press Play, fetch the voice once, and hear what was typed', async ({ page }) => {
  await newProject(page)
  await write(page, 'The lighthouse keeper trimmed the lamp at 7:30 and went down the stairs.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)

  const output = await takeOutput(page)
  expect(rms(output)).toBeGreaterThan(0.005)
  const heard = await (await openRecogniser()).transcribe(output.samples, output.sampleRate)
  expect(wordErrorRate('The lighthouse keeper trimmed the lamp at 7:30 and went down the stairs', heard)).toBeLessThan(
    0.2,
  )
})

test('the text is there after a reload, and its sound is not made twice', async ({ page }) => {
  await newProject(page)
  await write(page, 'Nothing that was made is made again.')
  await play(page).click()
  await heardToTheEnd(page)
  await takeOutput(page)
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()

  await page.reload()
  await expect(text(page)).toContainText('Nothing that was made is made again.')
  // Weights out of reach: only kept sound can be heard now.
  await page.evaluate(() => caches.delete('voxloom-models-v1'))
  await play(page).click()
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.005)
})
