import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright/test'
import { withOwnCompanion } from './own-companion.ts'
import { expect, type Companion } from './studio.ts'

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

// A stopped job breaks its stream off, so that nobody takes half for a whole; the browser itself notes that.
const isExpected = (line: string) => line.includes('ERR_INCOMPLETE_CHUNKED_ENCODING')

async function furnish(home: string): Promise<void> {
  const folder = (name: string) => join(home, 'data', 'voxloom', 'plugins', name)
  for (const name of ['slow', 'untried', 'broken']) await mkdir(folder(name), { recursive: true })
  for (const name of ['slow', 'untried']) {
    await writeFile(join(folder(name), 'plugin.toml'), SLOW_MANIFEST.replace('"slow"', `"${name}"`))
    await writeFile(join(folder(name), 'main.py'), SLOW)
  }
  await writeFile(join(folder('broken'), 'plugin.toml'), 'name = "broken"\nversion = 1\n')
}

/** A companion whose plugins are those of the checkout, a slow one, one that nobody uses, and a broken one. */
export const test = withOwnCompanion('plugins', furnish).extend<{ said: string[] }>({
  /** Errors of the console: there must be none at the end. */
  said: [
    async ({ page }, use) => {
      const said: string[] = []
      page.on('console', message => message.type() === 'error' && said.push(message.text()))
      page.on('pageerror', error => said.push(error.message))
      await use(said)
      expect(said.filter(line => !isExpected(line))).toEqual([])
    },
    { auto: true },
  ],
})

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** Begins an empty pipeline under a name. */
export async function begin(page: Page, { url }: Companion, name: string): Promise<void> {
  await page.goto(`${url}/studio/plugins/pipeline`)
  await expect(page.getByRole('textbox', { name: 'Name of the pipeline' })).toBeVisible()
  await page.getByRole('button', { name: 'More', exact: true }).first().click()
  await page.getByRole('menuitem', { name: 'New pipeline' }).click()
  await page.getByRole('textbox', { name: 'Name of the pipeline' }).fill(name)
}

export async function addStep(page: Page, plugin: string): Promise<void> {
  await page.getByRole('button', { name: /^Add (a|the first) step$/ }).click()
  const dialog = page.getByRole('dialog', { name: 'Add a step' })
  await dialog.getByRole('button', { name: new RegExp(`^${plugin} `) }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('heading', { name: plugin, exact: true })).toBeVisible()
}

/** Presses Undo in the notice that says `what`. */
export const takeBack = (page: Page, what: string) =>
  page
    .getByRole('region', { name: /Notifications/ })
    .getByRole('listitem')
    .filter({ hasText: what })
    .getByRole('button', { name: 'Undo' })
    .click()

export const lastRun = (page: Page) => page.getByRole('region', { name: 'Last run' })
