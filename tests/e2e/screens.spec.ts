import { AxeBuilder } from '@axe-core/playwright'
import { expect, test } from './studio.ts'

const SCREENS = [
  '/studio/narrate',
  '/studio/transcribe',
  '/studio/converse',
  '/studio/converse/earlier',
  '/studio/converse/personas',
  '/studio/models',
  '/studio/settings',
] as const

for (const screen of SCREENS) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`${screen} in ${scheme}: axe finds nothing, nothing is wider than a phone, nothing breaks the policy`, async ({
      page,
    }) => {
      const said: string[] = []
      page.on('console', message => message.type() === 'error' && said.push(message.text()))
      page.on('pageerror', error => said.push(error.message))
      await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', event =>
          console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
        )
      })
      await page.emulateMedia({ colorScheme: scheme })
      for (const viewport of [
        { width: 1280, height: 860 },
        { width: 390, height: 844 },
      ]) {
        await page.setViewportSize(viewport)
        await page.goto(screen)
        await expect(page.getByRole('main')).toBeVisible()
        await expect(page.getByRole('heading').first()).toBeVisible()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
      }
      expect(said).toEqual([])
    })
  }
}

test('the page is isolated, so that threads and the audio ring are there', async ({ page }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/studio\/narrate$/)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
})

test('a room that does not exist says so and leads back', async ({ page }) => {
  await page.goto('/studio/nowhere')
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible()
})

test('every room is reached by keyboard alone, through the command palette', async ({ page }) => {
  await page.goto('/studio/narrate')
  await expect(page.getByRole('main')).toBeVisible()
  for (const room of ['Models', 'Settings', 'Narrate']) {
    await page.keyboard.press('ControlOrMeta+k')
    await expect(page.getByRole('textbox', { name: 'Type a room or a command' })).toBeFocused()
    await page.keyboard.type(room)
    // What was typed has taken effect once nothing else is offered first.
    await expect(page.getByRole('option').first()).toHaveAccessibleName(new RegExp(`^${room}`))
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(new RegExp(`/studio/${room.toLowerCase()}`))
    await expect(page.getByRole('dialog')).toBeHidden()
  }
})

test('German is complete and is kept', async ({ page }) => {
  await page.goto('/studio/settings')
  await page.evaluate(() => {
    const kept = JSON.parse(localStorage.getItem('voxloom:preferences') ?? '{}') as object
    localStorage.setItem('voxloom:preferences', JSON.stringify({ ...kept, locale: 'de' }))
  })
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('lang', 'de')
  await expect(page.getByRole('heading', { name: 'Einstellungen' }).first()).toBeVisible()
  await page.evaluate(() => localStorage.removeItem('voxloom:preferences'))
})
