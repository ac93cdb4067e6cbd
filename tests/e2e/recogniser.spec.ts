import { recordingPath } from '../support/recordings.ts'
import { expect, freshStudio, test } from './studio.ts'

test('what listens is chosen by size, licence and languages, and fetched only when it is wanted', async () => {
  const { page, close } = await freshStudio()
  const fetched: string[] = []
  page.on('request', request => fetched.push(request.url()))
  await page.goto('/studio/transcribe')
  await page.getByRole('button', { name: 'What listens: Moonshine Tiny' }).click()
  const dialog = page.getByRole('dialog')
  const whisper = dialog.getByRole('radio', { name: 'Whisper Base' })
  await expect(whisper).toHaveAccessibleDescription(/99 languages.*when they end.*download of \d+ MB/is)
  await expect(dialog.getByRole('link', { name: /MIT/ })).toHaveCount(2)
  await whisper.check()
  await dialog.getByRole('combobox', { name: 'Spoken language' }).selectOption('German')
  await page.keyboard.press('Escape')

  await page.reload()
  await page.getByRole('button', { name: 'What listens: Whisper Base' }).click()
  await expect(dialog.getByRole('combobox', { name: 'Spoken language' })).toHaveValue('de')
  await page.keyboard.press('Escape')
  await page.locator('input[type=file]').setInputFiles(await recordingPath('sentence'))
  await expect(dialog).toContainText('Whisper Base, 99 languages')
  await dialog.getByRole('button', { name: 'Not now' }).click()
  expect(fetched.filter(url => url.includes('whisper-base') || url.includes('asyncify'))).toEqual([])
  await close()
})
