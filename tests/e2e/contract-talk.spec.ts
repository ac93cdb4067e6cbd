import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { readContract } from '../../companion/core/contracts/discovery.ts'
import { Environments } from '../../companion/core/contracts/environments.ts'
import { environmentsFolder } from '../support/contract-plugin.ts'
import { startLanguageServer } from '../support/language-server.ts'
import { root } from '../support/models.ts'
import { speak } from '../support/speaking.ts'
import { distance, wordsOf } from '../support/words.ts'
import { wordsHeard } from './heard.ts'
import { isHeard, takeOutput } from './output.ts'
import { giveMicrophone, sayTo } from './spoken-input.ts'
import { expect, freshStudio, test } from './studio.ts'

// A talk in which somebody else's program hears, another answers, and a third speaks: Moonshine and Kokoro in Python, and
// a server that speaks OpenAI's API. Their packages are kept for all runs.

/** Installs the packages of a plugin, where they are not there yet. */
async function install(name: string): Promise<void> {
  const installing = new Environments({ folder: environmentsFolder }).install(readContract(join(root, 'plugins', name)))
  for await (const line of installing) if (line.kind === 'log') console.log(line.text)
}

const QUESTION = 'What is the capital of France?'
const REPLY = [
  'The river begins in the mountains of the east. ',
  'It passes seven towns before it comes to the plain. ',
  'In the oldest of them there is a bridge of stone. ',
]

const state = (page: Page) => page.getByTestId('state')
const turn = (page: Page) => page.getByRole('region', { name: 'Conversation' }).getByRole('listitem')
const light = (page: Page, role: 'hears' | 'answers' | 'speaks') => page.locator(`[data-role="${role}"]`)

interface Plugin {
  readonly name: string
  readonly status: string
  readonly pid?: number
}

const plugin = (page: Page, name: string) =>
  page.evaluate(async name => (await (await fetch(`/contracts/${name}`)).json()) as Plugin, name)

/** What the Plugins room does by **Save** and **Start**. */
const begin = (page: Page, method: 'PUT' | 'POST', path: string, body: object = {}) =>
  page.evaluate(
    async ({ method, path, body }) => {
      const headers = { 'content-type': 'application/json', 'x-voxloom': '1' }
      const answer = await fetch(`/contracts/${path}`, { method, headers, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(await answer.text())
    },
    { method, path, body },
  )

/** Opens the microphone, and fetches what this page hears and speaks with: it goes on where a plugin fails. */
async function fetchOwn(page: Page): Promise<void> {
  await page.getByText('Hands-free', { exact: true }).click()
  await page.getByRole('button', { name: 'Open the microphone' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Fetch / })
    .click()
  await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })
  await page.getByRole('button', { name: 'Close the microphone' }).click()
}

/** Makes somebody who speaks by one plugin and thinks with another, and begins to talk with them. */
async function choosePlugins(page: Page): Promise<void> {
  await page.goto('/studio/converse/personas')
  await page.getByRole('button', { name: 'New persona' }).click()
  await page.getByRole('combobox', { name: 'Voice 1' }).selectOption('kokoro/af_heart')
  await page.getByRole('combobox', { name: 'Language model' }).selectOption('plugin:openai-compatible:llama3.2:3b')
  await page.getByRole('button', { name: 'Talk', exact: true }).click()
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Moonshine' }).click()
}

test('a talk of plugins alone: one is swapped in mid-talk, and one dies', async () => {
  test.setTimeout(480_000)
  for (const name of ['kokoro', 'moonshine']) await install(name)
  const server = await startLanguageServer({ otherwise: { tokens: REPLY } })
  // For this companion alone: others would start every plugin whose packages are there.
  process.env['VOXLOOM_ENVIRONMENTS'] = environmentsFolder
  const { page, close } = await freshStudio(giveMicrophone).finally(() => delete process.env['VOXLOOM_ENVIRONMENTS'])
  try {
    await page.goto('/studio/converse')
    await begin(page, 'PUT', 'openai-compatible/config', { values: { base: server.openAi } })
    for (const name of ['moonshine', 'kokoro', 'openai-compatible']) await begin(page, 'POST', `${name}/load`)
    await fetchOwn(page)
    await choosePlugins(page)
    await expect(light(page, 'hears')).toContainText('Moonshine')
    await expect(light(page, 'answers')).toContainText('OpenAI-compatible')
    await expect(light(page, 'speaks')).toContainText('Kokoro')

    const question = await speak(QUESTION)
    const said = wordsOf(REPLY.join(''))
    const ask = async () => {
      await takeOutput(page)
      await sayTo(page, question)
      await expect(state(page)).toHaveText('Speaking', { timeout: 120_000 })
      await expect.poll(() => isHeard(page)).toBe(true)
    }
    await page.getByRole('button', { name: 'Open the microphone' }).click()
    await expect(state(page)).toHaveText('Listening', { timeout: 180_000 })

    // The voice is swapped while it speaks: not a word of the reply is lost.
    const before = (await plugin(page, 'kokoro')).pid
    await ask()
    const room = await page.context().newPage()
    await room.goto('/studio/plugins/contracts/kokoro')
    await room.getByRole('button', { name: 'Hot swap' }).click()
    await expect.poll(async () => (await plugin(page, 'kokoro')).pid, { timeout: 60_000 }).not.toBe(before)
    await room.close()
    await expect(turn(page)).toHaveCount(1, { timeout: 120_000 })
    await expect(turn(page)).toContainText(REPLY.join('').trim())
    const asked = server.requests.at(-1)!.messages.at(-1)!.content
    await expect(turn(page)).toContainText(asked)
    // The recogniser may take the hiss of the room for a word.
    expect(distance(wordsOf(QUESTION), wordsOf(asked))).toBeLessThanOrEqual(2)
    expect(distance(said, await wordsHeard(page))).toBeLessThanOrEqual(2)
    await expect(page.getByText('could not speak')).toBeHidden()

    // It dies while it speaks: this page's own voice goes on, the room says so, and it is soon there again.
    await ask()
    const red = expect(light(page, 'speaks').locator('[data-status="ERROR"]')).toBeVisible()
    process.kill((await plugin(page, 'kokoro')).pid!, 'SIGKILL')
    await red
    await expect(page.getByText('“Kokoro” could not speak.')).toBeVisible()
    await expect(turn(page)).toHaveCount(2, { timeout: 120_000 })
    await expect(turn(page).nth(1)).toContainText(REPLY.join('').trim())
    const heard = await wordsHeard(page)
    // The sentence in which it died may have begun twice; all of the others are heard once.
    expect(distance(heard.slice(-wordsOf(REPLY[2]!).length), wordsOf(REPLY[2]!))).toBeLessThanOrEqual(1)
    expect(distance(said, heard)).toBeLessThanOrEqual(wordsOf(REPLY[1]!).length + 2)
    await expect(light(page, 'speaks').locator('[data-status="READY"]')).toBeVisible()

    // And speaks itself again.
    await page.getByRole('button', { name: 'Close', exact: true }).click()
    server.play({ tokens: [REPLY[0]!] })
    await ask()
    await expect(turn(page)).toHaveCount(3, { timeout: 120_000 })
    expect(distance(wordsOf(REPLY[0]!), await wordsHeard(page))).toBeLessThanOrEqual(1)
    await expect(page.getByText('could not speak')).toBeHidden()
  } finally {
    await close()
    await server.close()
  }
})
