import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { root } from '../support/models.ts'
import { newProject, text, write } from './narrate.ts'
import { expect, freshStudio, test } from './studio.ts'

const controlled = (page: Page) =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 })

test('a text from the system’s share sheet becomes a project', async ({ page }) => {
  await newProject(page)
  await controlled(page)
  // The system posts a form and follows the answer. Pages may not post forms here, so this is done in two steps.
  const opened = await page.evaluate(async () => {
    const form = new FormData()
    form.append('title', 'From the phone')
    form.append('text', 'Somebody shared this sentence with the studio.')
    return (await fetch('/studio/share', { method: 'POST', body: form })).url
  })
  expect(opened).toMatch(/\/studio\/share\?id=/)
  await page.goto(opened)
  await expect(text(page)).toContainText('Somebody shared this sentence with the studio.')
  await expect(page.getByRole('textbox', { name: 'Title', exact: true })).toHaveValue('From the phone')
  await page.reload()
  await expect(text(page)).toContainText('Somebody shared this sentence with the studio.')
})

test('a new version is offered, not forced, and the text outlives the change', async () => {
  const studio = await freshStudio()
  const script = join(root, 'dist', 'service-worker.worker.js')
  const before = await readFile(script)
  try {
    const { page } = studio
    await newProject(page)
    await controlled(page)
    await write(page, 'Written before the update.')
    await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
    await expect(page.getByText('A new version is ready')).toHaveCount(0)

    await appendFile(script, '\n// A newer build.\n')
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
    await expect(page.getByText('A new version is ready').first()).toBeVisible()
    await expect(text(page)).toContainText('Written before the update.')
    const reloaded = page.waitForEvent('load')
    await page.getByRole('button', { name: 'Restart now' }).click()
    await reloaded
    await expect(text(page)).toContainText('Written before the update.')
    await expect(page.getByText('A new version is ready')).toHaveCount(0)
  } finally {
    await writeFile(script, before)
    await studio.close()
  }
})
