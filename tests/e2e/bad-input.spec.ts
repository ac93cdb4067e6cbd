import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fetchVoice, heardToTheEnd, newProject, play, text, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, test } from './studio.ts'

/** As books come from an archive: two chapters, lines broken at some seventy letters. */
const WRAPPED = `CHAPTER I.

It was a quiet morning, and the boats that had gone out before the light came
back one after another, low in the water, with gulls behind them; and nobody
on the pier thought it odd.

CHAPTER II.

Then the wind turned.
`

test('empty text: Play can do nothing, and says why', async ({ page }) => {
  await newProject(page)
  const button = play(page)
  if (await button.isEnabled()) {
    await button.click()
    await expect(page.getByText(/type|nothing to read/i).first()).toBeVisible()
  } else {
    await expect(page.getByText(/Type or paste your text/).first()).toBeVisible()
  }
})

test('emoji and other scripts are named beside the sentence, and the rest is spoken', async ({ page }) => {
  await newProject(page)
  await write(page, '🙂🙂🙂 Это не по-английски. But this sentence is English and can be heard.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.003)
  await page.getByRole('tab', { name: 'Sentences' }).click()
  await expect(
    page.getByText(/Cannot be read well|does not know this writing|Nothing here can be spoken/).first(),
  ).toBeVisible()
})

test('a megabyte of one word hangs nothing', async ({ page }) => {
  await newProject(page)
  await text(page).click()
  await page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text/plain', 'a'.repeat(1_000_000))
    document.activeElement!.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
  })
  // The page still answers while it takes that in.
  await page.getByRole('link', { name: 'Settings' }).first().click()
  await expect(page).toHaveURL(/settings/)
})

test('a text file over the limit is refused in a sentence; one under it becomes chapters', async ({ page }) => {
  await page.goto('/studio/narrate')
  const give = async (name: string, content: Buffer) => {
    const file = join(await mkdtemp(join(tmpdir(), 'voxloom-import-')), name)
    await writeFile(file, content)
    const chooser = page.waitForEvent('filechooser')
    await page
      .getByRole('button', { name: /^Import|Add chapters/ })
      .first()
      .click()
    await (await chooser).setFiles(file)
  }
  await newProject(page)
  await page.goto('/studio/narrate')
  await give('huge.txt', Buffer.alloc(52_428_801, 'word '))
  await expect(page.getByText(/too large/).first()).toBeVisible()
  await page.goto('/studio/narrate')
  await give('book.txt', Buffer.from(WRAPPED))
  await expect(text(page)).toContainText('nobody on the pier thought it odd.')
})

test('without cross-origin isolation the page says so and still speaks', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'crossOriginIsolated', { get: () => false })
    Reflect.deleteProperty(globalThis, 'SharedArrayBuffer')
  })
  await newProject(page)
  await write(page, 'One thread is enough for this.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.003)
  await page.goto('/studio/settings')
  await expect(page.getByText(/the browser allows one thread only/).first()).toBeVisible()
})

test('in a window without file storage the page says what will be lost, and still speaks', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(StorageManager.prototype, 'getDirectory', {
      value: () => Promise.reject(new DOMException('Not here.', 'SecurityError')),
    })
  })
  await newProject(page)
  await expect(page.getByText('Sound is kept only until this tab closes').first()).toBeVisible()
  await write(page, 'Nothing of this is kept.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  expect(rms(await takeOutput(page))).toBeGreaterThan(0.003)
})
