import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Page } from 'playwright/test'
import { root } from '../support/models.ts'
import { fetchVoice, newProject, play, text } from './narrate.ts'
import { expect, test } from './studio.ts'

// The pictures of the README and the guide. Every run takes them anew beside the other results; only
// UPDATE_SCREENSHOTS=1 replaces those in docs/images, so that a run leaves the work tree as it found it.

const taken = join(root, 'test-results', 'screenshots')
const kept = join(root, 'docs', 'images')

const DESKTOP = { width: 1280, height: 860 }
const PHONE = { width: 390, height: 844 }

/** Kenneth Grahame, The Wind in the Willows (1908), in the public domain. */
const BOOK = `# The Wind in the Willows

## The River Bank

The Mole had been working very hard all the morning, spring-cleaning his little home. First with brooms, then with
dusters; then on ladders and steps and chairs, with a brush and a pail of whitewash; till he had dust in his throat and
eyes, and splashes of whitewash all over his black fur, and an aching back and weary arms. Spring was moving in the air
above and in the earth below and around him, penetrating even his dark and lowly little house with its spirit of divine
discontent and longing.

“This is fine!” he said to himself. “This is better than whitewashing!” The sunshine struck hot on his fur, soft breezes
caressed his heated brow, and after the seclusion of the cellarage he had lived in so long the carol of happy birds fell
on his dulled hearing almost like a shout.

It all seemed too good to be true. Hither and thither through the meadows he rambled busily, along the hedgerows, across
the copses, finding everywhere birds building, flowers budding, leaves thrusting—everything happy, and progressive, and
occupied.

## The Open Road

“Ratty,” said the Mole suddenly, one bright summer morning, “if you please, I want to ask you a favour.”

The Rat was sitting on the river bank, singing a little song. He had just composed it himself, so he was very taken up
with it, and would not pay proper attention to Mole or anything else.
`

/** Takes a picture, and holds the one in the documentation to its size. */
async function picture(page: Page, name: string): Promise<void> {
  const file = join(taken, `${name}.png`)
  await page.mouse.move(0, 0)
  await page.screenshot({ path: file, animations: 'disabled' })
  if (process.env['UPDATE_SCREENSHOTS'] === '1') {
    await mkdir(kept, { recursive: true })
    await copyFile(file, join(kept, `${name}.png`))
  }
  expect(await sizeOf(join(kept, `${name}.png`)), `docs/images/${name}.png`).toEqual(await sizeOf(file))
}

/** Width and height from a PNG's header chunk (PNG specification, 11.2.2). */
async function sizeOf(path: string): Promise<{ width: number; height: number }> {
  const bytes = await readFile(path)
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG')
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** Notices come and go by themselves; pictures are taken without them. */
const noticesGone = (page: Page) =>
  expect(page.getByRole('region', { name: /Notifications/ }).getByRole('listitem')).toHaveCount(0)

test('the pictures of the documentation can be taken, and those kept have their sizes', async ({ page }) => {
  test.slow()
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light' })

  await newProject(page)
  await page.goto('/studio/narrate')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await (await chooser).setFiles({ name: 'willows.md', mimeType: 'text/markdown', buffer: Buffer.from(BOOK) })
  await expect(text(page)).toContainText('The Mole had been working very hard')

  await page.getByRole('tab', { name: 'Sentences' }).click()
  const ready = page.getByRole('list', { name: 'Sentences' }).getByRole('listitem').filter({ hasText: 'Ready' })
  await play(page).click()
  await fetchVoice(page)
  await expect.poll(() => ready.count(), { timeout: 400_000 }).toBeGreaterThanOrEqual(3)
  await page.getByRole('tab', { name: 'Voice' }).click()
  await noticesGone(page)
  await picture(page, 'narrate')

  const pause = page.getByRole('button', { name: 'Pause', exact: true }).first()
  if (await pause.isVisible()) await pause.click()
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.getByRole('tab', { name: 'Sentences' }).click()
  await picture(page, 'narrate-dark')

  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize(PHONE)
  await expect(text(page)).toBeVisible()
  await picture(page, 'narrate-phone')

  await page.setViewportSize(DESKTOP)
  await page.goto('/studio/models')
  await expect(page.getByText(/^Ready/).first()).toBeVisible()
  await expect(page.getByText('Looking', { exact: true })).toHaveCount(0)
  await picture(page, 'models')

  await page.goto('/studio/settings')
  await expect(page.getByRole('combobox', { name: 'Voice', exact: true })).toBeVisible()
  await expect(page.getByText(/ used$/)).toBeVisible()
  await picture(page, 'settings')
})
