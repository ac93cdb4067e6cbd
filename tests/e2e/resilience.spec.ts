import type { Page } from 'playwright/test'
import { fetchVoice, heardToTheEnd, newProject, play, text, write } from './narrate.ts'
import { rms, takeOutput } from './output.ts'
import { expect, test } from './studio.ts'

const LONG = [
  'The ferry had left an hour before we reached the pier.',
  'There was nothing to do but wait for the next one.',
  'My sister counted the gulls and I counted the boats.',
  'By evening we had both lost our place.',
].join(' ')

test('a tab killed in the middle of rendering goes on where it was', async ({ page, shared }) => {
  await newProject(page)
  await write(page, LONG)
  await play(page).click()
  await fetchVoice(page)
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  const address = page.url()
  await expect.poll(() => storedSounds(page), { timeout: 120_000 }).toBeGreaterThan(0)
  const before = await storedSounds(page)

  const session = await shared.context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  // Never answered: who would answer is gone.
  void session.send('Page.crash').catch(() => undefined)
  await crashed
  const again = await shared.context.newPage()
  await again.goto(address)
  await expect(text(again)).toContainText('By evening we had both lost our place.')
  expect(await storedSounds(again)).toBeGreaterThanOrEqual(before)
  await play(again).click()
  await heardToTheEnd(again)
  expect(rms(await takeOutput(again))).toBeGreaterThan(0.005)
  await again.close()
})

test('a speech worker that vanishes costs nothing: what is open fails at once, and another worker goes on', async ({
  page,
}) => {
  await newProject(page)
  await write(
    page,
    Array.from({ length: 40 }, (_, at) => `Boat number ${at + 1} came back low in the water.`).join(' '),
  )
  const before = await storedSounds(page)
  await play(page).click()
  await fetchVoice(page)
  await expect.poll(() => storedSounds(page), { timeout: 120_000 }).toBeGreaterThan(before)
  const speaking = () => page.workers().find(each => /\/wasm-[^/]*\.js/.test(each.url()))
  const gone = speaking()
  if (!gone) throw new Error(`No speech worker among ${page.workers().map(each => each.url())}`)
  await gone.evaluate(() => self.close())
  const kept = await storedSounds(page)
  // Made ahead, nobody hears of it; in the middle of what is heard, a sentence says so, and Play goes on.
  const failed = page.getByText('The voice engine failed.').first()
  await expect.poll(async () => speaking() !== gone || (await failed.isVisible()), { timeout: 60_000 }).toBe(true)
  if (await failed.isVisible()) await play(page).click()
  await expect.poll(() => storedSounds(page), { timeout: 120_000 }).toBeGreaterThan(kept)
  await expect(text(page)).toContainText('Boat number 40 came back low in the water.')
  await page.getByRole('button', { name: 'Pause', exact: true }).first().click()
})

test('two tabs never overwrite each other: the second is asked, and both texts are safe', async ({ page, shared }) => {
  await newProject(page)
  await write(page, 'Written in the first tab.')
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await expect(page).toHaveURL(/\/studio\/narrate\/.+/)
  const other = await shared.context.newPage()
  await other.goto(page.url())
  await expect(text(other)).toContainText('Written in the first tab.')

  // Both write before either has seen the other's change: the second one neither saves nor sees anything meanwhile.
  await text(other).click()
  await other.keyboard.press('ControlOrMeta+a')
  const written = other.evaluate(milliseconds => {
    document.execCommand('insertText', false, 'Changed in the second tab.')
    const end = performance.now() + milliseconds
    while (performance.now() < end);
  }, 5_000)
  await write(page, 'Changed in the first tab.')
  await written
  const asked = (tab: typeof page) => tab.getByText('This project was changed in another tab')
  await expect(
    asked(page)
      .or(page.getByText('Saved', { exact: true }))
      .first(),
  ).toBeVisible()
  await expect.poll(async () => (await asked(page).isVisible()) || (await asked(other).isVisible())).toBe(true)
  const loser = (await asked(page).isVisible()) ? page : other
  await loser.getByRole('button', { name: 'Keep mine as a copy' }).click()
  await expect(text(loser)).toContainText(loser === page ? 'Changed in the first tab.' : 'Changed in the second tab.')
  const winner = loser === page ? other : page
  await expect(text(winner)).toContainText(winner === page ? 'Changed in the first tab.' : 'Changed in the second tab.')
  await other.close()
})

