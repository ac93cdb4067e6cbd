import { expect, type Page } from 'playwright/test'
import { isHeard } from './output.ts'

// What a person does in the Narrate room, by the words on the screen.

/** Opens the room with a new, empty project. The first visit begins with one; later ones with the list. */
export async function newProject(page: Page): Promise<void> {
  await page.goto('/studio/narrate')
  const create = page.getByRole('button', { name: 'New project' }).first()
  await expect(create.or(text(page)).first()).toBeVisible()
  if (await create.isVisible()) await create.click()
  await expect(text(page)).toBeVisible()
}

export const text = (page: Page) => page.getByRole('textbox', { name: 'Text', exact: true })

export async function write(page: Page, words: string): Promise<void> {
  await text(page).click()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText(words)
}

export const play = (page: Page) => page.getByRole('button', { name: 'Play', exact: true }).first()

/** Accepts the offer of the voice, which comes when its files are not in this browser yet. */
export async function fetchVoice(page: Page): Promise<void> {
  const here = await page.evaluate(async () => (await (await caches.open('voxloom-models-v1')).keys()).length > 0)
  if (!here) await page.getByRole('button', { name: /^Fetch / }).click()
}

/** Waits until what was asked for has been heard to its end. */
export async function heardToTheEnd(page: Page): Promise<void> {
  await expect.poll(() => isHeard(page), { timeout: 180_000 }).toBe(true)
  await expect(page.getByRole('button', { name: 'Pause', exact: true }).first()).toBeHidden({ timeout: 180_000 })
}

/** Exports in the format whose name begins with `format`. @returns path of the file */
export async function exportAs(page: Page, format: string, ffmpeg = false): Promise<{ path: string; name: string }> {
  await page.getByRole('button', { name: 'Export', exact: true }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: new RegExp(`^${format}`) }).click()
  if (ffmpeg) await dialog.getByRole('checkbox', { name: /FFmpeg/ }).click()
  const download = page.waitForEvent('download', { timeout: 200_000 })
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const file = await download
  const path = await file.path()
  await expect(dialog).toBeHidden()
  return { path, name: file.suggestedFilename() }
}
