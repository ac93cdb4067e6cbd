import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { launchdList, systemdUnit, SYSTEMD_UNIT, type ServiceFacts } from './service-unit.ts'

const facts = (more: Partial<ServiceFacts> = {}): ServiceFacts => ({
  node: process.execPath,
  args: [join(tmpdir(), 'a folder with 100 % “quotes” & $dollars', 'main.ts'), 'serve'],
  writable: ['/home/someone/.local/state/voxloom'],
  env: { XDG_STATE_HOME: '/home/someone/my state' },
  logFile: '/tmp/voxloom.log',
  ...more,
})

it('is a unit that systemd takes, whatever stands in its paths', () => {
  const unit = systemdUnit(facts())
  expect(unit).toContain('100 %% “quotes” & $$dollars')
  expect(unit).toContain('Environment="XDG_STATE_HOME=/home/someone/my state"')
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-unit-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, SYSTEMD_UNIT)
  writeFileSync(path, unit)
  const { error, stderr } = spawnSync('systemd-analyze', ['verify', '--user', path], { encoding: 'utf8' })
  // Where there is no systemd, what is above must do.
  if (!error)
    expect(stderr.split('\n').filter(line => line.includes(SYSTEMD_UNIT) && !line.includes('Failed to'))).toEqual([])
})

it('is a property list that is well-formed, whatever stands in its paths', () => {
  const list = launchdList(facts({ env: { NAME: 'a < b & c' } }))
  expect(list).toContain('<key>NAME</key><string>a &lt; b &amp; c</string>')
  const script = 'import plistlib, sys, json; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'
  const { stdout, status } = spawnSync('python3', ['-c', script], { input: list, encoding: 'utf8' })
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    Label: 'voxloom.companion',
    ProgramArguments: [process.execPath, ...facts().args],
    EnvironmentVariables: { NAME: 'a < b & c' },
    KeepAlive: { SuccessfulExit: false },
  })
})
