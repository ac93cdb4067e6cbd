import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { CONTRACT_ERRORS, RPC_ERRORS } from '#protocol/contract-errors.ts'
import { pythonPlugin } from '../core/contracts/testing/python-plugin.ts'
import { MAX_CALL, MAX_STATE_BODY, MAX_STRETCH } from './contracts/schemas.ts'
import type { Sent } from './fixture.ts'
import { eventually, openContractsFixture, type ContractsFixture } from './fixture-contracts.ts'

let fixture: ContractsFixture
beforeAll(async () => {
  fixture = await openContractsFixture()
})
afterAll(() => fixture.close())

async function ask(method: string, path: string, json?: unknown, sent: Sent = {}) {
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  const body = json === undefined ? sent.body : JSON.stringify(json)
  const answer = await fixture.send(method, `/contracts${path}`, {
    headers: { ...fixture.bearer, ...type, ...sent.headers },
    ...(body !== undefined && { body }),
  })
  const text = answer.body.toString()
  return { status: answer.status, json: (text === '' ? undefined : JSON.parse(text)) as never }
}
const call = (name: string, method: string, params: object = {}) => ask('POST', `/${name}/call`, { method, params })
const error = (code: string, message: unknown, details: object = {}) => ({ code, message, details })
const saying = (text: string) => expect.stringContaining(text)

describe('contract plugins', () => {
  it('are there as soon as their folder is, and are told one by one', async () => {
    expect(await ask('GET', '')).toMatchObject({ status: 200 })
    fixture.drop('wren', `on('get_voices', () => [{ id: 'a', name: 'A' }])`, {
      manifest: { display_name: 'The wren', license: 'MIT', unheard_of: 1 },
    })
    const { json } = await ask('GET', '')
    expect(json).toContainEqual(
      expect.objectContaining({
        name: 'wren',
        displayName: 'The wren',
        contract: 'tts',
        status: 'UNLOADED',
        notes: [expect.stringContaining('unheard_of')],
        health: [],
      }),
    )
    expect(await ask('GET', '/wren')).toMatchObject({ status: 200, json: { license: 'MIT', trust: 'local' } })
    expect(await ask('GET', '/wrenn')).toMatchObject({
      status: 404,
      json: error('not-found', saying('Did you mean “wren”?')),
    })
    for (const name of ['..', '%2e%2e%2fplugins', 'wren%00']) {
      expect(await ask('GET', `/${name}`)).toMatchObject({ status: 404, json: { code: 'not-found' } })
    }
  })

  it('are loaded and unloaded, and what they bring is in the status of the companion', async () => {
    fixture.drop('robin', `on('get_voices', () => [{ id: 'a', name: 'A', language: 'de' }])`)
    const loaded = await ask('POST', '/robin/load')
    expect(loaded).toMatchObject({ status: 200, json: { status: 'READY', pid: expect.any(Number) } })
    const status = JSON.parse((await fixture.ask('/status', fixture.bearer)).body.toString()) as { contracts: unknown }
    expect(status.contracts).toContainEqual({
      name: 'robin',
      displayName: 'robin',
      contract: 'tts',
      version: '1.0.0',
      status: 'READY',
      quarantined: false,
      offers: { voices: [{ id: 'a', name: 'A', lang: 'de', gender: 'neutral' }] },
    })
    expect(await ask('POST', '/robin/unload')).toMatchObject({ status: 200, json: { status: 'UNLOADED' } })
  })

  it('that can’t start say why, in their own words', async () => {
    fixture.drop('ill', `on('initialize', () => { throw fail(-32603, 'There is no such model.') })`)
    expect(await ask('POST', '/ill/load')).toMatchObject({
      status: 500,
      json: error('engine', saying('There is no such model.'), { failure: 'INITIALIZE_FAILED', plugin: 'ill' }),
    })
    expect(await ask('GET', '/ill')).toMatchObject({
      json: { status: 'ERROR', failure: { message: saying('There is no such model.') } },
    })
    const { json } = await ask('GET', '/ill/log')
    expect(json).toContainEqual({ at: expect.any(String), text: saying('There is no such model.') })
  })
})

