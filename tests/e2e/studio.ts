import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, test as base, type BrowserContext, type Page } from 'playwright/test'
import { modelsFolder, root } from '../support/models.ts'
import { recordOutput } from './output.ts'

export const LAUNCH = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A companion that serves the built page, as `npm start` does. */
export interface Companion {
  readonly url: string
  readonly port: number
  /** Its folder of settings and state. */
  readonly home: string
  stop(): Promise<void>
  /** Ends it as a power cut would. */
  kill(): Promise<void>
}

export async function startCompanion(port = 0, home?: string): Promise<Companion> {
  const folder = home ?? (await mkdtemp(join(tmpdir(), 'voxloom-home-')))
  const child = spawn(process.execPath, ['companion/cli/main.ts', 'serve', '--port', String(port)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      VOXLOOM_MODELS: modelsFolder,
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_DATA_HOME: join(folder, 'data'),
      // One for the whole run: plugins are tried once, and not by whatever else this machine has done.
      XDG_CACHE_HOME: join(root, 'test-results', 'cache'),
    },
  })
  const url = await address(child)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await exited
  }
  return {
    url,
    port: Number(new URL(url).port),
    home: folder,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      if (!home) await rm(folder, { recursive: true, force: true })
    },
  }
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (data: Buffer) => {
      said += data.toString()
      const found = /http:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(said)
      if (found) resolve(found[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', code => reject(new Error(`The companion ended with ${code}:\n${said}`)))
  })
}

export interface Fixtures {
  /** A page of the shared browser profile, in which the voice is already there after the first use. */
  page: Page
}

/** A companion and a browser profile of one test's own. */
export interface FreshStudio {
  readonly companion: Companion
  readonly context: BrowserContext
  readonly page: Page
  close(): Promise<void>
}

/** @param prepare the browser before its first page */
export async function freshStudio(prepare?: (context: BrowserContext) => Promise<void>): Promise<FreshStudio> {
  const companion = await startCompanion()
  const profile = await mkdtemp(join(tmpdir(), 'voxloom-profile-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: [...LAUNCH, '--autoplay-policy=no-user-gesture-required'],
    viewport: { width: 1280, height: 860 },
    acceptDownloads: true,
    baseURL: companion.url,
  })
  // A button that is not there is known long before the test's time is up.
  context.setDefaultTimeout(30_000)
  await recordOutput(context)
  await prepare?.(context)
  return {
    companion,
    context,
    page: await context.newPage(),
    async close() {
      await context.close()
      await companion.stop()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

/** Tests share one companion and one browser profile, so that the voice is fetched once. */
export const test = base.extend<Fixtures, { shared: FreshStudio }>({
  shared: [
    async ({}, use) => {
      const studio = await freshStudio()
      await use(studio)
      await studio.close()
    },
    { scope: 'worker' },
  ],
  page: async ({ shared }, use) => {
    const page = await shared.context.newPage()
    await use(page)
    await page.close()
  },
})

export { expect } from 'playwright/test'
