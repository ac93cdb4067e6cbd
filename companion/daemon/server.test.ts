import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ModelStore } from '../core/models/store.ts'
import { ensureToken, tokenFile } from '../core/token.ts'
import { openFixture, type Fixture } from './fixture.ts'
import { startDaemon } from './server.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture.close())

describe('start and stop', () => {
  it('says that the port is taken', async () => {
    const store = new ModelStore({ folder: join(fixture.folder, 'models') })
    await expect(
      startDaemon({ port: fixture.port, store, stateFolder: join(fixture.folder, 'state') }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(String(fixture.port)),
    })
  })

  it('says what to do when the page has not been built, and serves the rest', async () => {
    const store = new ModelStore({ folder: join(fixture.folder, 'models') })
    const stateFolder = join(fixture.folder, 'state')
    const daemon = await startDaemon({ port: 0, store, stateFolder, dist: join(fixture.folder, 'no-dist') })
    try {
      const page = await fetch(`${daemon.address}/studio/narrate`)
      expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('npm start')])
      const headers = fixture.bearer
      expect((await fetch(`${daemon.address}/status`, { headers })).status).toBe(200)
      expect((await fetch(`${daemon.address}/plugins`, { headers })).status).toBe(404)
    } finally {
      await daemon.close()
    }
  })

  it('lets go of the port, though somebody is connected', async () => {
    const store = new ModelStore({ folder: join(fixture.folder, 'models') })
    const stateFolder = join(fixture.folder, 'state')
    const one = await startDaemon({ port: 0, store, stateFolder })
    const idle = connect(one.port, '127.0.0.1').on('error', () => undefined)
    await new Promise(resolve => idle.once('connect', resolve))
    await one.close()
    idle.destroy()
    const next = await startDaemon({ port: one.port, store, stateFolder })
    await next.close()
  })

  it('locks up a token that others could read, and replaces one that is no token', () => {
    const state = join(fixture.folder, 'other-state')
    mkdirSync(state)
    writeFileSync(tokenFile(state), 'short', { mode: 0o644 })
    const made = ensureToken(state)
    expect(made).toHaveLength(43)
    expect(ensureToken(state)).toBe(made)
    expect(readFileSync(tokenFile(state), 'utf8')).toBe(made)
    expect(statSync(tokenFile(state)).mode & 0o777).toBe(0o600)
  })
})