describe('a plugin that runs and says that it can’t work', () => {
  const ailment = { need: 'server', message: 'Start the server.' }

  it('is told so by every route that tells how plugins are, and can be called and swapped all the same', async () => {
    const details = JSON.stringify({ need: 'server' })
    fixture.drop(
      'waiter',
      `on('health_check', () => ({ status: 'ERROR', message: 'Start the server.', details: ${details} }))
on('get_voices', () => [])`,
    )
    await ask('POST', '/waiter/load')
    const ailing = expect.objectContaining({ name: 'waiter', status: 'READY', ailment })
    await eventually(async () => expect((await ask('GET', '/waiter')).json).toEqual(ailing))
    expect((await ask('GET', '')).json).toContainEqual(ailing)
    const status = JSON.parse((await fixture.ask('/status', fixture.bearer)).body.toString()) as { contracts: unknown }
    expect(status.contracts).toContainEqual(ailing)
    expect(await call('waiter', 'get_voices')).toMatchObject({ status: 200, json: { result: [] } })
    expect(await ask('POST', '/waiter/swap')).toMatchObject({ status: 200, json: { pid: expect.any(Number) } })
    await ask('POST', '/waiter/unload')
    expect((await ask('GET', '/waiter')).json).not.toHaveProperty('ailment')
  })
})

describe('packages of a plugin', () => {
  const lines = async (name: string) => {
    const answer = await fixture.send('POST', `/contracts/${name}/install`, { headers: fixture.bearer })
    const told = answer.body.toString().trim().split('\n')
    return { status: answer.status, lines: told.map(line => JSON.parse(line) as object) }
  }

  it('are installed line by line, and what fails after that is the last line', async () => {
    fixture.drop('bare', '')
    expect(await lines('bare')).toEqual({ status: 200, lines: [{ kind: 'done', lock: [] }] })
    for (const tool of ['PIP', 'UV']) vi.stubEnv(`${tool}_NO_INDEX`, '1')
    onTestFinished(() => void vi.unstubAllEnvs())
    pythonPlugin(join(fixture.folder, 'plugins'), 'lacking', { manifest: { dependencies: ['voxloom-nowhere==1'] } })
    const { status, lines: told } = await lines('lacking')
    expect(status).toBe(200)
    expect(told.at(-1)).toMatchObject({ error: error('engine', saying('could not be installed')) })
    expect(await ask('GET', '/lacking')).toMatchObject({ json: { need: 'dependencies' } })
  }, 120_000)

  it('are not looked for where there is no such plugin, or none that can be used', async () => {
    expect(await lines('nobody')).toMatchObject({ status: 404, lines: [{ code: 'not-found' }] })
    fixture.drop('spoilt', '', { manifest: { contract: 7 } })
    expect(await lines('spoilt')).toMatchObject({ status: 400, lines: [{ code: 'bad-input' }] })
  })
})

