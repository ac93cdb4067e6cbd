import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { userFolders } from '../paths.ts'
import { setConfig } from './edit.ts'
import { loadConfig } from './load.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-config-'))
  file = join(folder, 'config.toml')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const load = (input: Parameters<typeof loadConfig>[0] = {}) =>
  loadConfig({ cwd: folder, env: { VOXLOOM_CONFIG: file }, ...input })

describe('loadConfig', () => {
  it('lets no .env of a folder say which plugins run, and how', () => {
    writeFileSync(join(folder, 'evil.toml'), '[plugins]\nfolders = "/evil"\n')
    writeFileSync(
      join(folder, '.env'),
      `VOXLOOM_PLUGINS=./evil\nVOXLOOM_PLUGINS_SANDBOX=none\nVOXLOOM_ENVIRONMENTS=./evil\nVOXLOOM_CONFIG=${join(folder, 'evil.toml')}\nVOXLOOM_PORT=2\n`,
    )
    const { settings, sources } = loadConfig({ cwd: folder, env: { XDG_CONFIG_HOME: folder } })
    expect(settings['server.port']).toBe(2)
    const plugins = [sources['plugins.folders'], sources['plugins.sandbox'], sources['plugins.environments']]
    expect(plugins).toEqual(['default', 'default', 'default'])
  })

  it('prefers flag, then environment, then .env, then file, then default', () => {
    writeFileSync(file, '[server]\nport = 1\n')
    const port = (input?: Parameters<typeof loadConfig>[0]) => {
      const config = load(input)
      return [config.settings['server.port'], config.sources['server.port']]
    }
    expect(port()).toEqual([1, 'file'])
    writeFileSync(join(folder, '.env'), 'VOXLOOM_PORT=2\nSECRET=x\n')
    expect(port()).toEqual([2, 'environment'])
    const env = { VOXLOOM_CONFIG: file, VOXLOOM_PORT: '3' }
    expect(port({ env })).toEqual([3, 'environment'])
    expect(port({ env, flags: { 'server.port': { name: '--port', value: '4' } } })).toEqual([4, 'flag'])
    writeFileSync(file, '')
    rmSync(join(folder, '.env'))
    expect(port()).toEqual([4747, 'default'])
  })

  it('needs no file, but the one that was named must exist', () => {
    expect(loadConfig({ cwd: folder, env: { XDG_CONFIG_HOME: folder } }).file).toBe(
      join(folder, 'voxloom', 'config.toml'),
    )
    expect(() => load({ file: join(folder, 'none.toml') })).toThrow(/There is no .*none\.toml/)
  })

  it.each([
    ['VOXLOOM_PORT', '65535', '65536'],
    ['VOXLOOM_PORT', '0', '-1'],
    ['VOXLOOM_PORT', '80', '80.5'],
    ['VOXLOOM_SPEED', '0.5', '0.49'],
    ['VOXLOOM_SPEED', '2', '2.01'],
    ['VOXLOOM_SPEED', '1', 'NaN'],
    ['VOXLOOM_THREADS', '64', '65'],
    ['VOXLOOM_LANG', 'en-GB', 'english please'],
    ['VOXLOOM_LOG_LEVEL', 'debug', 'loud'],
    ['VOXLOOM_HUB', 'https://example.org', 'example.org'],
    ['VOXLOOM_OPEN', 'off', 'maybe'],
    ['VOXLOOM_WYOMING', '65535', '65536'],
    ['VOXLOOM_PLUGINS_IDLE_UNLOAD', '0', '-1'],
    ['VOXLOOM_PLUGINS_IDLE_UNLOAD', '10080', '10081'],
    ['VOXLOOM_PLUGINS_MAX_RESIDENT', '16777216', '16777217'],
    ['VOXLOOM_PLUGINS_AUTO_INSTALL_DEPS', 'yes', 'maybe'],
    ['VOXLOOM_WYOMING_HOST', '0.0.0.0', 'everywhere'],
  ])('takes %s=%s and refuses %s', (name, good, bad) => {
    expect(() => load({ env: { VOXLOOM_CONFIG: file, [name]: good } })).toThrow(/There is no/)
    writeFileSync(file, '')
    expect(() => load({ env: { VOXLOOM_CONFIG: file, [name]: good } })).not.toThrow()
    expect(() => load({ env: { VOXLOOM_CONFIG: file, [name]: bad } })).toThrow(`${name} is “${bad}”, and must be`)
  })

  it.each([
    ['[server]\nprot = 1', 'Did you mean “server.port”?'],
    ['[server]\nport = "x"', 'server.port is “x”'],
    ['[server\nport = 1', 'line 1'],
    ['port = 1', 'There is no setting “port”'],
  ])('says where %j is wrong', (text, sentence) => {
    writeFileSync(file, text)
    expect(() => load()).toThrow(sentence)
  })

  it('finds the weights where VOXLOOM_MODELS says', () => {
    writeFileSync(file, '[models]\nfolder = "/from/file"\n')
    expect(load().models).toBe('/from/file')
    expect(load({ env: { VOXLOOM_CONFIG: file, VOXLOOM_MODELS: '/from/env' } }).models).toBe('/from/env')
    writeFileSync(file, '')
    expect(load().models).toMatch(/models$/)
  })
})

describe('setConfig', () => {
  it('makes the file, adds to it, and keeps comments and order', () => {
    setConfig(file, 'server.port', '5000')
    expect(readFileSync(file, 'utf8')).toBe('[server]\nport = 5000\n')
    writeFileSync(file, '# mine\n[speech]\nvoice = "a#b" # the # one\n\n[server] # here\nopen = false\n')
    setConfig(file, 'speech.voice', 'bf_emma')
    setConfig(file, 'server.port', '5001')
    setConfig(file, 'log.level', 'debug')
    expect(readFileSync(file, 'utf8')).toBe(
      '# mine\n[speech]\nvoice = "bf_emma" # the # one\n\n[server] # here\nport = 5001\nopen = false\n\n[log]\nlevel = "debug"\n',
    )
    expect(load().settings).toMatchObject({ 'server.port': 5001, 'server.open': false, 'log.level': 'debug' })
  })

  it('refuses a wrong value and leaves the file alone', () => {
    writeFileSync(file, '[server]\nport = 1\n')
    expect(() => setConfig(file, 'server.port', 'x')).toThrow('server.port is “x”')
    expect(readFileSync(file, 'utf8')).toBe('[server]\nport = 1\n')
  })
})

describe('userFolders', () => {
  it('follows XDG where the variable is absolute, else the usual places', () => {
    expect(userFolders({ XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: 'relative' }, 'linux', '/home/u')).toMatchObject({
      config: '/c/voxloom',
      data: '/home/u/.local/share/voxloom',
      state: '/home/u/.local/state/voxloom',
    })
  })
})
