import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium, type BrowserContext, type Page } from 'playwright/test'
import { modelsFolder, root } from '../support/models.ts'
import { wavHeader } from '../../web/export/encode/wav-header.ts'
import { PART_SECONDS } from '../../web/storage/transcripts-sound.ts'
import { readWav } from '../support/wav.ts'
import { wordErrorRate } from '../support/words.ts'
import { recordOutput } from './output.ts'
import { replaceMicrophone, sayTo } from './spoken-input.ts'
import { expect, LAUNCH, startCompanion, test as base, type Companion } from './studio.ts'

const FIRST = 'The old lighthouse keeper walked slowly down the narrow stairs.'
const SECOND = 'Heavy rain fell on the roof all through the night.'
/** The first words, without which something at the beginning is missing. */
const WHOLE_START = /^\s*the old lighthouse keeper/i
/** Seconds of silence before somebody speaks into the fake microphone. */
const BREATH = 1

interface Spoken {
  readonly folder: string
  /** Two sentences, a long pause between them, as WAV. */
  readonly talk: string
  /** The same after a breath, for the browser's fake microphone, which plays it from the moment that it is opened. */
  readonly device: string
}

interface Room {
  readonly companion: Companion
  readonly context: BrowserContext
}

/** A companion, and a browser into whose fake microphone the talk is played once. */
const test = base.extend<{ page: Page }, { spoken: Spoken; room: Room }>({
  spoken: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'voxloom-talk-'))
      const talk = join(folder, 'Harbour talk.wav')
      const text = `${FIRST} [pause 3s] ${SECOND}`
      const said = spawnSync(process.execPath, ['companion/voxloom.mjs', 'say', text, '-o', talk], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, VOXLOOM_MODELS: modelsFolder },
      })
      if (said.status !== 0) throw new Error(said.stderr)
      const device = join(folder, 'Microphone.wav')
      const { samples, sampleRate } = readWav(await readFile(talk))
      const silence = BREATH * sampleRate
      const pcm = new Int16Array(silence + samples.length)
      pcm.set(
        Int16Array.from(samples, sample => sample * 32_767),
        silence,
      )
      await writeFile(
        device,
        Buffer.concat([wavHeader(sampleRate, pcm.length, { title: 'talk' }), Buffer.from(pcm.buffer)]),
      )
      await use({ folder, talk, device })
      await rm(folder, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  room: [
    async ({ spoken }, use) => {
      const companion = await startCompanion()
      const profile = await mkdtemp(join(tmpdir(), 'voxloom-profile-'))
      const context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
        args: [
          ...LAUNCH,
          '--autoplay-policy=no-user-gesture-required',
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-audio-capture=${spoken.device}%noloop`,
        ],
        viewport: { width: 1280, height: 860 },
        acceptDownloads: true,
        baseURL: companion.url,
      })
      context.setDefaultTimeout(30_000)
      await recordOutput(context)
      await use({ companion, context })
      await context.close()
      await companion.stop()
      await rm(profile, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  page: async ({ room }, use) => {
    const page = await room.context.newPage()
    await use(page)
    await page.close()
  },
})

const transcript = (page: Page) => page.getByRole('textbox', { name: 'Transcript', exact: true })
const saved = (page: Page) => expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()

/** Adds a file, and accepts the offer of the model, which comes with the first. */
async function add(page: Page, file: string): Promise<void> {
  await page.goto('/studio/transcribe')
  await expect(page.getByRole('button', { name: 'Record', exact: true }).first()).toBeVisible()
  await page.locator('input[type=file]').setInputFiles(file)
  await fetchModel(page)
}
async function fetchModel(page: Page): Promise<void> {
  const here = await page.evaluate(async () => (await (await caches.open('voxloom-models-v1')).keys()).length > 0)
  if (!here) await page.getByRole('button', { name: /^Fetch / }).click()
}
/** A recording is read along only where the model is, and an earlier test may not have run. */
async function modelIsHere(page: Page, { talk }: Spoken): Promise<void> {
  await add(page, talk)
  await expect(transcript(page)).toContainText('stairs')
}
async function exported(page: Page, format: string): Promise<string> {
  await page.getByRole('button', { name: 'Export', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: new RegExp(`^${format}`) }).click()
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^Harbour talk\.(txt|srt|vtt|json)$/)
  return readFile(await file.path(), 'utf8')
}

test('a file becomes text that is edited while its sound follows, and is exported with its times', async ({
  page,
  spoken,
}) => {
  await add(page, spoken.talk)
  const text = transcript(page)
  await expect(text).toContainText('stairs')
  await expect(text).toContainText('night')
  await saved(page)
  await expect(text.locator('p')).toHaveCount(2)
  expect(wordErrorRate(`${FIRST} ${SECOND}`, (await text.innerText()).replace(/\n/g, ' '))).toBeLessThan(0.2)

  // Speakers, by hand, for the paragraph at the caret.
  await text.locator('p').first().click()
  await page.keyboard.press('ControlOrMeta+Home')
  for (const name of ['Ada', 'Bob']) {
    await page.getByRole('button', { name: 'Who speaks?' }).click()
    await page.getByRole('menuitem', { name: 'New speaker' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill(name)
    await page.getByRole('dialog').getByRole('button', { name: 'Add' }).click()
    await expect(page.getByRole('button', { name: `Speaker: ${name}` })).toBeVisible()
    if (name === 'Ada') await text.locator('p').nth(1).click()
  }

  // A word is corrected, found and replaced; the others keep their times.
  const before = JSON.parse(await exported(page, 'Words')) as {
    segments: { text: string; words: { text: string; start: number }[] }[]
  }
  await page.keyboard.press('ControlOrMeta+f')
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('lighthouse')
  await expect(page.getByText('1 of 1')).toBeVisible()
  await page.getByRole('textbox', { name: 'Replace with' }).fill('harbour')
  await page.getByRole('button', { name: 'Replace', exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(text).toContainText('harbour')
  const after = JSON.parse(await exported(page, 'Words')) as typeof before
  const times = ({ segments }: typeof before) => segments.flatMap(({ words }) => words.map(({ start }) => start))
  expect(times(after)).toEqual(times(before))

  const vtt = await exported(page, 'WebVTT')
  expect(vtt).toContain('<v Ada>')
  expect(vtt).toContain('<v Bob>')
  expect(await exported(page, 'Plain')).toMatch(/^\[0:00\] Ada: .+\n\n\[0:\d\d\] Bob: /)
  expect(await exported(page, 'SRT')).toMatch(/^1\r\n00:00:00,\d{3} --> /)

  // Undo takes the replacement back; a reload keeps what is there.
  await page.getByRole('button', { name: 'Undo' }).first().click()
  await expect(text).toContainText('lighthouse')
  await saved(page)
  await page.reload()
  await expect(text).toContainText('lighthouse')
  await expect(text.locator('p').nth(1)).toHaveAttribute('data-speaker', 'Bob')
})

test('the sound goes on from the word that is clicked, and typing pauses it', async ({ page, spoken }) => {
  await add(page, spoken.talk)
  const text = transcript(page)
  await expect(text).toContainText('night')
  await saved(page)
  const second = await text.locator('p').nth(1).getAttribute('data-time')
  await text
    .locator('p')
    .nth(1)
    .click({ position: { x: 170, y: 20 } })
  await expect(page.getByRole('button', { name: 'Pause', exact: true }).first()).toBeVisible()
  const position = page.getByRole('region', { name: 'Player' }).getByRole('slider', { name: 'Position' })
  const [minutes, seconds] = second!.split(':').map(Number)
  await expect.poll(async () => Number(await position.inputValue())).toBeGreaterThan(minutes! * 60 + seconds! - 0.5)
  await expect.poll(() => page.evaluate(() => CSS.highlights.has('voxloom-spoken'))).toBe(true)
  await page.keyboard.type('x')
  await expect(page.getByRole('button', { name: 'Play', exact: true }).first()).toBeVisible()
  await page.keyboard.press('ControlOrMeta+z')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('button', { name: 'Pause', exact: true }).first()).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Pause', exact: true }).first()).toBeFocused()
})

test('all that is said from when the room records is read along and kept, and can be narrated', async ({
  page,
  spoken,
}) => {
  await replaceMicrophone(page)
  await modelIsHere(page, spoken)
  await page.goto('/studio/transcribe')
  await page.getByRole('button', { name: 'Record', exact: true }).first().click()
  await expect(page.getByRole('heading', { name: 'Recording', exact: true })).toBeVisible()
  await sayTo(page, readWav(await readFile(spoken.talk)))
  await expect(page.getByRole('log')).toContainText(/stairs/i)
  await expect(page.getByRole('log')).toContainText(/night/i)
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const text = transcript(page)
  await expect(text).toContainText(/night/i)
  await saved(page)
  await expect(text).toContainText(WHOLE_START)
  expect(wordErrorRate(`${FIRST} ${SECOND}`, (await text.innerText()).replace(/\n/g, ' '))).toBeLessThan(0.2)

  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Narrate this' }).click()
  await expect(page).toHaveURL(/\/studio\/narrate\//)
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toContainText(/lighthouse/i)
})

test('a recording is kept from its first word on when the page is closed in the middle of it', async ({
  page,
  room,
  spoken,
}) => {
  await modelIsHere(page, spoken)
  await page.goto('/studio/transcribe')
  await page.getByRole('button', { name: 'Record', exact: true }).first().click()
  // On a busy machine the fake device is late, and what is kept until then is silence: words tell, not the timer.
  await expect(page.getByRole('log')).toContainText(/stairs/i)
  const seconds = async () => {
    const [minutes, rest] = (await page.getByRole('timer').innerText()).split(':').map(Number)
    return minutes! * 60 + rest!
  }
  const said = await seconds()
  await expect.poll(seconds).toBeGreaterThan(said + PART_SECONDS)
  const address = page.url()
  await page.close({ runBeforeUnload: false })
  const later = await room.context.newPage()
  await later.goto(address)
  await expect(later.getByRole('button', { name: /^(Go on|Transcribe)$/ })).toBeVisible()
  await later.getByRole('button', { name: /^(Go on|Transcribe)$/ }).click()
  await expect(transcript(later)).toContainText(WHOLE_START)
  await later.close()
})

test('a recording from the system’s share sheet is transcribed', async ({ page, spoken }) => {
  await page.goto('/studio/transcribe')
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 })
  const sound = (await readFile(spoken.talk)).toString('base64')
  const opened = await page.evaluate(async sound => {
    const form = new FormData()
    const bytes = Uint8Array.from(atob(sound), letter => letter.charCodeAt(0))
    form.append('files', new File([bytes], 'Shared memo.wav', { type: 'audio/wav' }))
    return (await fetch('/studio/share', { method: 'POST', body: form })).url
  }, sound)
  await page.goto(opened)
  await expect(page).toHaveURL(/\/studio\/transcribe\/\w+/)
  await expect(page.getByRole('textbox', { name: 'Title', exact: true })).toHaveValue('Shared memo')
  await fetchModel(page)
  await expect(transcript(page)).toContainText(/lighthouse/i)
})

test('a file without sound is refused in words, and nothing is added', async ({ page }) => {
  await page.goto('/studio/transcribe')
  await expect(page.getByRole('button', { name: 'Record', exact: true }).first()).toBeVisible()
  await expect(page.getByRole('main').locator('[aria-busy=true]')).toHaveCount(0)
  const rows = await page.getByRole('main').getByRole('listitem').count()
  await page.locator('input[type=file]').setInputFiles([
    { name: 'empty.mp3', mimeType: 'audio/mpeg', buffer: Buffer.alloc(0) },
    { name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from('Dear Sir or Madam, '.repeat(100)) },
  ])
  for (const name of ['empty.mp3', 'letter.txt']) {
    await expect(page.getByText(`“${name}” can’t be transcribed`).first()).toBeVisible()
  }
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(rows)
})

test('axe finds nothing in light and dark, and nothing is wider than a phone', async ({ page, spoken }) => {
  await add(page, spoken.talk)
  await expect(transcript(page)).toContainText('night')
  await transcript(page).locator('p').first().click()
  await page.keyboard.press('ControlOrMeta+f')
  await expect(page.getByRole('search')).toBeVisible()
  const look = async () => {
    for (const scheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: scheme })
      for (const viewport of [
        { width: 1280, height: 860 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport)
        // Colours on their way from one scheme to the other are neither's.
        await page.waitForFunction(() => document.getAnimations().every(each => !(each instanceof CSSTransition)))
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      }
    }
  }
  await look()
  await page.getByRole('link', { name: 'All transcripts' }).click()
  await expect(page.getByRole('heading', { name: 'Transcripts' })).toBeVisible()
  await look()
})
