import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SeamError, type Failure } from '#protocol/errors.ts'
import { failureText } from './failure.ts'

const CODES: Record<Failure, true> = {
  'bad-input': true,
  'not-found': true,
  unsupported: true,
  offline: true,
  integrity: true,
  quota: true,
  conflict: true,
  refused: true,
  cancelled: true,
  engine: true,
  internal: true,
}

const sentences = (JSON.parse(readFileSync('web/app/locales/en.json', 'utf8')) as { failure: Record<string, unknown> })
  .failure

describe('failures', () => {
  it('each have a sentence', () => {
    expect(Object.keys(sentences).sort()).toEqual(Object.keys(CODES).sort())
    for (const sentence of Object.values(sentences)) {
      expect(sentence).toMatchObject({ title: expect.stringMatching(/\.$/), text: expect.stringMatching(/\.$/) })
    }
  })

  it('are asked for by code, with sizes as people read them', () => {
    const asked: [string, Record<string, unknown>][] = []
    const t = (key: string, values: Record<string, unknown>) => {
      asked.push([key, values])
      return key
    }
    const error = new SeamError('quota', 'No room.', { details: { need: 92_000_000, file: 'a.onnx' } })
    expect(failureText(error, t, 'en')).toEqual({
      title: 'failure.quota.title',
      text: 'failure.quota.text',
      detail: 'No room.',
      retryable: false,
    })
    expect(asked[0]![1]).toEqual({ need: '92 MB', file: 'a.onnx' })
  })

  it('of any other kind are ours', () => {
    const t = (key: string) => key
    expect(failureText('oops', t, 'en')).toMatchObject({ title: 'failure.internal.title', detail: 'oops' })
  })
})
