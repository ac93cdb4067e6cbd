import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { startLanguageServer, type LanguageServer } from '../support/language-server.ts'
import { openRecogniser } from '../support/recogniser.ts'
import { speak } from '../support/speaking.ts'
import { wordsOf } from '../support/words.ts'
import { takeOutput } from './output.ts'
import { giveMicrophone, sayTo, type Speech } from './spoken-input.ts'
import { expect, freshStudio, test as base, type FreshStudio } from './studio.ts'

const QUESTION = 'What is the capital of France?'
const test = base.extend<object, { talk: FreshStudio; server: LanguageServer; question: Speech }>({
  server: [
    async ({}, use) => {
      // Whatever is asked: a model may be asked ahead of time, and once more when the words change.
      const tokens = ['The capital ', 'of France ', 'is Paris. ', 'It lies on ', 'the Seine.']
      const server = await startLanguageServer({ otherwise: { tokens } })
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  question: [async ({}, use) => use(await speak(QUESTION)), { scope: 'worker' }],
  talk: [
    async ({ server }, use) => {
      const studio = await freshStudio(giveMicrophone)
      const { page } = studio
      await page.goto('/studio/converse')
      await page.evaluate(async base => {
        const body = JSON.stringify({ preset: 'ollama', name: 'Test', base, model: 'llama3.2:3b' })
        const headers = { 'content-type': 'application/json', 'x-voxloom': '1' }
        const answer = await fetch('/language/providers/test', { method: 'PUT', headers, body })
        if (!answer.ok) throw new Error(await answer.text())
        localStorage.setItem('voxloom:language-model', 'test:llama3.2:3b')
      }, server.url)
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

const state = (page: Page) => page.getByTestId('state')
const turn = (page: Page) => page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')

/** What came out of the speakers since the last take, as words. The silence before and after is left out. */
async function wordsHeard(page: Page): Promise<string[]> {
  const { samples, sampleRate } = await takeOutput(page)
  const isLoud = (sample: number) => Math.abs(sample) > 0.01
  const speech = samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + sampleRate / 4)
  return wordsOf(await (await openRecogniser()).transcribe(speech, sampleRate))
}

/** Opens the room and the microphone, with all models ready. */
async function begin(page: Page): Promise<void> {
  await page.goto('/studio/converse')
  await page.getByRole('button', { name: 'Open the microphone' }).click()
  const fetchModels = page.getByRole('dialog').getByRole('button', { name: /^Fetch / })
  await expect(state(page).filter({ hasText: 'Listening' }).or(fetchModels)).toBeVisible()
  if (await fetchModels.isVisible()) await fetchModels.click()
  await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })
}

test('a question by voice is answered by voice, and the history tells what was said', async ({
  page,
  server,
  question,
}) => {
  await begin(page)
  await takeOutput(page)
  await sayTo(page, question)
  await expect(turn(page)).toHaveCount(1, { timeout: 120_000 })
  await expect(turn(page)).toContainText(QUESTION)
  await expect(turn(page)).toContainText('The capital of France is Paris. It lies on the Seine.')
  await expect(turn(page).locator('s')).toHaveCount(0)
  await expect(state(page)).toHaveText('Listening')
  expect((await wordsHeard(page)).join(' ')).toContain('capital of france is paris')
  expect(server.requests.at(-1)!.messages.at(-1)).toEqual({ role: 'user', content: QUESTION })
  await turn(page).getByText('Where the time went').click()
  await expect(turn(page).getByText('From your last word to the first of the answer')).toBeVisible()

  await page.getByRole('button', { name: 'Hear yourself' }).click()
  await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /Transcript/ }).click()
  expect((await download).suggestedFilename()).toMatch(/\.txt$/)
})

test('the room passes axe in light and dark, and fits a phone', async ({ page }) => {
  await page.goto('/studio/converse')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const size of [
      { width: 1280, height: 860 },
      { width: 390, height: 800 },
    ]) {
      await page.setViewportSize(size)
      for (const path of ['/studio/converse', '/studio/converse/personas']) {
        await page.goto(path)
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
      }
    }
  }
})