describe('a call', () => {
  beforeAll(() => {
    fixture.drop(
      'echo',
      `on('echo', params => ({ ...params, ...(params.audio && { audio: params.audio, is: params.audio.bytes.length }) }))
       on('slow', async (_, { signal }) => { while (!signal.aborted) await wait(5); state.stopped = true })`,
      { contract: 'echoing' },
    )
  })

  it('gives the result, with bytes as they came, and the same call as a command line', async () => {
    const audio = { encoding: 'base64', mime: 'audio/wav', data: 'UklGRg==' }
    const params = { text: "it's", count: 2, on: true, audio, list: [1] }
    expect(await call('echo', 'echo', params)).toEqual({
      status: 200,
      json: {
        result: { ...params, is: 4 },
        took: expect.any(Number),
        items: 0,
        command: `voxloom contracts call echo echo --text 'it'\\''s' --count 2 --on true --audio FILE --params '{"list":[1]}'`,
      },
    })
  })

  it.each(CONTRACT_ERRORS)('that fails with $code has the number and the plugin’s words', async entry => {
    const { code, failure, name } = entry
    fixture.drop('failing', `on('fail', ({ code }) => { throw fail(code, 'Word for ' + code + '.') })`, {
      contract: 'failing',
    })
    expect(await call('failing', 'fail', { code })).toMatchObject({
      status: { engine: 500, 'not-found': 404, 'bad-input': 400 }[failure],
      json: error(failure, saying(`Word for ${code}.`), { code, plugin: 'failing', failure: name }),
    })
  })

  it('of a method that it has not, of the host’s own, or with the wrong parameters is refused', async () => {
    expect(await call('echo', 'ecko')).toMatchObject({
      status: 422,
      json: { details: { code: RPC_ERRORS.METHOD_NOT_FOUND } },
    })
    expect(await call('echo', 'shutdown')).toMatchObject({ status: 404, json: { code: 'not-found' } })
    expect(await ask('POST', '/echo/call', { method: 'echo', params: [] })).toMatchObject({ status: 400 })
    expect(await ask('POST', '/echo/call', { method: 'echo', command: ['sh'] })).toMatchObject({ status: 400 })
    const data = { encoding: 'base64', mime: 'audio/wav', data: '!' }
    expect(await call('echo', 'echo', { audio: data })).toMatchObject({ status: 400, json: { code: 'bad-input' } })
  })

  it('may have as much as its limit says, and not a byte more', async () => {
    const begin = '{"method":"no-such-method","params":{"text":"'
    const send = (bytes: number) => {
      const body = `${begin}${'x'.repeat(bytes - begin.length - 3)}"}}`
      return ask('POST', '/wren/call', undefined, { headers: { 'content-type': 'application/json' }, body })
    }
    expect(await send(MAX_CALL)).toMatchObject({ status: 404, json: { message: saying('no-such-method') } })
    expect(await send(MAX_CALL + 1)).toMatchObject({ status: 413 })
  })

  it('ends with the connection', async () => {
    const body = JSON.stringify({ method: 'slow' })
    const leaving = new AbortController()
    const headers = { ...fixture.bearer, 'content-type': 'application/json' }
    const asked = fetch(`http://${fixture.host}/contracts/echo/call`, {
      method: 'POST',
      headers,
      body,
      signal: leaving.signal,
    })
    await eventually(() => expect(fixture.contractHost.slot('echo').state.inFlight).toBe(1))
    leaving.abort()
    await expect(asked).rejects.toThrow()
    await eventually(async () => expect(await fixture.contractHost.slot('echo').capture()).toEqual({ stopped: true }))
  })
})

describe('settings', () => {
  it('are kept when they are right, told without secrets, and refused with all that is wrong', async () => {
    const properties = { key: { type: 'string', writeOnly: true }, rate: { type: 'integer', minimum: 1, maximum: 9 } }
    fixture.drop('set', '', { contract: 'setting', manifest: { config_schema: { type: 'object', properties } } })
    const put = (values: object) => ask('PUT', '/set/config', { values })
    expect(await put({ key: 'sk-private', rate: 9 })).toMatchObject({
      status: 200,
      json: { values: { rate: 9 }, secrets: ['key'], set: ['key'], faults: [] },
    })
    const refused = await put({ rate: 10, key: 7 })
    expect(refused).toMatchObject({
      status: 400,
      json: error('bad-input', expect.stringMatching(/rate.*key|key.*rate/s), { failure: 'CONFIG_INVALID' }),
    })
    await put({ rate: 1 })
    const told = await ask('GET', '/set/config')
    expect(told).toMatchObject({ json: { values: { rate: 1 }, set: ['key'] } })
    expect(JSON.stringify([told, await ask('GET', ''), refused])).not.toContain('sk-private')
    expect(readFileSync(join(fixture.folder, 'state', 'contracts', 'set.json'), 'utf8')).toContain('sk-private')
    expect(await put({ key: '' })).toMatchObject({ json: { set: [] } })
  })
})

