import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { ConfigStore } from './config-store.ts'
import { parseContractManifest } from './manifest.ts'

const SCHEMA = {
  type: 'object',
  properties: {
    url: { type: 'string' },
    retries: { type: 'integer', minimum: 0, maximum: 5, default: 2 },
    api_key: { type: 'string', writeOnly: true },
  },
  required: ['url'],
}

function plugin(name: string, schema: object) {
  const text = JSON.stringify({ name, version: '1', contract: 'llm', entry_point: 'main.ts', config_schema: schema })
  return { name, manifest: parseContractManifest(text, 'manifest.json', name).manifest }
}

function shelf(name = 'openai') {
  const state = scratch()
  return {
    store: new ConfigStore(state),
    found: plugin(name, SCHEMA),
    file: join(state, 'contracts', `${name}.json`),
  }
}

describe('settings of a plugin', () => {
  it('are kept, and told without defaults and without secrets', async () => {
    const { store, found, file } = shelf()
    const told = await store.keep(found, { url: 'http://localhost', api_key: 'sk-1234' })
    expect(told).toEqual({
      schema: SCHEMA,
      values: { url: 'http://localhost' },
      secrets: ['api_key'],
      set: ['api_key'],
      faults: [],
    })
    expect(store.tell(found)).toEqual(told)
    expect(store.values(found)).toEqual({ url: 'http://localhost', api_key: 'sk-1234', retries: 2 })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      values: { url: 'http://localhost', api_key: 'sk-1234' },
      secrets: ['api_key'],
    })
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('that are texts called like a secret are told as secrets, in the schema as well', async () => {
    const { store } = shelf()
    const properties = {
      apiKey: { type: 'string' },
      keys: { properties: { token: { writeOnly: true } }, type: 'object' },
    }
    const found = plugin('voice', { properties })
    expect(await store.keep(found, { apiKey: 'sk-1234' })).toMatchObject({
      schema: { properties: { ...properties, apiKey: { type: 'string', writeOnly: true } } },
      values: {},
      secrets: ['apiKey', 'keys'],
      set: ['apiKey'],
    })
    expect(store.values(found)).toEqual({ apiKey: 'sk-1234' })
  })

  it('lose what is left out, and a secret only when it is emptied', async () => {
    const { store, found } = shelf()
    await store.keep(found, { url: 'a', retries: 4, api_key: 'sk-1234' })
    expect(await store.keep(found, { url: 'b' })).toMatchObject({ values: { url: 'b' }, set: ['api_key'] })
    expect(store.values(found)).toEqual({ url: 'b', api_key: 'sk-1234', retries: 2 })
    expect(await store.keep(found, { url: 'b', api_key: '' })).toMatchObject({ values: { url: 'b' }, set: [] })
    expect(store.values(found)).toEqual({ url: 'b', retries: 2 })
  })

  it('stay as they were when anything is wrong, which is told whole and without the secret', async () => {
    const { store, found } = shelf()
    await store.keep(found, { url: 'a', api_key: 'sk-1234' })
    const wrong = store.keep(found, { retries: 6, api_key: ['sk-9999'] })
    await expect(wrong).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'The settings of “openai” stay as they were: “url” is missing. “retries” is 6, and must be a whole number from 0 to 5. “api_key” must be a text.',
      details: { failure: 'CONFIG_INVALID', plugin: 'openai' },
    })
    expect(store.values(found)).toEqual({ url: 'a', api_key: 'sk-1234', retries: 2 })
    for (const retries of [0, 5]) expect((await store.keep(found, { url: 'a', retries })).faults).toEqual([])
  })

  it('say what they lack before the plugin can start', () => {
    const { store, found } = shelf()
    expect(store.tell(found)).toMatchObject({
      values: {},
      set: [],
      faults: [{ path: 'url', message: '“url” is missing.' }],
    })
    expect(() => store.values(found)).toThrow('The settings of “openai” are not complete: “url” is missing.')
  })

  it('never tell a secret that another version of the plugin does not know for one', async () => {
    const { store, found } = shelf()
    await store.keep(found, { url: 'a', api_key: 'sk-1234' })
    const open = plugin('openai', { properties: { url: {}, api_key: { type: 'string', writeOnly: false } } })
    const renamed = plugin('openai', { properties: { url: {}, token: { writeOnly: true } } })
    for (const other of [open, renamed]) {
      expect(store.tell(other)).toMatchObject({ values: { url: 'a' }, set: [], faults: [] })
      expect(store.values(other)).toEqual({ url: 'a' })
    }
    expect(store.tell(found).set).toEqual(['api_key'])
  })

  it('that are damaged are told, and replaced by the next', async () => {
    const { store, found, file } = shelf()
    mkdirSync(join(file, '..'), { recursive: true })
    for (const text of ['{ "values": ', '[]', '{"values":7}', '']) {
      writeFileSync(file, text)
      expect(store.tell(found)).toMatchObject({ values: {}, set: [] })
      expect(store.tell(found).faults[0]!.message).toMatch(/is damaged\. Set the plugin’s settings again/)
      expect(() => store.values(found)).toThrow(/openai\.json is damaged/)
    }
    expect(await store.keep(found, { url: 'a' })).toMatchObject({ values: { url: 'a' }, faults: [] })
    expect(store.values(found)).toEqual({ url: 'a', retries: 2 })
  })
})
