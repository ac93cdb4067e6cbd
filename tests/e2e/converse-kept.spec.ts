import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright/test'
import { startLanguageServer, type LanguageServer } from '../support/language-server.ts'
import { readWav } from '../support/wav.ts'
import { chooseModel } from './language.ts'
import { expect, freshStudio, test as base, type FreshStudio } from './studio.ts'

const ANSWER = 'Blue, I think.'
const SILENCE = { tokens: [] }

const test = base.extend<{ page: Page }, { talk: FreshStudio; server: LanguageServer }>({
  server: [
    async ({}, use) => {
      const server = await startLanguageServer({ otherwise: { tokens: ['Blue, ', 'I ', 'think.'] } })
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  talk: [
    async ({ server }, use) => {
      const studio = await freshStudio()
      await studio.page.goto('/studio/converse')
      await chooseModel(studio.page, server.url)
      await studio.page.reload()
      // Without the voice the answer is there to be read.
      await say(studio.page, 'Hello.')
      await expect(turns(studio.page)).toHaveCount(1)
      await expect(turns(studio.page)).toContainText(ANSWER)
      await expect(studio.page.getByRole('button', { name: /^Hear .+ again$/ })).toBeHidden()
      await studio.page.getByRole('button', { name: 'Get the voice' }).click()
      await studio.page
        .getByRole('dialog')
        .getByRole('button', { name: /^Fetch / })
        .click()
      await expect(studio.page.getByText('The answer is not spoken')).toBeHidden({ timeout: 180_000 })
      await studio.page.close()
      await use(studio)
      await studio.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ talk }, use) => {
    const page = await talk.context.newPage()
    await use(page)
    await page.close()
  },
})

const turns = (page: Page) => page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')
const rows = (page: Page) => page.getByRole('list', { name: 'Conversations' }).getByRole('listitem')
const say = async (page: Page, text: string) => {
  await page.getByRole('textbox', { name: 'Type instead of speaking' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

test('a conversation is kept as it goes on, is gone on with, and can be found, heard, saved and removed', async ({
  page,
  server,
}) => {
  await page.goto('/studio/converse')
  await say(page, 'Which colour is the sea?')
  await expect(turns(page)).toHaveCount(1, { timeout: 180_000 })
  await expect(page).toHaveURL(/\/studio\/converse\/[0-9a-z]{12}$/)
  const address = page.url()

  // A reload in the middle of a reply costs that one.
  await say(page, 'And the sky?')
  await expect(page.getByRole('button', { name: 'Interrupt' })).toBeVisible()
  await page.reload()
  await expect(turns(page)).toHaveCount(1)
  await expect(turns(page)).toContainText('Which colour is the sea?')
  await expect(turns(page)).toContainText(ANSWER)
  await expect(page.getByRole('button', { name: /^Hear .+ again$/ })).toBeVisible()

  // The model is told what was said before.
  server.play(SILENCE)
  await say(page, 'And your eyes?')
  await expect(turns(page)).toHaveCount(2)
  expect(server.requests.at(-1)!.messages.slice(-3)).toEqual([
    { role: 'user', content: 'Which colour is the sea?' },
    { role: 'assistant', content: ANSWER },
    { role: 'user', content: 'And your eyes?' },
  ])

  await page.getByRole('link', { name: 'Earlier conversations' }).click()
  await page.getByRole('searchbox').fill('colour sea')
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText(/Which colour is the sea\?.*With .+2 turns/)
  const menu = page.getByRole('button', { name: /^What to do with/ })
  await menu.click()
  await page.getByRole('menuitem', { name: 'Rename' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('On colours')
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('searchbox').fill('tides')
  await expect(page.getByText('No conversation matches “tides”.')).toBeVisible()
  await page.getByRole('searchbox').fill('on colours')
  await expect(rows(page)).toContainText('On colours')

  await menu.click()
  const sound = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /^Sound/ }).click()
  expect((await sound).suggestedFilename()).toBe('On colours.wav')
  const { samples, sampleRate } = readWav(await readFile(await (await sound).path()))
  expect(samples.length / sampleRate).toBeGreaterThan(1)
  expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(0.05)
  await menu.click()
  const text = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /^Transcript/ }).click()
  expect(await readFile(await (await text).path(), 'utf8')).toMatch(/^You: Which colour is the sea\?\n\n\w+: Blue/)
  await menu.click()
  await page.getByRole('menuitem', { name: 'Hear it again' }).click()
  await menu.click()
  await page.getByRole('menuitem', { name: 'Stop' }).click()

  await menu.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByText('“On colours” was deleted.').first()).toBeVisible()
  await expect(rows(page)).toHaveCount(0)
  await page.goto(address)
  await expect(page.getByText('This conversation isn’t here')).toBeVisible()
})

test('two tabs that go on with the same conversation get one each', async ({ page, talk, server }) => {
  server.play(SILENCE, SILENCE, SILENCE)
  await page.goto('/studio/converse')
  await say(page, 'Which colour is moss?')
  await expect(turns(page)).toHaveCount(1)
  await expect(page).toHaveURL(/\/studio\/converse\/[0-9a-z]{12}$/)
  const other = await talk.context.newPage()
  await other.goto(page.url())
  await expect(turns(other)).toHaveCount(1)
  await say(other, 'And theirs?')
  await expect(turns(other)).toHaveCount(2)
  await expect(other).toHaveURL(page.url())
  const before = page.url()
  await say(page, 'And mine?')
  await expect(turns(page)).toHaveCount(2)
  await expect(page).not.toHaveURL(before)
  await other.getByRole('link', { name: 'Earlier conversations' }).click()
  await other.getByRole('searchbox').fill('moss')
  await expect(rows(other)).toHaveCount(2)
  await other.close()
})

test('the sound of conversations counts as used, and goes with everything else', async ({ page, server }) => {
  server.play({ tokens: ['Aye.'] })
  await page.goto('/studio/converse')
  await say(page, 'Is it deep?')
  await expect(turns(page)).toHaveCount(1, { timeout: 180_000 })
  await expect(page.getByRole('button', { name: /^Hear .+ again$/ })).toBeVisible()
  await page.goto('/studio/settings/privacy')
  await expect(page.getByRole('listitem').filter({ hasText: 'Recordings and conversations' })).toHaveText(/\d kB$/)
  await page.getByRole('button', { name: 'Delete everything' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click()
  await expect(page).toHaveURL(/\/studio\/narrate/)
  await page.goto('/studio/converse/earlier')
  await expect(page.getByText('No conversations yet')).toBeVisible()
  const weights = () => page.evaluate(async () => (await (await caches.open('voxloom-models-v1')).keys()).length)
  expect(await weights()).toBe(0)
})
