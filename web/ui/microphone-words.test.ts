import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SeamError, type Failure } from '#protocol/errors.ts'
import { browserKind, insecure, refusal } from '../audio/capture/refusal.ts'
import { microphoneWords } from './microphone-words.ts'

const messages = JSON.parse(readFileSync('web/app/locales/en.json', 'utf8')) as Record<string, unknown>
/** As vue-i18n finds and fills them. */
function t(key: string, values: Record<string, unknown>): string {
  const found = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], messages)
  if (typeof found !== 'string') throw new Error(`Nothing is said for ${key}.`)
  return found.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}
const titleOf = (error: unknown) => microphoneWords(error, t)?.title
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
const refused = (name: string, message = '', permission: PermissionState = 'denied') =>
  refusal(Object.assign(new Error(message), { name }), permission, FIREFOX)
const because = (code: Failure, reason: string) => new SeamError(code, 'No.', { details: { reason } })

describe('why there is no microphone', () => {
  it('is said for whatever a browser refuses', () => {
    expect(browserKind(FIREFOX)).toBe('firefox')
    expect(microphoneWords(refused('NotAllowedError'), t)).toEqual({
      title: 'The microphone is not allowed',
      text: 'Click the crossed-out microphone beside the address and remove the block. Then try again.',
    })
    const all = [
      refused('NotAllowedError', '', 'prompt'),
      refused('NotAllowedError', 'Permission denied by system'),
      refused('SecurityError'),
      refused('NotFoundError'),
      refused('OverconstrainedError'),
      refused('NotReadableError'),
      insecure('studio.local'),
    ]
    expect(all.map(titleOf)).toEqual([
      'The question about the microphone was closed',
      'The system keeps the microphone from this browser',
      'This browser gives the microphone to no page',
      'There is no microphone',
      'There is no microphone',
      'The microphone is in use',
      'This page can’t use a microphone',
    ])
  })

  it('is said when it is open somewhere else, was unplugged, or broke', () => {
    expect(titleOf(because('conflict', 'elsewhere'))).toBe('The microphone is open somewhere else')
    expect(titleOf(because('not-found', 'unplugged'))).toBe('The microphone was unplugged')
    expect(titleOf(because('engine', 'worklet'))).toBe('The microphone stopped')
    expect(titleOf(because('refused', 'gesture'))).toBe('The browser listens only after a click')
  })

  it('is not said of a companion that gives the same reason, or of an error without one', () => {
    expect(titleOf(because('offline', 'policy'))).toBeUndefined()
    expect(titleOf(because('refused', 'none'))).toBeUndefined()
    expect(titleOf(new SeamError('conflict', 'Another tab saved first.'))).toBeUndefined()
    expect(titleOf(new Error('oops'))).toBeUndefined()
  })
})