describe('a state', () => {
  it('is captured, restored into another process, and kept by a swap', async () => {
    fixture.drop('counter', `on('count', () => (state.times = (state.times ?? 0) + 1))`, { contract: 'counting' })
    await call('counter', 'count')
    const { json } = await ask('POST', '/counter/state/capture')
    expect(json).toEqual({ state: { times: 1 } })
    await ask('POST', '/counter/unload')
    expect(await ask('POST', '/counter/state/restore', { state: { times: 41 } })).toMatchObject({ status: 204 })
    expect(await ask('POST', '/counter/swap')).toMatchObject({ status: 200, json: { status: 'READY' } })
    expect(await call('counter', 'count')).toMatchObject({ json: { result: 42 } })
  })

  it('is taken up to its limit', async () => {
    const body = (bytes: number) => `{"state":"${'x'.repeat(bytes - 12)}"}`
    const headers = { 'content-type': 'application/json' }
    const restore = (bytes: number) => ask('POST', '/counter/state/restore', undefined, { headers, body: body(bytes) })
    expect(await restore(MAX_STATE_BODY + 1)).toMatchObject({ status: 413 })
    expect(await restore(MAX_STATE_BODY)).toMatchObject({
      status: 507,
      json: { details: { failure: 'STATE_TOO_LARGE' } },
    })
  })
})

describe('a stretch of sound', () => {
  const headers = { 'content-type': 'audio/pcm' }
  const recognise = (body: Uint8Array, name = 'ears', query = '') =>
    ask('POST', `/${name}/recognise${query}`, undefined, { headers, body })

  beforeAll(() => {
    fixture.drop(
      'ears',
      `on('transcribe', ({ audio, language }) => ({
         text: [audio.mime, audio.bytes.readUInt32LE(24), audio.bytes.length - 44, audio.bytes.readInt16LE(44), language].join(' '),
         words: [{ text: 'audio/wav', start: 0, end: 0.5, confidence: 0.5 }, { text: 'nobody said it', start: 1, end: 2 }],
       }))`,
      { contract: 'stt' },
    )
  })

  it('is heard as WAV at 16 kHz, and words stand where they are in the text', async () => {
    const body = new Uint8Array(new Float32Array([1, 0.5, NaN]).buffer)
    expect(await recognise(body, 'ears', '?lang=en-gb')).toEqual({
      status: 200,
      json: {
        text: 'audio/wav 16000 6 32767 en-gb',
        words: [{ text: 'audio/wav', from: 0, to: 9, start: 0, end: 0.5, confidence: 0.5 }],
      },
    })
  })

  it('may last a minute, and not a sample more; and must be whole samples', async () => {
    expect(await recognise(new Uint8Array(MAX_STRETCH))).toMatchObject({ status: 200 })
    expect(await recognise(new Uint8Array(MAX_STRETCH + 4))).toMatchObject({ status: 413 })
    expect(await recognise(new Uint8Array(5))).toMatchObject({ status: 400, json: { code: 'bad-input' } })
    expect(await recognise(new Uint8Array(4), 'echo')).toMatchObject({
      status: 400,
      json: error('bad-input', saying('its contract is echoing, and stt is needed')),
    })
    expect(await ask('POST', '/ears/recognise', {})).toMatchObject({ status: 415 })
  })
})

it('ends every process when the companion ends', async () => {
  const other = await openContractsFixture()
  other.drop('last', '', { contract: 'x' })
  const headers = { ...other.bearer }
  const { body } = await other.send('POST', '/contracts/last/load', { headers })
  const { pid } = JSON.parse(body.toString()) as { pid: number }
  expect(() => process.kill(pid, 0)).not.toThrow()
  await other.close()
  expect(() => process.kill(pid, 0)).toThrow()
})
