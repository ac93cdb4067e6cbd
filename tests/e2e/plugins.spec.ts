import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { root } from '../support/models.ts'
import { isHeard } from './output.ts'
import { expect, startCompanion, test as base, type Companion } from './studio.ts'

const run = promisify(execFile)

/** Writes a letter every tenth of a second, for five minutes: long enough to be stopped. */
const SLOW = `
import json, os, sys, time
source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
size = int.from_bytes(source.read(4), "little")
letters = json.loads(source.read(size))["config"]["letters"]
print("I am slow.", file=sys.stderr, flush=True)
for at in range(letters):
    target.write((1).to_bytes(4, "little") + b"a")
    target.flush()
    time.sleep(0.1)
`
const SLOW_MANIFEST = `name = "slow"
version = "1.0.0"
protocol_version = "0.1"
entrypoint = "main.py"
interpreter = ["python3", "-u"]
mode = "streaming"
input = ["text/plain"]
output = ["text/plain"]
description = "Takes its time."
[options.letters]
type = "integer"
default = 3000
[test.options]
letters = 1
`

/** A companion whose plugins are those of the checkout, a slow one, and a broken one. */
const test = base.extend<object, { home: string; companion: Companion }>({
  home: [
    async ({}, use) => {
      const home = await mkdtemp(join(tmpdir(), 'voxloom-plugins-'))
      const folder = (name: string) => join(home, 'data', 'voxloom', 'plugins', name)
      for (const name of ['slow', 'broken']) await mkdir(folder(name), { recursive: true })
      await writeFile(join(folder('slow'), 'plugin.toml'), SLOW_MANIFEST)
      await writeFile(join(folder('slow'), 'main.py'), SLOW)
      await writeFile(join(folder('broken'), 'plugin.toml'), 'name = "broken"\nversion = 1\n')
      await use(home)
      await rm(home, { recursive: true, force: true })
    },
    { scope: 'worker' },
  ],
  companion: [
    async ({ home }, use) => {
      const companion = await startCompanion(0, home)
      await use(companion)
      await companion.stop()
    },
    { scope: 'worker' },
  ],
})

const said: string[] = []
test.beforeEach(({ page }) => {
  said.length = 0
  page.on('console', message => message.type() === 'error' && said.push(message.text()))
  page.on('pageerror', error => said.push(error.message))
})
// A stopped job breaks its stream off, so that nobody takes half for a whole; the browser itself notes that.
const isExpected = (line: string) => line.includes('ERR_INCOMPLETE_CHUNKED_ENCODING')
test.afterEach(() => expect(said.filter(line => !isExpected(line))).toEqual([]))

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** Begins an empty pipeline under a name. */
async function begin(page: Page, { url }: Companion, name: string): Promise<void> {
  await page.goto(`${url}/studio/plugins/pipeline`)
  await expect(page.getByRole('textbox', { name: 'Name of the pipeline' })).toBeVisible()
  await page.getByRole('button', { name: 'More', exact: true }).first().click()
  await page.getByRole('menuitem', { name: 'New pipeline' }).click()
  await page.getByRole('textbox', { name: 'Name of the pipeline' }).fill(name)
}

async function addStep(page: Page, plugin: string): Promise<void> {
  await page.getByRole('button', { name: /^Add (a|the first) step$/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a step' })
  await dialog.getByRole('button', { name: new RegExp(`^${plugin} `) }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: plugin, exact: true })).toBeVisible()
}

/** Presses Undo in the notice that says `what`. */
const takeBack = (page: Page, what: string) =>
  page
    .getByRole('region', { name: /Notifications/ })
    .getByRole('listitem')
    .filter({ hasText: what })
    .getByRole('button', { name: 'Undo' })
    .click()

const lastRun = (page: Page) => page.getByRole('region', { name: 'Last run' })

