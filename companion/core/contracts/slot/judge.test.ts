import { expect, it } from 'vitest'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import { judgeItem, judgeParams, judgeResult } from './judge.ts'

const method = (contract: string, name: string) => CONTRACT_METHODS[contract]?.find(spec => spec.name === name)
const sound = { mime: 'audio/wav', bytes: new Uint8Array(4) }

it('takes parameters as the contract has them, with bytes, and what it does not know', () => {
  const params = { audio: sound, language: 'en', speed: 2 }
  expect(judgeParams(method('stt', 'transcribe'), params)).toEqual(params)
  expect(() => judgeParams(method('stt', 'transcribe'), { audio: 'sound' })).toThrow(
    '“transcribe” can’t be called so: “audio” is "sound", and must be bytes, as {',
  )
  for (const [name, given, words] of [
    ['complete', {}, '“prompt” is missing, and must be a text.'],
    ['complete', { prompt: '', max_tokens: 0 }, '“max_tokens” is 0, and must be a whole number of at least 1.'],
    ['complete', { prompt: '', temperature: 2.1 }, '“temperature” is 2.1, and must be a number from 0 to 2.'],
    [
      'chat',
      { messages: 'hello' },
      'each an object with “role” (one of "system", "user", "assistant") and “content” (a',
    ],
    ['chat', { messages: [{ role: 'me', content: '' }] }, '“messages.0.role” is "me", and must be one of "system"'],
  ] as const)
    expect(() => judgeParams(method('llm', name), given)).toThrow(words)
  expect(judgeParams(undefined, { any: 1 })).toEqual({ any: 1 })
})

it('takes what is null within an answer for absent', () => {
  const voices = [{ id: 'a', name: 'Anna', language: null, gender: null }]
  expect(judgeResult(method('tts', 'get_voices'), 'kokoro', voices)).toBe(voices)
  expect(() => judgeResult(method('tts', 'get_voices'), 'kokoro', [{ id: 'a', name: null }])).toThrow('0.name')
})

it('refuses an answer and an item of another kind', () => {
  const failed = (verb: string) =>
    expect.objectContaining({
      message: expect.stringMatching(
        `^The plugin “kokoro” ${verb} “synthesize” with what the contract does not allow: `,
      ),
      details: { failure: 'BAD_RESULT', plugin: 'kokoro', method: 'synthesize' },
    })
  const spec = method('tts', 'synthesize')
  expect(judgeResult(spec, 'kokoro', sound)).toBe(sound)
  expect(judgeResult(spec, 'kokoro', null)).toBeNull()
  expect(() => judgeResult(spec, 'kokoro', 'sound')).toThrow(failed('answered'))
  expect(() => judgeItem(spec, 'kokoro', 'sound')).toThrow(failed('told an item of'))
})

it('gives no stream a name that somebody else has chosen', () => {
  expect(() => judgeParams(undefined, { partialResultToken: 's1' })).toThrow('is the host’s to give')
  expect(() => judgeParams(method('tts', 'synthesize'), { text: 'Hi', partialResultToken: null })).toThrow(
    'is the host’s to give',
  )
})
