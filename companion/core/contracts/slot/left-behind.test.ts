import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { contractFixture } from '../testing/fixture.ts'

it.runIf(process.platform !== 'win32')('waits for no program that a plugin left behind with its output', () => {
  // Out of its group, so that it does not end with the plugin.
  const fixture = contractFixture(`
const { spawn } = await import('node:child_process')
on('get_voices', () => {
  const left = spawn('sleep', ['600'], { detached: true, stdio: ['ignore', 1, 'ignore'] })
  left.unref()
  return [{ id: String(left.pid), name: 'Left' }]
})`)
  const program = `
const { openSlot } = await import(${JSON.stringify(new URL('./slot.ts', import.meta.url).href)})
const launch = () => Promise.resolve(${JSON.stringify(fixture.launch())})
const slot = openSlot({ name: 'fixture', contract: 'tts', version: '1', methods: [], launch, rules: { backoff: [600000, 600000] } })
const [{ id }] = await slot.call('get_voices', {})
console.log(id)
process.kill(slot.state.pid, 'SIGKILL')
while (slot.state.status !== 'ERROR') await new Promise(resolve => slot.watch(resolve))
await slot.close()
console.log('closed')`
  const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 25_000 })
  const [left] = ran.stdout.split('\n')
  process.kill(Number(left), 'SIGKILL')
  expect(ran).toMatchObject({ status: 0, stdout: `${left}\nclosed\n` })
})