test('installed plugins are listed, tried, and a broken one says what is wrong', async ({ page, companion }) => {
  await page.goto(`${companion.url}/studio/plugins`)
  const list = page.getByRole('list', { name: 'Installed' })
  const broken = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'broken' }) })
  await expect(broken).toContainText('Can’t be used')
  await expect(broken).toContainText('version')
  await expect(broken.getByRole('button', { name: /^Try/ })).toHaveCount(0)

  const python = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^uppercase-python/ }) })
  const slow = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^slow/ }) })
  await expect(slow).toContainText('Never tried')
  await expect(python).toContainText(/sandboxed/i)
  await expect(python).toContainText('Apache-2.0')
  await button(page, 'Try uppercase-python').click()
  await expect(python).toContainText('Worked on')

  // One that somebody else tries is shown to be tried, and how that went.
  const voice = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^kokoro-tts/ }) })
  const tried = page.evaluate(() =>
    fetch('/plugins/kokoro-tts/verify', { method: 'POST', headers: { 'x-voxloom': '1' } }).then(({ status }) => status),
  )
  await button(page, 'Look again').click()
  await expect(voice).toContainText('Being tried')
  await expect(voice.getByRole('button', { name: /^Try/ })).toHaveCount(0)
  expect(await tried).toBe(200)
  await expect(voice).toContainText('Worked on')

  await page.getByRole('searchbox', { name: 'Search plugins' }).fill('mp3')
  await expect(list.getByRole('heading', { name: /^encode-mp3/ })).toBeVisible()
  await expect(list.getByRole('heading', { name: /^uppercase-python/ })).toHaveCount(0)
  await page.getByRole('searchbox', { name: 'Search plugins' }).fill('')
  await page.getByRole('radio', { name: 'Speech' }).check({ force: true })
  await expect(list.getByRole('heading', { name: /^kokoro-tts/ })).toBeVisible()
  await expect(list.getByRole('heading', { name: /^encode-mp3/ })).toHaveCount(0)

  await page.goto(`${companion.url}/studio/plugins/kokoro-tts`)
  await expect(page.getByRole('rowheader', { name: 'voice' })).toBeVisible()
})

test('a pipeline is built by clicks, runs on typed text, is saved, exported, and runs in the terminal', async ({
  page,
  companion,
}) => {
  await begin(page, companion, 'shout')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill('Grüße aus dem Maschinenraum')
  await page.getByRole('button', { name: 'Add the first step' }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a step' })
  // What reads sound can't read this text, and says so.
  await expect(dialog.getByRole('listitem').filter({ hasText: 'encode-mp3' })).toContainText('reads Sound')
  await expect(dialog.getByRole('button', { name: /^encode-mp3/ })).toHaveCount(0)
  await dialog.getByRole('searchbox').fill('uppercase-python')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Everything fits. Makes: Text')).toBeVisible()

  // Order, by keyboard; removing, and bringing back.
  await addStep(page, 'text-normalize')
  await button(page, 'Move text-normalize up').press('Enter')
  await expect(page.getByRole('listitem', { name: 'Step 1 of 2: text-normalize' })).toBeVisible()
  await expect(button(page, 'Move text-normalize down')).toBeFocused()
  await button(page, 'Remove text-normalize').click()
  await expect(page.getByRole('heading', { name: 'text-normalize' })).toHaveCount(0)
  await takeBack(page, 'text-normalize was removed.')
  await expect(page.getByRole('listitem', { name: 'Step 1 of 2: text-normalize' })).toBeVisible()

  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible()
  await expect(page.getByRole('region', { name: 'Output as text' })).toContainText('GRÜSSE AUS DEM MASCHINENRAUM')

  await button(page, 'Save').click()
  await expect(page).toHaveURL(/\/pipeline\/shout$/)
  await expect(page.getByRole('link', { name: 'shout', exact: true })).toBeVisible()
  await expect(button(page, 'Saved')).toBeDisabled()
  await page.getByRole('button', { name: 'More', exact: true }).first().click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Export as .cr' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('shout.cr')

  const folder = await mkdtemp(join(tmpdir(), 'voxloom-cr-'))
  try {
    const [cr, text] = [join(folder, 'shout.cr'), join(folder, 'in.txt')]
    await file.saveAs(cr)
    await writeFile(text, 'the same in the terminal')
    const { stdout } = await run(process.execPath, ['companion/cli/main.ts', 'run', cr, text, '--output', '-'], {
      cwd: root,
    })
    expect(stdout.trim()).toBe('THE SAME IN THE TERMINAL')

    // The saved one is opened by its address, and deleted with a way back.
    await page.goto(`${companion.url}/studio/plugins/pipeline/shout`)
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: uppercase-python' })).toBeVisible()
    await button(page, 'Delete shout').click()
    await expect(page.getByRole('link', { name: 'shout', exact: true })).toHaveCount(0)
    await takeBack(page, '“shout” was deleted.')
    await expect(page.getByRole('link', { name: 'shout', exact: true })).toBeVisible()

    // A file of the user's is opened through the button.
    await writeFile(cr, `# Mine.\n${(await readFile(cr, 'utf8')).replace('"shout"', '"mine"')}`)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a .cr file' }).first().click()
    await (await chooser).setFiles(cr)
    const name = page.getByRole('textbox', { name: 'Name of the pipeline' })
    await expect(name).toHaveValue('mine')

    // Another pipeline of the same name is not replaced without a question.
    await name.fill('shout')
    await button(page, 'Save').click()
    await page.getByRole('dialog', { name: 'Replace “shout”?' }).getByRole('button', { name: 'Replace' }).click()
    await expect(button(page, 'Saved')).toBeDisabled()

    // Its comments stay, also with one more step; a run of it opens as it was.
    await page.getByRole('radio', { name: 'Text' }).check({ force: true })
    await page.getByRole('textbox', { name: 'Text to work on' }).fill('again')
    await button(page, 'Run').click()
    await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible()
    await addStep(page, 'uppercase-python')
    await button(page, 'Save').click()
    await expect(button(page, 'Saved')).toBeDisabled()
    const saved = () => page.evaluate(() => fetch('/pipelines/shout').then(answer => answer.text()))
    expect(JSON.parse(await saved())).toMatchObject({
      toml: expect.stringMatching(/^# Mine\.\nname = "shout"[^]*uppercase-python-2/),
    })
    await lastRun(page)
      .getByRole('button', { name: /^Open in the builder/ })
      .click()
    await expect(page.getByRole('listitem', { name: 'Step 2 of 2: uppercase-python' })).toBeVisible()
    await button(page, 'Save').click()
    await page.getByRole('dialog', { name: 'Replace “shout”?' }).getByRole('button', { name: 'Replace' }).click()
    await expect(button(page, 'Saved')).toBeDisabled()
    expect(await saved()).toContain('# Mine.')
    expect(await saved()).not.toContain('uppercase-python-2')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('options that can’t be are told beside their field, and steps that don’t fit beside the step', async ({
  page,
  companion,
}) => {
  await begin(page, companion, 'wrong')
  await addStep(page, 'kokoro-tts')
  const speed = page.getByRole('textbox', { name: 'kokoro-tts: speed' })
  await speed.fill('9')
  await expect(page.getByText('At most 2.')).toBeVisible()
  await expect(button(page, 'Run')).toBeDisabled()
  await button(page, 'Back to the default: speed').click()
  await expect(speed).toHaveValue('1')
  await expect(page.getByText('Everything fits.')).toBeVisible()

  await addStep(page, 'encode-mp3')
  await button(page, 'Move encode-mp3 up').click()
  await expect(page.getByRole('listitem', { name: /kokoro-tts$/ })).toContainText(/reads text\/plain/)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'Steps' }).click()
  await page.keyboard.press('ControlOrMeta+z')
  await expect(page.getByText('Everything fits. Makes: MP3')).toBeVisible()
})

test('text becomes an MP3 that can be heard and saved', async ({ page, companion }) => {
  await begin(page, companion, 'book')
  await page
    .getByRole('textbox', { name: 'Text to work on' })
    .fill('The harbour was quiet. The boats lay side by side.')
  for (const plugin of ['text-normalize', 'kokoro-tts', 'encode-mp3']) await addStep(page, plugin)
  await expect(page.getByText('Everything fits. Makes: MP3')).toBeVisible()
  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible({ timeout: 150_000 })
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration)).toBeGreaterThan(2)
  await audio.evaluate((element: HTMLAudioElement) => element.play())
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0.2)
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download book.mp3' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe('book.mp3')
  expect((await readFile(await file.path())).length).toBeGreaterThan(5000)
})

