import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it, onTestFinished, vi } from 'vitest'
import { jobTrial } from '../../tests/support/job-trial.ts'
import { makeHome, script } from '../../tests/support/serve.ts'

vi.setConfig({ testTimeout: 120_000 })

function openHome() {
  const home = makeHome()
  onTestFinished(() => home.close())
  return home
}

it('keeps every acknowledged job, once, through four deaths at random moments, and leaves no process', async () => {
  const report = await jobTrial(openHome(), { jobs: 12, deaths: 4, seed: 20261121 })
  expect(report).toEqual({ lost: [], wrong: [], left: [] })
})

it('lets no second daemon work with the same state', async () => {
  const { serve, env, folder } = openHome()
  const serving = serve()
  const first = await serving.ready
  const second = spawn(process.execPath, [script, 'serve', '--port', '0'], { env, cwd: folder })
  onTestFinished(() => void second.kill('SIGKILL'))
  let words = ''
  second.stderr.on('data', data => (words += String(data)))
  const [code] = (await once(second, 'close')) as [number]
  expect([code, words]).toEqual([8, expect.stringMatching(/Another companion works with .*voxloom already\. Stop it/)])
  expect((await first.ask('/status')).status).toBe(200)
  expect(await serving.end('SIGTERM')).toBe(0)
})
