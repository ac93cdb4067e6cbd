import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { addStep, begin, button, lastRun, test } from './plugin-room.ts'
import { expect, startCompanion } from './studio.ts'

test('installed plugins are listed, tried, and a broken one says what is wrong', async ({ page, companion }) => {
  await page.goto(`${companion.url}/studio/plugins`)
  const list = page.getByRole('list', { name: 'Installed' })
  const broken = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'broken' }) })
  await expect(broken).toContainText('Can’t be used')
  await expect(broken).toContainText('version')
  await expect(broken.getByRole('button', { name: /^Try/ })).toHaveCount(0)

  const python = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^uppercase-python/ }) })
  const untried = list.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^untried/ }) })
  await expect(untried).toContainText('Never tried')
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

test('without a companion the room says what it is, and looks again', async ({ page, home, said }) => {
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
