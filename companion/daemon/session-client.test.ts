import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startLanguageServer, type LanguageServer } from '../../tests/support/language-server.ts'
import { modelsFolder, root } from '../../tests/support/models.ts'
import { pythonWith, runProgram } from '../../tests/support/python.ts'
import { openRecogniser } from '../../tests/support/recogniser.ts'
import { recordingPath } from '../../tests/support/recordings.ts'
import { wordsOf } from '../../tests/support/words.ts'
import { readWav } from '../../tests/support/wav.ts'
import { ModelStore } from '../core/models/store.ts'
import { openListeners } from '../core/listening/open.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { ensureToken } from '../core/token.ts'
import { startDaemon, type Daemon } from './server.ts'

// The client of docs/api.md as it stands there, with a library that is none of ours, a recording of somebody, and a
// daemon with real weights.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 })

const doc = readFileSync(join(root, 'docs', 'api.md'), 'utf8')

let folder: string
let daemon: Daemon
let models: LanguageServer
let python: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-talk-'))
  python = join(await pythonWith('talk-python', join(root, 'tests', 'clients', 'talk.txt')), 'python')
  // Whenever it is asked: that may be before the turn is over.
  const tokens = ['Seven people ', 'live in this ', 'old house. ', 'Two of them ', 'are asleep.']
  models = await startLanguageServer({ otherwise: { tokens, every: 20 } })
  const stateFolder = join(folder, 'voxloom')
  daemon = await startDaemon({
    port: 0,
    store: new ModelStore({ folder: modelsFolder }),
    stateFolder,
    speakers: openSpeakers(modelsFolder),
    listeners: openListeners(modelsFolder),
  })
  const headers = { authorization: `Bearer ${ensureToken(stateFolder)}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ preset: 'other', name: 'Script', base: models.openAi, model: 'llama3.2:3b' })
  const put = await fetch(`${daemon.address}/language/providers/script`, { method: 'PUT', headers, body })
  expect(put.status).toBe(200)
})
afterAll(async () => {
  await Promise.all([daemon.close(), models.close()])
  rmSync(folder, { recursive: true, force: true })
})

it('asks what is said in a recording, and gets the answer in the order that is promised', async () => {
  const client = [...doc.matchAll(/```python\n([\s\S]*?)```/g)].find(([, text]) => text!.includes('talk.py'))![1]!
  const at = (name: string) => join(folder, name)
  writeFileSync(at('talk.py'), client)
  const env = { XDG_STATE_HOME: folder, VOXLOOM_ADDRESS: daemon.address, http_proxy: 'http://none.invalid' }
  const args = [at('talk.py'), await recordingPath('sentence'), at('answer.wav'), 'persona=included:marcus']
  const { code, output } = await runProgram(python, args, env)
  expect(code, output).toBe(0)

  const lines = output
    .trim()
    .split('\n')
    .map(line => line.split('\t'))
    .map(([type, samples, text = '']) => ({ type: type!, samples: Number(samples), text }))
  const kinds = lines.map(({ type }) => type).filter(type => type !== 'state')
  expect(kinds.filter((type, n) => type !== kinds[n - 1])).toEqual([
    'session_started',
    'recording_started',
    'transcription',
    'llm_response',
    ...(kinds.lastIndexOf('llm_response') > kinds.indexOf('playback_started')
      ? ['playback_started', 'llm_response', 'playback_complete']
      : ['playback_started', 'playback_complete']),
    'turn_complete',
  ])
  const said = lines.findLast(({ type }) => type === 'transcription')!.text
  expect(wordsOf(said).join(' ')).toMatch(/^i do.* very well$/)
  expect(lines.find(({ type }) => type === 'playback_started')!.samples).toBe(0)
  const { samples: sent } = lines.find(({ type }) => type === 'playback_complete')!
  expect(lines.at(-1)!.samples).toBe(sent)

  const { messages } = models.requests.at(-1)!
  expect(messages.at(-1)).toEqual({ role: 'user', content: said })
  expect(messages[0]!.content).toMatch(/^You are Marcus/)
  const answer = readWav(readFileSync(at('answer.wav')))
  expect([answer.sampleRate, answer.samples.length]).toEqual([24_000, sent])
  const { transcribe } = await openRecogniser()
  expect(wordsOf(await transcribe(answer.samples, answer.sampleRate)).join(' ')).toMatch(
    /people live in this old house.*two of them are asleep/,
  )
})
