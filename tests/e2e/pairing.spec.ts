import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Page } from 'playwright/test'
import { root } from '../support/models.ts'
import { newProject, play, write } from './narrate.ts'
import { expect, LAUNCH, startCompanion, test, type Companion } from './studio.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
}

/** A static host, as docs/install.md describes it. @param headers the file of the build that names them */
async function hostPage(headers: 'headers.json' | 'headers-hosted.json') {
  const dist = join(root, 'dist')
  const dress = JSON.parse(await readFile(join(dist, headers), 'utf8')) as Record<string, string>
  const server = createServer(async (request, answer) => {
    const path = normalize(new URL(request.url ?? '/', 'http://localhost').pathname)
    const name = path.startsWith('/studio') ? '/index.html' : path
    const body = request.method === 'GET' ? await readFile(join(dist, name)).catch(() => undefined) : undefined
    answer.writeHead(body ? 200 : 404, { ...dress, 'content-type': TYPES[extname(name)] ?? 'text/plain' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, origin: `http://localhost:${port}`, close: () => server.close() }
}

/** `voxloom pair` in the terminal of whoever started the companion. @returns what it printed */
async function pair({ port, home }: Companion, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, XDG_CONFIG_HOME: join(home, 'config'), XDG_STATE_HOME: join(home, 'state') }
  const words = ['companion/cli/main.ts', 'pair', ...args, '--port', String(port)]
  return (await promisify(execFile)(process.execPath, words, { cwd: root, env })).stdout.trim()
}

async function connect(page: Page, address: string, code: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Address' }).fill(address)
  await page.getByRole('textbox', { name: 'Code', exact: true }).fill(code)
  await page.getByRole('button', { name: 'Connect', exact: true }).click()
}

const status = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

test('a page of another server is paired by the code in the terminal, works, and is revoked', async () => {
  const companion = await startCompanion()
  const host = await hostPage('headers-hosted.json')
  const strict = await hostPage('headers.json')
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // As if the host were far away: its pages need the permission to reach this machine.
    args: [...LAUNCH, `--ip-address-space-overrides=127.0.0.1:${host.port}=public`],
  })
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, baseURL: host.origin })
    context.setDefaultTimeout(30_000)
    await context.grantPermissions(['local-network-access'], { origin: host.origin })
    const page = await context.newPage()
    const corner = page.getByRole('region', { name: 'Companion' })
    await page.goto('/studio/plugins')
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true)
    await expect(page.getByRole('heading', { name: 'Plugins need the companion' })).toBeVisible()
    await status(page, 'No companion').click()

    // Each way of not getting through has its words.
    await connect(page, 'http://localhost:1', '00000000')
    await expect(page.getByRole('alert').filter({ hasText: 'Nobody answers there.' })).toBeVisible()
    await connect(page, companion.url, '00000000')
    await expect(page.getByRole('alert').filter({ hasText: 'No code is waiting' })).toBeVisible()
    const code = await pair(companion)
    await connect(page, companion.url, '00000000')
    await expect(page.getByRole('alert').filter({ hasText: 'isn’t the code that the terminal shows' })).toBeVisible()
    await connect(page, companion.url, code.toLowerCase())
    await expect(corner.getByText(`The companion at ${companion.url} is running.`)).toBeVisible()

    // What it is paired for: plugins, weights, and the voice over the socket.
    await expect(page.getByRole('list', { name: 'Installed' })).toContainText('kokoro-tts')
    await page.getByRole('switch', { name: 'Let the companion speak' }).setChecked(true)
    const fetched: string[] = []
    page.on('response', answer => {
      if (answer.url().includes('g2p') && answer.ok()) fetched.push(new URL(answer.url()).origin)
    })
    await page.goto('/studio/models')
    const g2p = page.locator('article[aria-labelledby="model-g2p-en"]')
    await g2p.getByRole('button', { name: /^Download / }).click()
    await expect(g2p.getByText(/^Ready/)).toBeVisible()
    expect(new Set(fetched)).toEqual(new Set([companion.url]))
    await newProject(page)
    await write(page, 'From afar.')
    const opening = page.waitForEvent('websocket')
    await play(page).click()
    const socket = await opening
    expect(socket.url()).toMatch(new RegExp(`^ws://localhost:${companion.port}/ws\\?ticket=`))
    // Nothing is sent before the companion has let it in.
    expect(String((await socket.waitForEvent('framesent')).payload)).toContain('From afar.')

    // The terminal ends it, and the page says so.
    expect(await pair(companion, 'list')).toContain(host.origin)
    expect(await pair(companion, 'revoke', host.origin)).toBe(`${host.origin}: revoked`)
    await page.goto('/studio/plugins')
    await status(page, 'Companion refused').click()
    await expect(corner.getByText(/no longer knows this page/)).toBeVisible()
    await expect(page.getByRole('heading', { name: 'Plugins need the companion' })).toBeVisible()

    // A new code lets it in again, and the page can go by itself.
    await connect(page, companion.url, await pair(companion))
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await expect(corner.getByText('This page comes from a server without a companion.')).toBeVisible()
    expect(await pair(companion, 'list')).toBe('No page is paired.')

    // Whoever does not let the page reach this machine is told what to do, and so is whoever runs a server with the
    // policy of the companion's own page.
    await context.clearPermissions()
    await page.reload()
    await status(page, 'No companion').click()
    await connect(page, companion.url, await pair(companion))
    await expect(page.getByRole('alert').filter({ hasText: 'Allow it in the site’s settings' })).toBeVisible()
    await page.goto(`${strict.origin}/studio/plugins`)
    await status(page, 'No companion').click()
    await connect(page, companion.url, await pair(companion))
    await expect(page.getByRole('alert').filter({ hasText: 'headers-hosted.json' })).toBeVisible()
  } finally {
    await browser.close()
    strict.close()
    host.close()
    await companion.stop()
  }
})
