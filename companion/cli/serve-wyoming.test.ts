import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { notedPort } from './companion-port.ts'
import { openCommandHome, type CommandHome } from './testing/command.ts'

// Each test starts a whole process, perhaps on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const script = fileURLToPath(new URL('./main.ts', import.meta.url))
let home: CommandHome
beforeAll(() => {
  home = openCommandHome()
})
afterAll(() => home.close())

/** Serves until it has said where, and what it said besides. */
async function serve(args: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, XDG_STATE_HOME: home.folder, XDG_CONFIG_HOME: home.folder, ...more }
  const child = spawn(process.execPath, [script, 'serve', '--port', '0', '--json', ...args], {
    env: { ...env, VOXLOOM_MODELS: join(home.folder, 'models') },
    cwd: home.folder,
  })
  let said = ''
  child.stderr.on('data', data => (said += String(data)))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const { wyoming, address } = JSON.parse(String(line)) as { wyoming?: string; address: string }
  const noted = notedPort(join(home.folder, 'voxloom'))
  expect(noted).toBe(Number(new URL(address).port))
  const pong = wyoming === undefined ? undefined : await ping(wyoming)
  child.kill('SIGTERM')
  await once(child, 'exit')
  expect(notedPort(join(home.folder, 'voxloom'))).toBeUndefined()
  return { wyoming, pong, said }
}

async function ping(address: string): Promise<string> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.write('{"type":"ping"}\n')
  const [data] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return String(data)
}

it('opens no such port unless it is asked to', async () => {
  expect(await serve([])).toEqual({ wyoming: undefined, pong: undefined, said: '' })
})

it('opens one on this machine, and has nothing to warn of', async () => {
  const { wyoming, pong, said } = await serve(['--wyoming', '0'])
  expect([wyoming, pong, said]).toEqual([
    expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
    expect.stringContaining('pong'),
    '',
  ])
})

it('warns when the network may come in', async () => {
  const { wyoming, said } = await serve(['--wyoming', '0'], { VOXLOOM_WYOMING_HOST: '0.0.0.0' })
  expect([wyoming, said]).toEqual([
    expect.stringMatching(/^tcp:\/\/0\.0\.0\.0:/),
    expect.stringContaining('Wyoming knows no password'),
  ])
})
