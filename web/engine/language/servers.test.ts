import { afterAll, beforeAll } from 'vitest'
import { testServerModel } from '../../../tests/conformance/language-server.ts'
import { testLanguageModel } from '../../../tests/conformance/language.ts'
import { startLanguageServer, type LanguageServer } from '../../../tests/support/language-server.ts'
import { readBase } from './address.ts'
import { echo } from './echo.ts'
import { dialectOf } from './presets.ts'
import { createServerModel } from './server-model.ts'

// Both dialects against a server that speaks them over real sockets.

let server: LanguageServer
beforeAll(async () => {
  server = await startLanguageServer()
})
afterAll(() => server.close())

const open = (preset: 'ollama' | 'vllm', { url }: LanguageServer, model: string, key?: string) =>
  createServerModel({
    info: { id: `${preset}:${model}`, name: preset, kind: preset === 'ollama' ? 'ollama' : 'openai' },
    server: { name: 'The box', base: readBase(url, preset), fetch, ...(key ? { key } : {}) },
    dialect: dialectOf(preset),
    model,
  })

testLanguageModel('repeat after me', async () => echo)
testLanguageModel('OpenAI’s API', async () => open('vllm', server, 'llama3.2:3b'))
testLanguageModel('Ollama', async () => open('ollama', server, 'llama3.2:3b'))
testServerModel('OpenAI’s API', { api: 'openai', open: async (...given) => open('vllm', ...given) })
testServerModel('Ollama', { api: 'ollama', open: async (...given) => open('ollama', ...given) })
