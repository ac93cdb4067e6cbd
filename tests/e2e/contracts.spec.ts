import { AxeBuilder } from '@axe-core/playwright'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright/test'
import { root } from '../support/models.ts'
import { isHeard, takeOutput } from './output.ts'
import { withOwnCompanion } from './own-companion.ts'
import { expect, type Companion } from './studio.ts'

const SDK = join(root, 'plugins', 'sdk', 'typescript')

const folderIn = (home: string) => join(home, 'data', 'voxloom', 'plugins', 'morse')

/** Puts the example of the SDK into a folder of plugins, as somebody does who has just written it. */
async function dropIn(home: string): Promise<void> {
  const folder = folderIn(home)
  const program = await readFile(join(SDK, 'examples', 'morse', 'main.ts'), 'utf8')
  await cp(join(SDK, 'examples', 'morse', 'codes.ts'), join(folder, 'codes.ts'))
  await writeFile(
    join(folder, 'main.ts'),
    program.replace('../../contracts.ts', pathToFileURL(join(SDK, 'contracts.ts')).href),
  )
  // Last: it is what makes the folder a plugin.
  await cp(join(SDK, 'examples', 'morse', 'manifest.json'), join(folder, 'manifest.json'))
}

const test = withOwnCompanion('contracts')

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string) => page.locator('article').getByLabel(name, { exact: true })
const unfold = (page: Page, name: string) => page.locator('article').getByText(name, { exact: true }).click()
const tester = (page: Page) => page.getByRole('region', { name: 'Try it' })
const health = (page: Page) => page.getByRole('region', { name: 'Health' })
/** The light beside the plugin's name. */
const light = (page: Page, words: string) => page.locator('article').getByText(words, { exact: true }).first()
const open = async (page: Page, { url }: Companion) => {
  await page.goto(`${url}/studio/plugins/contracts/morse`)
  await expect(page.getByRole('heading', { name: /^Morse key/ })).toBeVisible()
}

test('a folder that is dropped in appears, is called and heard, and says what is wrong', async ({
  page,
  companion,
  home,
}) => {
  await page.goto(`${companion.url}/studio/plugins/contracts`)
  await expect(page.getByRole('list', { name: 'Engines' })).toBeVisible()
  const link = page.getByRole('link', { name: 'Morse key' })
  await expect(link).toHaveCount(0)
  await dropIn(home)
  await link.click()
  await expect(light(page, 'Ready')).toBeVisible()

  // Nothing is called while something is missing.
  const method = page.getByRole('combobox', { name: 'Method' })
  await method.selectOption('get_voice_info')
  await button(page, 'Call').click()
  await expect(tester(page).getByText('It must be set.')).toBeVisible()
  await expect(field(page, 'voice_id')).toBeFocused()
  await expect(tester(page).getByRole('region', { name: 'Calls' })).toHaveCount(0)
  await method.selectOption('synthesize')

  // At 20 words a minute SOS and the pause after it are 34 units of 60 ms.
  await field(page, 'text').fill('sos')
  await button(page, 'Call').click()
  const audio = tester(page).locator('audio')
  await expect.poll(() => audio.evaluate(({ duration }: HTMLAudioElement) => duration)).toBeCloseTo(2.04)
  await expect.poll(() => audio.evaluate(({ currentTime }: HTMLAudioElement) => currentTime)).toBeGreaterThan(0.2)
  await expect(tester(page).getByText(/^Done · .+ ms in all$/)).toBeVisible()

  await takeOutput(page)
  await field(page, 'text').fill('sos sos sos')
  await button(page, 'Stream').click()
  await expect.poll(() => isHeard(page)).toBe(true)
  await expect(tester(page).getByText(/^Done · first item after .+ · 3 items$/)).toBeVisible()
  await expect.poll(() => audio.evaluate(({ duration }: HTMLAudioElement) => duration)).toBeCloseTo(6.12)

  await field(page, 'voice_id').fill('deep')
  await button(page, 'Call').click()
  await expect(tester(page).getByText('There is no such voice.')).toBeVisible()
  await expect(tester(page).getByText('There is no voice “deep”. There are: high, low.')).toBeVisible()
  await expect(tester(page).getByText('Code 1001')).toBeVisible()

  // Each call can be looked at, repeated, and made in a terminal.
  const calls = tester(page).getByRole('region', { name: 'Calls' }).getByRole('listitem')
  await expect(calls).toHaveCount(3)
  await calls.nth(1).getByRole('button', { name: 'Copy as command' }).click()
  const command = "voxloom contracts call morse synthesize --text 'sos sos sos' --stream"
  await expect(page.getByText(command, { exact: true })).toBeVisible()
  await calls.nth(2).getByRole('button', { name: 'Call synthesize again' }).click()
  await expect(calls).toHaveCount(4)
  await expect.poll(() => audio.evaluate(({ duration }: HTMLAudioElement) => duration)).toBeCloseTo(2.04)
  await method.selectOption('get_voices')
  await button(page, 'Call').click()
  await expect(tester(page).getByRole('region', { name: 'JSON' })).toContainText('"High key"')
})

