import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { contractFixture } from '../../core/contracts/testing/fixture.ts'
import { openContractHome } from '../testing/contract-home.ts'

it('gives up a stream, too, that says nothing for as long as --timeout allows', async () => {
  const home = openContractHome()
  onTestFinished(() => home.close())
  const manifest = { call_timeout: 30 }
  const parent = join(home.folder, 'plugins')
  contractFixture(`on('mix', () => new Promise(() => {}), { streams: true })`, {
    ...{ name: 'mute', contract: 'mix', parent, manifest },
  })
  const given = ['call', 'mute', 'mix', '--timeout', '0.5', '--json']
  for (const way of ['--stream', '--no-stream']) {
    const { code, stderr } = await home.contracts([...given, way])
    expect(code).not.toBe(0)
    expect(stderr).toContain('did not answer “mix” within 0.5 seconds')
  }
}, 120_000)
