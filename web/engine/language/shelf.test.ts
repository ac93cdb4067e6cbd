import { expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { providerModelInfo, type LanguageProvider } from '#protocol/language.ts'
import { echo } from './echo.ts'
import type { PluginSource } from './plugin-models.ts'
import type { PromptApi } from './prompt-api.ts'
import { createLanguageShelf, type ProviderSource } from './shelf.page.ts'

const provider = (id: string, model: string): LanguageProvider => ({
  id,
  preset: 'ollama',
  name: id,
  base: 'http://localhost:11434',
  model,
  hasKey: false,
})

const opened = vi.fn()
const companion: ProviderSource = {
  providers: async () => [provider('ollama', 'llama3.2:3b'), provider('empty', '')],
  open(each, model = each.model) {
    opened(each.id, model)
    return { ...echo, info: providerModelInfo(each, model) }
  },
}
const away: ProviderSource = {
  ...companion,
  providers: () => Promise.reject(new SeamError('offline', 'The companion doesn’t answer.')),
}
const promptApi = { availability: async () => 'available' } as unknown as PromptApi
const shelf = (source: ProviderSource, api?: PromptApi) =>
  createLanguageShelf({ companion: source, mayDownload: () => true, ...(api && { promptApi: api }) })

it('lists what can be chosen now', async () => {
  const ids = async (...given: Parameters<typeof shelf>) => (await shelf(...given).list()).map(({ id }) => id)
  expect(await ids(companion, promptApi)).toEqual(['ollama:llama3.2:3b', 'built-in', 'echo'])
  expect(await ids(companion)).toEqual(['ollama:llama3.2:3b', 'echo'])
  expect(await ids(away)).toEqual(['echo'])
})

it('opens a model by its id, also another one of a server than the server’s own', async () => {
  const { open } = shelf(companion)
  for (const id of ['ollama:llama3.2:3b', 'ollama:qwen2.5:0.5b', 'echo', 'built-in', 'browser:smollm2-135m']) {
    expect((await open(id)).info.id).toBe(id)
  }
  expect(opened.mock.calls).toEqual([
    ['ollama', 'llama3.2:3b'],
    ['ollama', 'qwen2.5:0.5b'],
  ])
  for (const id of ['gone:m', 'browser:none', 'nothing', '']) {
    await expect(open(id)).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining(`“${id}”`) })
  }
})

const light = (name: string, models: readonly { id: string; name: string }[]) => ({
  name,
  displayName: name.toUpperCase(),
  contract: 'llm',
  version: '1',
  status: 'READY' as const,
  quarantined: false,
  offers: { models },
})

it('has the models of plugins, also a plugin that names none', async () => {
  const asked = vi.fn()
  let up = true
  const plugins: PluginSource = {
    of: () => [
      light('two', [
        { id: 'a:1b', name: 'A' },
        { id: 'b', name: 'B' },
      ]),
      light('none', []),
    ],
    isUp: () => up,
    async *reply(name, messages, run) {
      asked(name, messages, run?.model)
      yield 'Hello.'
      throw new SeamError('engine', 'It ended.')
    },
  }
  const all = createLanguageShelf({ companion: away, plugins, mayDownload: () => true })
  expect(await all.list()).toMatchObject([
    { id: 'plugin:two:a:1b', name: 'A (TWO)', kind: 'plugin' },
    { id: 'plugin:two:b', name: 'B (TWO)' },
    { id: 'plugin:none', name: 'NONE' },
    { id: 'echo' },
  ])
  const model = await all.open('plugin:two:a:1b')
  expect(await model.health()).toEqual({ state: 'ready', models: ['a:1b', 'b'] })
  const said: string[] = []
  const reading = (async () => {
    for await (const piece of model.reply([{ role: 'user', text: 'Hi' }])) said.push(piece)
  })()
  // Whoever is told offers another model.
  await expect(reading).rejects.toMatchObject({ code: 'engine', details: { plugin: 'two' } })
  expect(said).toEqual(['Hello.'])
  expect(asked).toHaveBeenCalledWith('two', [{ role: 'user', text: 'Hi' }], 'a:1b')
  up = false
  expect(await model.health()).toMatchObject({ state: 'down' })
  expect(await (await all.open('plugin:gone')).health()).toMatchObject({ state: 'down' })
})

it('says that the companion is away, where a server of its is asked for', async () => {
  await expect(shelf(away).open('ollama:m')).rejects.toMatchObject({ code: 'offline' })
  expect((await shelf(away).open('echo')).info.id).toBe('echo')
})