test('its voice speaks in a talk; when it is taken away in the middle of one, answers can be read', async ({
  page,
  companion,
  home,
}) => {
  await rm(folderIn(home), { recursive: true, force: true })
  await page.goto(`${companion.url}/studio/converse/personas`)
  await button(page, 'New persona').click()
  const voice = page.getByRole('combobox', { name: 'Voice 1' })
  await expect(voice.locator('option[value="morse/low"]')).toHaveCount(0)
  await dropIn(home)
  await voice.selectOption('morse/low')
  await button(page, 'Talk').click()

  const history = page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')
  const write = async (text: string) => {
    await page.getByRole('textbox', { name: 'Type instead of speaking' }).fill(text)
    await page.keyboard.press('Enter')
  }
  await takeOutput(page)
  await write('Is it there?')
  await expect.poll(() => isHeard(page)).toBe(true)
  await expect(history).toHaveCount(1)
  const speaks = page.locator('[data-role="speaks"]')
  await expect(speaks).toContainText('Morse key')

  await rm(folderIn(home), { recursive: true })
  await expect(speaks).toContainText('Not here')
  await write('And now?')
  await expect(page.getByText('The answer could not be spoken')).toBeVisible()
  await expect(history).toHaveCount(2)
  await expect(history.nth(1).getByText('And now?', { exact: true })).toHaveCount(2)
  await expect(page.getByText('went on in its place')).toHaveCount(0)
  await button(page, 'Get the voice').click()
  await expect(page.getByRole('dialog').getByText('Get the voice')).toBeVisible()
})

test('settings, state, a swap and a crash: what the plugin knew is still there', async ({ page, companion, home }) => {
  await dropIn(home)
  await open(page, companion)
  await expect(light(page, 'Ready')).toBeVisible()

  await unfold(page, 'Settings')
  await field(page, 'speed').fill('41')
  await expect(page.getByText('At most 40.')).toBeVisible()
  await field(page, 'speed').fill('40')
  await button(page, 'Save').click()
  await expect(page.getByText('The settings of Morse key are saved.').first()).toBeVisible()

  const state = page.getByRole('region', { name: 'State' })
  const say = async () => {
    await field(page, 'text').fill('one two')
    await button(page, 'Call').click()
    await expect(tester(page).getByText(/^Done · /)).toBeVisible()
  }
  await say()
  await unfold(page, 'State')
  await button(page, 'Capture').click()
  const kept = await state.innerText()
  expect(kept).toMatch(/"spoken": \d+/)
  await say()
  await button(page, 'Capture').click()
  await expect(state).not.toHaveText(kept)
  const later = await state.innerText()

  // Another process goes on where the last one stopped.
  const process = health(page).getByText(/^\d{2,}$/)
  const first = Number(await process.innerText())
  await button(page, 'Hot swap').click()
  await expect(process).not.toHaveText(String(first))
  await button(page, 'Capture').click()
  await expect(state).toHaveText(later)

  // One that ends is started again, and gets back what was captured.
  globalThis.process.kill(Number(await process.innerText()), 'SIGKILL')
  await expect(health(page).getByText('Restarts').locator('..')).toContainText('1')
  await expect(light(page, 'Ready')).toBeVisible()
  await button(page, 'Restore').click()
  await expect(page.getByText('The state of Morse key was restored.').first()).toBeVisible()
  await button(page, 'Capture').click()
  await expect(state).toHaveText(later)

  // It is asked how it is every ten seconds.
  await expect(health(page).getByText(/words since the start/)).toBeVisible()
  await expect(health(page).getByRole('img', { name: /^Answer time: [\d.]+ ms now/ })).toBeVisible()
  await unfold(page, 'Log')
  await expect(page.getByRole('region', { name: 'Log' })).toContainText('READY')
})

test('the part passes axe in light and dark, wide and narrow, and fits a phone', async ({ page, companion, home }) => {
  await dropIn(home)
  await open(page, companion)
  await field(page, 'text').fill('sos')
  await button(page, 'Call').click()
  await expect(tester(page).locator('audio')).toBeVisible()
  for (const name of ['Settings', 'State', 'Details']) await unfold(page, name)
  const look = async () => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 })
      await look()
    }
  }
  await page.getByRole('link', { name: 'All engines' }).first().click()
  await expect(page.getByRole('list', { name: 'Engines' })).toBeVisible()
  await look()
})
