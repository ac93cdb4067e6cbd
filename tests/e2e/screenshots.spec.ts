import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Page } from 'playwright/test'
import { wavHeader } from '../../web/export/encode/wav-header.ts'
import { startLanguageServer } from '../support/language-server.ts'
import { root } from '../support/models.ts'
import { speak } from '../support/speaking.ts'
import { chooseModel } from './language.ts'
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

/** The book’s most famous talk, read by two. */
const TALK = [
  [
    'Rat',
    'bm_george',
    'Believe me, my young friend, there is nothing half so much worth doing as simply messing about in boats.',
  ],
  ['Mole', 'am_michael', 'So this is a river! And you really live by the river? What a jolly life!'],
] as const

/** Said one after the other, with a pause, as a WAV file. */
async function recordingOf(sayings: typeof TALK): Promise<Buffer> {
  const spoken = []
  for (const [, voice, text] of sayings) spoken.push(await speak(text, voice))
  const rate = spoken[0]!.sampleRate
  const parts = spoken.flatMap(({ samples }) => [
    Int16Array.from(samples, sample => Math.max(-1, Math.min(1, sample)) * 32_767),
    new Int16Array(3 * rate),
  ])
  const frames = parts.reduce((sum, { length }) => sum + length, 0)
  return Buffer.concat([wavHeader(rate, frames, { title: '' }), ...parts.map(({ buffer }) => Buffer.from(buffer))])
}

test('the pictures of the rooms that listen can be taken, and those kept have their sizes', async ({ page }) => {
  test.slow()
  await page.setViewportSize(DESKTOP)
  await page.emulateMedia({ colorScheme: 'light' })

  const buffer = await recordingOf(TALK)
  await page.goto('/studio/transcribe')
  await expect(page.getByRole('button', { name: 'Record', exact: true }).first()).toBeVisible()
  await page.locator('input[type=file]').setInputFiles({ name: 'On the river.wav', mimeType: 'audio/wav', buffer })
  await page.getByRole('button', { name: /^Fetch / }).click()
  const words = page.getByRole('textbox', { name: 'Transcript', exact: true })
  await expect(words).toContainText(/jolly life/i)
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  for (const [at, [name]] of TALK.entries()) {
    // Beside the words: a click on one would play it.
    await words
      .locator('p')
      .nth(at)
      .click({ position: { x: 1, y: 1 } })
    await page.getByRole('button', { name: 'Who speaks?' }).click()
    await page.getByRole('menuitem', { name: 'New speaker' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill(name)
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await expect(page.getByRole('button', { name: `Speaker: ${name}` })).toBeVisible()
  }
  const pause = page.getByRole('button', { name: 'Pause', exact: true }).first()
  if (await pause.isVisible()) await pause.click()
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await noticesGone(page)
  await picture(page, 'transcribe')
  await page.setViewportSize(PHONE)
  await picture(page, 'transcribe-phone')

  const server = await startLanguageServer()
  try {
    await page.setViewportSize(DESKTOP)
    await page.goto('/studio/converse')
    await chooseModel(page, server.url)
    await page.reload()
    server.play({ tokens: ['By the river, ', 'of course.'] }, { tokens: ['Messing about ', 'in boats.'] })
    const turns = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')
    for (const [at, question] of [
      'Where would you spend a spring morning?',
      'And what would you do there?',
    ].entries()) {
      await page.getByRole('textbox', { name: 'Type instead of speaking' }).fill(question)
      await page.getByRole('button', { name: 'Send' }).click()
      if (at === 0) await fetchVoiceIfAsked(page)
      await expect(turns).toHaveCount(at + 1, { timeout: 180_000 })
    }
    await noticesGone(page)
    await picture(page, 'converse')
    await page.setViewportSize(PHONE)
    await picture(page, 'converse-phone')
  } finally {
    await page.evaluate(() => localStorage.removeItem('voxloom:language-model'))
    await server.close()
  }
})

/** The first picture's test has fetched it, where that ran before. */
async function fetchVoiceIfAsked(page: Page): Promise<void> {
  const button = page.getByRole('dialog').getByRole('button', { name: /^Fetch / })
  await expect(button.or(page.getByRole('button', { name: 'Interrupt' }))).toBeVisible()
  if (await button.isVisible()) await button.click()
}
