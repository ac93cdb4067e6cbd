import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { manifestText } from '../core/install/testing/archives.ts'
import { scratch } from '../core/testing/plugins.ts'
import { runCommand } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

/** Tries two plugins, of which there are no programs, and one whose manifest says nothing. */
function tryThree(...args: string[]) {
  const folder = scratch()
  const env = { ...process.env, NO_COLOR: '1', HOME: folder }
  for (const kind of ['CONFIG', 'STATE', 'DATA', 'CACHE'])
    Object.assign(env, { [`XDG_${kind}_HOME`]: join(folder, kind) })
  for (const name of ['one', 'two', 'three']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'plugin.toml'), name === 'three' ? '' : manifestText(name, '1.0.0', ODD_INPUT))
  }
  return runCommand(['plugins', 'test', 'one', 'two', 'three', ...args], { env, cwd: folder })
}

/** Names a test input that is not there: the kit gives up at once. */
const ODD_INPUT = '[test]\ninput = "none"\n'

it.each(['1', '2', '64'])(
  'voxloom plugins test tells results in the order of the plugins, %s at a time',
  async jobs => {
    const { code, stdout, stderr } = await tryThree('--jobs', jobs)
    expect(code).toBe(1)
    expect(stdout.match(/^\w.*$/gm)).toEqual(['one', 'two', 'three', '0 passed, 3 failed, 0 without meaning here'])
    expect(stdout.match(/✗ .*/g)).toEqual(['✗ can be tried', '✗ can be tried', '✗ has a manifest in order'])
    expect(stderr).toBe(
      jobs === '1' ? '' : `Trying 3 plugins, ${jobs} at a time. What a clock decides comes at the end, alone.\n`,
    )
  },
)

it.each(['0', '65', '1.5'])('voxloom plugins test takes no “%s” for a number of plugins', async jobs => {
  const { code, stdout, stderr } = await tryThree('--jobs', jobs)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(`from 1 to 64, and not “${jobs}”`)
})