test('a file that is no text goes as it is, and its pipeline need not be saved', async ({ page, companion }) => {
  await begin(page, companion, 'pack')
  await addStep(page, 'encode-mp3')
  // One second of a tone, 16 bits at 24 kHz.
  const tone = new Int16Array(24_000).map((_, at) => 8000 * Math.sin((at * 440 * 2 * Math.PI) / 24_000))
  await page.getByRole('radio', { name: 'File' }).check({ force: true })
  const chooser = page.waitForEvent('filechooser')
  await button(page, 'Choose a file').click()
  await (
    await chooser
  ).setFiles({ name: 'tone.pcm', mimeType: 'application/octet-stream', buffer: Buffer.from(tone.buffer) })
  await expect(page.getByRole('textbox', { name: 'Type of the file' })).toHaveValue('audio/pcm;rate=24000;channels=1')
  await expect(page.getByText('Everything fits. Makes: MP3')).toBeVisible()
  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible()
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => Math.round(element.duration))).toBe(1)
  await expect(page.getByRole('link', { name: 'pack', exact: true })).toHaveCount(0)
})

const LONG = Array.from({ length: 60 }, (_, at) => `This is sentence number ${at + 1} of a long story.`).join(' ')

test('sound is heard while it is made, as MP3 and as samples', async ({ page, companion }) => {
  await begin(page, companion, 'live')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill(LONG)
  await addStep(page, 'kokoro-tts')
  const listen = button(page, 'Listen while it is made')
  const stopped = lastRun(page).getByText('Stopped', { exact: true })
  const cancel = lastRun(page).getByRole('button', { name: /^Cancel/ })

  await button(page, 'Run').click()
  await listen.click()
  await expect(button(page, 'Stop listening')).toBeVisible()
  await expect.poll(() => isHeard(page)).toBe(true)
  await cancel.click()
  await expect(stopped).toBeVisible()
  // What was made is kept: as a file that can be played, head and all.
  const audio = lastRun(page).locator('audio')
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.duration)).toBeGreaterThan(1)

  await addStep(page, 'encode-mp3')
  await button(page, 'Run').click()
  await expect(stopped).toHaveCount(0)
  await listen.click()
  await expect.poll(() => audio.evaluate((element: HTMLAudioElement) => element.currentTime)).toBeGreaterThan(0.5)
  await expect(lastRun(page).getByText('Running', { exact: true })).toBeVisible()
  await cancel.click()
  await expect(stopped).toBeVisible()
})

