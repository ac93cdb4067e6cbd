import type { Page } from 'playwright/test'
import { wavFile } from '../../web/export/encode/wav-file.ts'
import { environmentsFolder, installContract } from '../support/contract-plugin.ts'
import { inTurn, speak } from '../support/speaking.ts'
import { wordErrorRate, wordsOf } from '../support/words.ts'
import { wordsHeard } from './heard.ts'
import { fetchVoice, heardToTheEnd, newProject, play, write } from './narrate.ts'
import { takeOutput } from './output.ts'
import { giveMicrophone, sayTo, type Speech } from './spoken-input.ts'
import { expect, freshStudio, test as base, type FreshStudio } from './studio.ts'

// A book that is read by a plugin, and sound that a plugin listens to: both die in the middle of it, and come back.

const test = base.extend<object, { room: FreshStudio; spoken: Speech }>({
  room: [
    async ({}, use) => {
      for (const name of ['kokoro', 'moonshine']) await installContract(name)
      // For this companion alone: others would start every plugin whose packages are there.
      process.env['VOXLOOM_ENVIRONMENTS'] = environmentsFolder
      const room = await freshStudio(giveMicrophone).finally(() => delete process.env['VOXLOOM_ENVIRONMENTS'])
      await use(room)
      await room.close()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  spoken: [async ({}, use) => use(await speak(SPOKEN)), { scope: 'worker', timeout: 120_000 }],
})
test.describe.configure({ mode: 'serial', timeout: 480_000 })

const BOOK = ['The lighthouse keeper wrote everything down.', 'On Monday the fog came in before noon.']
const SPOKEN = 'The supply boat brought bread and two letters. Nobody had expected the captain to arrive so early.'

const trouble = (page: Page, words: string) => page.getByRole('main').getByRole('status').filter({ hasText: words })
const voice = (page: Page, name: string) =>
  page.getByRole('list', { name: 'Voices' }).getByRole('listitem').filter({ hasText: name })
const transcript = (page: Page) => page.getByRole('textbox', { name: 'Transcript', exact: true })

async function fileOf({ samples, sampleRate }: Speech) {
  const wav = wavFile(sampleRate, [Int16Array.from(samples, sample => sample * 32_767)])
  return { name: 'Harbour.wav', mimeType: 'audio/wav', buffer: Buffer.from(await wav.arrayBuffer()) }
}

interface Plugin {
  readonly status: string
  readonly pid?: number
}

const plugin = (page: Page, name: string) =>
  page.evaluate(async name => (await (await fetch(`/contracts/${name}`)).json()) as Plugin, name)

/** Ends a plugin's process as soon as it is at work. @returns the process that it was */
async function kill(page: Page, name: string): Promise<number> {
  const pid = await page.evaluate(async name => {
    const end = Date.now() + 60_000
    while (Date.now() < end) {
      const { status, pid } = (await (await fetch(`/contracts/${name}`)).json()) as Plugin
      if (status === 'BUSY' && pid !== undefined) return pid
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    throw new Error(`“${name}” was not asked for anything.`)
  }, name)
  process.kill(pid, 'SIGKILL')
  return pid
}

test('a plugin reads a book, dies in the middle of it, and every paragraph is heard', async ({ room: { page } }) => {
  // A voice of this page, to go on with.
  await newProject(page)
  await write(page, 'Here.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)

  const pick = voice(page, 'Adam (Kokoro)').getByRole('button', { name: /^Adam \(Kokoro\)/ })
  await pick.click()
  await expect(pick).toHaveAttribute('aria-pressed', 'true')
  await expect(voice(page, 'Adam (Kokoro)').locator('[data-status]')).toBeVisible()
  await write(page, BOOK.join('\n'))
  await takeOutput(page)
  await play(page).click()
  const first = await kill(page, 'kokoro')
  await expect(trouble(page, '“Kokoro” could not speak.')).toBeVisible()
  await heardToTheEnd(page)
  const heard = (await wordsHeard(page)).join(' ')
  // The sentence in which it died may have begun twice. Of none is the end missing.
  for (const sentence of BOOK) expect(heard).toContain(wordsOf(sentence).slice(-2).join(' '))

  // It is there again.
  await trouble(page, 'could not speak').getByRole('button', { name: 'Close', exact: true }).click()
  await expect(voice(page, 'Adam (Kokoro)').locator('[data-status="READY"]')).toBeVisible()
  expect((await plugin(page, 'kokoro')).pid).not.toBe(first)
})

test('a plugin listens to a file and to the microphone, dies in both, and no word is lost', async ({
  room: { page },
  spoken,
}) => {
  // This page's own recogniser, to go on with.
  const input = page.locator('input[type=file]')
  await page.goto('/studio/transcribe')
  await input.setInputFiles(await fileOf(spoken))
  await page.getByRole('button', { name: /^Fetch / }).click()
  await expect(transcript(page)).toContainText('so early')

  await page.getByRole('link', { name: 'All transcripts' }).click()
  await page.getByRole('button', { name: 'What listens: Moonshine Tiny' }).click()
  const choice = page.getByRole('dialog').getByRole('radio', { name: 'Moonshine', exact: true })
  await expect(choice).toHaveAccessibleDescription(/English.*A plugin of the companion/)
  await choice.check()
  await page.keyboard.press('Escape')
  await input.setInputFiles(await fileOf(inTurn([spoken, spoken], 2)))
  await kill(page, 'moonshine')
  await expect(trouble(page, '“Moonshine” could not listen.')).toBeVisible()
  await expect(transcript(page)).toContainText(/(so early.*){2}/is, { timeout: 120_000 })
  const read = (await transcript(page).innerText()).replace(/\n/g, ' ')
  expect(wordErrorRate(`${SPOKEN} ${SPOKEN}`, read)).toBeLessThan(0.15)
  await trouble(page, 'could not listen').getByRole('button', { name: 'Close', exact: true }).click()

  await expect.poll(async () => (await plugin(page, 'moonshine')).status).toBe('READY')
  await page.getByRole('link', { name: 'All transcripts' }).click()
  await page.getByRole('button', { name: 'Record', exact: true }).first().click()
  await expect(page.getByRole('heading', { name: 'Recording', exact: true })).toBeVisible()
  const saying = sayTo(page, spoken)
  await kill(page, 'moonshine')
  await saying
  await expect(trouble(page, '“Moonshine” could not listen.')).toBeVisible()
  await expect(page.getByRole('log')).toContainText(/so early/i)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(transcript(page)).toContainText(/so early/i)
  expect(wordErrorRate(SPOKEN, await transcript(page).innerText())).toBeLessThan(0.15)
})