test('a damaged file of the voice is found by Verify and repaired by fetching it again', async ({ page }) => {
  await page.goto('/studio/narrate')
  await newProject(page)
  await write(page, 'A voice to damage.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  const damaged = await page.evaluate(async () => {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        if (!request.url.includes('af_bella.bin')) continue
        const response = (await cache.match(request))!
        const bytes = new Uint8Array(await response.arrayBuffer())
        if (bytes.length < 1000) continue
        bytes[500] = bytes[500]! ^ 0xff
        await cache.put(request, new Response(bytes, { headers: response.headers }))
        return true
      }
    }
    return false
  })
  expect(damaged).toBe(true)
  await page.goto('/studio/models')
  await page
    .getByRole('button', { name: /Verify|Check/ })
    .first()
    .click()
  await expect(page.getByText(/damaged/i).first()).toBeVisible({ timeout: 120_000 })
  await page
    .getByRole('button', { name: /Repair/ })
    .first()
    .click()
  await expect(page.getByText(/damaged/i)).toHaveCount(0, { timeout: 120_000 })
})

test('storage that is full is said in a sentence, and the text stays', async ({ page, shared }) => {
  await newProject(page)
  const session = await shared.context.newCDPSession(page)
  const { origin } = new URL(page.url())
  await write(page, 'There is no room left for this sentence.')
  await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  try {
    await play(page).click()
    await expect(page.getByText(/no room|storage is full|space/i).first()).toBeVisible({ timeout: 120_000 })
    await expect(text(page)).toContainText('There is no room left for this sentence.')
  } finally {
    await session.send('Storage.overrideQuotaForOrigin', { origin })
  }
})

test('deleting a project frees its sound, once it can no longer be brought back', async ({ page }) => {
  await newProject(page)
  await write(page, 'This sentence is in no other project of the list.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  const before = await storedSounds(page)
  await page.getByRole('link', { name: 'All projects' }).click()
  await page.getByRole('button', { name: /^Actions for This sentence is in no other/ }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByText(/was deleted/).first()).toBeVisible()
  expect(await storedSounds(page)).toBe(before)
  await expect.poll(() => storedSounds(page), { timeout: 30_000 }).toBe(before - 1)
})

test('sound that no project uses is cleared when asked for, and what is used stays', async ({ page }) => {
  await newProject(page)
  await write(page, 'First I was worded like this.')
  await play(page).click()
  await fetchVoice(page)
  await heardToTheEnd(page)
  await write(page, 'Then I was worded like that.')
  await play(page).click()
  await expect.poll(() => storedSounds(page)).toBeGreaterThan(1)
  await heardToTheEnd(page)
  const before = await storedSounds(page)
  await page.getByRole('link', { name: 'All projects' }).click()
  await page.getByRole('button', { name: 'More' }).first().click()
  await page.getByRole('menuitem', { name: 'Clear unused sound' }).click()
  await expect(page.getByText(/were freed/).first()).toBeVisible()
  expect(await storedSounds(page)).toBeLessThan(before)
  await page
    .getByRole('link', { name: /Then I was worded like that/ })
    .first()
    .click()
  await play(page).click()
  await heardToTheEnd(page)
})

/** Sentences whose sound is kept in this browser. */
function storedSounds(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let count = 0
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle)
        else if (/^[0-9a-f]{16,}/.test(handle.name)) count++
      }
    }
    await walk(await navigator.storage.getDirectory())
    return count
  })
}
