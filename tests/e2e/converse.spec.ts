import type { Page } from 'playwright/test'
import { startLanguageServer, type LanguageServer } from '../support/language-server.ts'
import { inTurn, speak } from '../support/speaking.ts'
import { distance, wordsOf } from '../support/words.ts'
import { wordsHeard } from './heard.ts'
import { chooseModel } from './language.ts'
import { isHeard, takeOutput } from './output.ts'
import { giveMicrophone, letEcho, sayTo, type Speech } from './spoken-input.ts'
import { expect, freshStudio, test as base, type FreshStudio } from './studio.ts'

const QUESTION = 'What is the capital of France?'
const LONG = [
  'The river begins in the mountains of the east. ',
  'It passes seven towns before it comes to the plain. ',
  'In the oldest of them there is a bridge of stone. ',
  'Nobody knows who built it, or when. ',
]

interface Spoken {
  readonly question: Speech
  readonly stop: Speech
  readonly yes: Speech
  readonly halves: Speech
}

const test = base.extend<object, { talk: FreshStudio; server: LanguageServer; spoken: Spoken }>({
  server: [
    async ({}, use) => {
      const server = await startLanguageServer({ otherwise: { tokens: LONG } })
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
  spoken: [
    async ({}, use) => {
      const [first, second] = [await speak('Please tell me the capital of'), await speak('the kingdom of Spain.')]
      await use({
        question: await speak(QUESTION),
        stop: await speak('Stop. I would like to ask something else.'),
        yes: await speak('Yes.'),
        // A rest in mid-sentence, longer than the one that ends a turn.
        halves: inTurn([first, second], 0.35),
      })
    },
    { scope: 'worker' },
  ],
  talk: [
    async ({ server }, use) => {
      const studio = await freshStudio(giveMicrophone)
      const { page } = studio
      await page.goto('/studio/converse')
      await chooseModel(page, server.url)
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

/** Opens the room and the microphone, with all models ready. */
async function begin(page: Page): Promise<void> {
  await page.goto('/studio/converse')
  await page.getByText('Hands-free', { exact: true }).click()
  await page.getByRole('button', { name: 'Open the microphone' }).click()
  const fetchModels = page.getByRole('dialog').getByRole('button', { name: /^Fetch / })
  await expect(state(page).filter({ hasText: 'Listening' }).or(fetchModels)).toBeVisible()
  if (await fetchModels.isVisible()) await fetchModels.click()
  await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })
}

test('speaking breaks in: the reply falls silent, and the history holds what was heard', async ({
  page,
  server,
  spoken,
}) => {
  await begin(page)
  await takeOutput(page)
  await sayTo(page, spoken.question)
  await expect(state(page)).toHaveText('Speaking', { timeout: 120_000 })
  await expect.poll(() => isHeard(page)).toBe(true)
  await page.waitForTimeout(3000)
  await sayTo(page, spoken.stop)
  const recorded = await wordsHeard(page)
  const first = turn(page).first()
  await expect(first).toContainText('Interrupted')
  const unheard = (await first.locator('s').textContent()) ?? ''
  expect(unheard.trim().length).toBeGreaterThan(10)
  await expect(state(page)).toHaveText('Speaking', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(turn(page)).toHaveCount(2, { timeout: 120_000 })
  await expect(turn(page).nth(1)).toContainText('something else')
  // What the model is told that it said is what was heard, to the word.
  const { messages } = server.requests.findLast(({ messages }) => messages.at(-1)!.content.includes('else'))!
  const told = wordsOf(messages.filter(({ role }) => role === 'assistant').at(-1)!.content)
  const whole = wordsOf(LONG.join(''))
  expect(told).toEqual(whole.slice(0, told.length))
  const heard = recorded.slice(0, told.length + 1)
  expect(distance(told, heard)).toBeLessThanOrEqual(2)
})

test('a short yes is a turn; a rest in mid-sentence is none', async ({ page, spoken }) => {
  await begin(page)
  await sayTo(page, spoken.yes)
  await expect(state(page)).toHaveText('Speaking', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(turn(page)).toHaveCount(1, { timeout: 120_000 })
  await expect(turn(page)).toContainText(/yes/i)
  await sayTo(page, spoken.halves)
  await expect(state(page)).toHaveText('Speaking', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(turn(page)).toHaveCount(2, { timeout: 120_000 })
  await expect(turn(page).nth(1)).toContainText(/capital of.*Spain/i)
})

test('a question is answered by voice, and a cough does not stop the answer', async ({ page, server, spoken }) => {
  await begin(page)
  await takeOutput(page)
  await sayTo(page, spoken.question)
  await expect(state(page)).toHaveText('Speaking', { timeout: 120_000 })
  await sayTo(page, cough())
  await expect(turn(page)).toHaveCount(1, { timeout: 120_000 })
  await expect(turn(page)).toContainText(QUESTION)
  await expect(turn(page)).toContainText(LONG.join('').trim())
  await expect(turn(page)).not.toContainText('Interrupted')
  await expect(turn(page).locator('s')).toHaveCount(0)
  await expect(state(page)).toHaveText('Listening')
  // Nothing of it was lost to the cough; a word that was softer for a moment may be heard otherwise.
  const said = wordsOf(LONG.join(''))
  expect(distance(said, await wordsHeard(page))).toBeLessThanOrEqual(1)
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

test('the reply does not break into itself when the microphone hears the speakers', async ({ page, spoken }) => {
  await begin(page)
  await letEcho(page, 0.3)
  await sayTo(page, spoken.question)
  await expect(turn(page)).toHaveCount(1, { timeout: 120_000 })
  await expect(turn(page)).toContainText(LONG.at(-1)!.trim())
  await expect(turn(page)).not.toContainText('Interrupted')
})

test('the key is held or pressed, and what is typed is answered by voice', async ({ page, server, spoken }) => {
  await begin(page)
  await page.getByText('Hold', { exact: true }).click()
  const button = page.getByRole('button', { name: 'Hold to talk' })
  await button.focus()
  await page.keyboard.down('Space')
  await expect(state(page)).toHaveText('Hearing you')
  await sayTo(page, spoken.question)
  await page.keyboard.up('Space')
  await expect(state(page)).toHaveText('Speaking', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(turn(page).first()).toContainText(QUESTION)
  await page.getByText('Press', { exact: true }).click()
  await page.getByRole('button', { name: 'Begin to talk' }).click()
  await sayTo(page, spoken.question)
  await page.getByRole('button', { name: 'Send what was said' }).click()
  await expect(state(page)).toHaveText('Speaking', { timeout: 60_000 })
  await page.getByRole('button', { name: 'Interrupt' }).click()
  await expect(turn(page).nth(1)).toContainText(QUESTION)
  await page.getByRole('textbox', { name: 'Type instead of speaking' }).fill('And of Portugal?')
  await page.keyboard.press('Enter')
  await expect(turn(page).nth(2)).toContainText(LONG[0]!.trim(), { timeout: 120_000 })
  expect(server.requests.at(-1)!.messages.at(-1)!.content).toBe('And of Portugal?')
})

test('a model that fails is told of, and the room goes on', async ({ page, server, spoken }) => {
  await begin(page)
  server.play(...Array.from({ length: 4 }, () => ({ status: 500, says: { error: 'out of memory' } })))
  await sayTo(page, spoken.question)
  await expect(page.getByText('out of memory')).toBeVisible({ timeout: 120_000 })
  await expect(state(page)).toHaveText('Listening')
})

/** A tenth of a second of noise, loud at once and gone. */
function cough(): Speech {
  const sampleRate = 24_000
  const samples = Float32Array.from({ length: sampleRate / 5 }, (_, n) => (Math.random() - 0.5) * Math.exp(-n / 1200))
  return { samples, sampleRate }
}
