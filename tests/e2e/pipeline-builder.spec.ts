import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../support/models.ts'
import { addStep, begin, button, lastRun, takeBack, test } from './plugin-room.ts'
import { expect } from './studio.ts'

const run = promisify(execFile)

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
