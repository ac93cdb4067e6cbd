import { expect, it } from 'vitest'
import { CONTRACT_ERRORS, RPC_ERRORS } from '#protocol/contract-errors.ts'
import { goneWords, hostFailure, MAX_LOG, MAX_WORDS, pluginError } from './failures.ts'

const facts = { plugin: 'kokoro', method: 'synthesize' }

it.each(CONTRACT_ERRORS)('tells $code as $name, in the plugin’s words or in ours', ({ code, name, failure, text }) => {
  expect(pluginError({ code, message: 'No.' }, facts)).toMatchObject({
    code: failure,
    message: 'The plugin “kokoro” says: No.',
    details: { plugin: 'kokoro', method: 'synthesize', code, failure: name },
  })
  expect(pluginError({ code, message: ' ' }, facts).message).toBe(`The plugin “kokoro” says: ${text}`)
})

it('tells codes that no contract has', () => {
  const codeOf = (code: number) => pluginError({ code, message: 'No.' }, facts).code
  expect(codeOf(RPC_ERRORS.METHOD_NOT_FOUND)).toBe('unsupported')
  expect(codeOf(RPC_ERRORS.INVALID_PARAMS)).toBe('bad-input')
  // Of a call that its caller cancelled, nobody hears the answer: the plugin did it.
  expect(codeOf(RPC_ERRORS.CANCELLED)).toBe('engine')
  expect(codeOf(RPC_ERRORS.INTERNAL)).toBe('engine')
  expect(codeOf(42)).toBe('engine')
  expect(pluginError({ code: 42, message: '' }, facts).message).toContain('It failed with the code 42.')
  expect(pluginError({ code: 42, message: '', data: { at: 7 } }, facts).details['data']).toBe('{"at":7}')
})

it('cuts what is too long to be shown', () => {
  const said = (length: number) => pluginError({ code: 42, message: 'x'.repeat(length) }, facts).message
  expect(said(MAX_WORDS).endsWith(`: ${'x'.repeat(MAX_WORDS)}`)).toBe(true)
  expect(said(MAX_WORDS + 1).endsWith(`: ${'x'.repeat(MAX_WORDS - 1)}…`)).toBe(true)
  const logged = (length: number) => hostFailure('EXITED', '', { ...facts, log: 'y'.repeat(length) }).details['stderr']
  expect(logged(MAX_LOG)).toBe('y'.repeat(MAX_LOG))
  expect(logged(MAX_LOG + 1)).toBe(`…${'y'.repeat(MAX_LOG)}`)
})

it('tells all that is known of a plugin that is gone', () => {
  const exit = { code: 3, signal: undefined }
  const error = hostFailure('EXITED', goneWords(exit, 'Loading\nNo room.\n'), {
    ...facts,
    exit,
    log: 'No room.',
    stray: 'hi',
  })
  expect(error).toMatchObject({
    code: 'engine',
    retryable: true,
    message: 'The plugin “kokoro” exited with code 3: No room.',
    details: { failure: 'EXITED', exitCode: 3, stderr: 'No room.', stray: 'hi', method: 'synthesize' },
  })
  expect(goneWords({ code: undefined, signal: 'SIGKILL' }, '')).toBe('was ended by SIGKILL.')
})
