import { expect, it } from 'vitest'
import type { Json } from './contracts.ts'
import { commandLine } from './contract-command.ts'

const line = (params: Readonly<Record<string, Json>>, streams = false) =>
  commandLine({ name: 'echo', method: 'say', params }, streams).replace('voxloom contracts call echo ', '')

it('a call is made in a terminal as it was made here', () => {
  expect(line({})).toBe('say')
  expect(line({ text: 'Hello.', voice_id: 'af_heart', speed: 1.5, loud: true }, true)).toBe(
    'say --text Hello. --voice-id af_heart --speed 1.5 --loud true --stream',
  )
})

it('whatever a shell would take for its own stands between quotes', () => {
  expect(line({ text: 'a b' })).toBe(`say --text 'a b'`)
  expect(line({ text: `it's $HOME; rm -rf *` })).toBe(String.raw`say --text 'it'\''s $HOME; rm -rf *'`)
  expect(line({ text: '' })).toBe(`say --text ''`)
  expect(line({ text: '-o' })).toBe(`say --text '-o'`)
  expect(commandLine({ name: 'echo', method: '$(id)', params: {} })).toBe(`voxloom contracts call echo '$(id)'`)
})

it('bytes are a file, and what no option can say is JSON', () => {
  const audio = { encoding: 'base64', mime: 'audio/wav', data: 'AAAA' }
  expect(line({ audio })).toBe('say --audio FILE')
  expect(line({ messages: [{ role: 'user', content: 'Hi' }], none: null, 'a-b': 1 })).toBe(
    `say --params '{"messages":[{"role":"user","content":"Hi"}],"none":null,"a-b":1}'`,
  )
})