test('a run is stopped, is found among the jobs with its log, and is deleted', async ({ page, companion }) => {
  await begin(page, companion, 'slow')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill('x')
  await addStep(page, 'slow')
  await expect(page.getByText('Everything fits.')).toBeVisible()
  await page.keyboard.press('ControlOrMeta+Enter')
  // Its text comes while it runs.
  await expect(page.getByRole('region', { name: 'Output as text' })).toContainText('aaa')

  // The shell shows it, too; but it is the companion's, and goes on without the page.
  await page.getByRole('button', { name: '1 job running' }).click()
  const tray = page.getByRole('region', { name: 'Jobs', exact: true }).filter({ hasText: 'Pipeline slow' })
  await expect(tray.getByRole('button', { name: 'Cancel: Pipeline slow' })).toBeVisible()
  await page.reload()
  await page.getByRole('link', { name: /^Jobs/ }).click()
  const job = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first()
  await expect(job.getByText('Running', { exact: true })).toBeVisible()
  await job.getByRole('button', { name: /^Cancel/ }).click()
  await expect(job.getByText('Stopped', { exact: true })).toBeVisible()
  await expect(page.getByRole('status').filter({ hasText: 'slow was stopped.' })).toHaveCount(1)

  await job.getByRole('button', { name: /Output and log/ }).click()
  await expect(page).toHaveURL(/\/jobs\/.+/)
  await expect(job.getByRole('region', { name: 'Output as text' })).toContainText('aaa')
  await job.getByText('Log', { exact: false }).last().click()
  await expect(job.getByRole('region', { name: 'Log' })).toContainText('I am slow.')

  await job.getByRole('button', { name: 'Delete the job slow' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('list', { name: 'Jobs' }).getByText('Stopped', { exact: true })).toHaveCount(0)
})

test('every part passes axe in light and dark, wide and narrow, and fits a phone', async ({ page, companion }) => {
  await begin(page, companion, 'look')
  await page.getByRole('textbox', { name: 'Text to work on' }).fill('Look at me.')
  await addStep(page, 'uppercase-python')
  await button(page, 'Run').click()
  await expect(lastRun(page).getByText('Done', { exact: true })).toBeVisible()
  await addStep(page, 'kokoro-tts')
  await page.getByRole('textbox', { name: 'kokoro-tts: speed' }).fill('9')
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 860 })
      for (const part of ['kokoro-tts', 'pipeline', 'jobs']) {
        await page.goto(`${companion.url}/studio/plugins/${part}`)
        await expect(page.getByRole('main').getByRole('list').first()).toBeVisible()
        if (part === 'pipeline') await expect(page.getByText('Something doesn’t fit')).toBeVisible()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      }
    }
  }
  await page.goto(`${companion.url}/studio/plugins/pipeline`)
  await button(page, 'Add a step').click()
  await expect(page.getByRole('dialog', { name: 'Add a step' })).toBeVisible()
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').analyze()
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
})

test('without a companion the room says what it is, and looks again', async ({ page, home }) => {
  const own = await startCompanion(0, join(home, 'other'))
  await page.goto(`${own.url}/studio/plugins`)
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null, undefined, { timeout: 60_000 })
  await own.stop()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'Plugins need the companion' })).toBeVisible()
  await expect(page.getByText('npm start')).toBeVisible()
  const again = await startCompanion(own.port, join(home, 'other'))
  await button(page, 'Look again').click()
  await expect(page.getByRole('list', { name: 'Installed' })).toBeVisible()
  await again.stop()
  // The browser itself notes every request that nobody answered.
  said.length = 0
})
