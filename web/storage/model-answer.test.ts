import { describe, expect, it } from 'vitest'
import { checkAnswer, looksLikeHtml, retryAfter } from './model-answer.ts'
import type { Target } from './model-sources.ts'

const target: Target = { kind: 'hub', label: 'hub.test', url: 'https://hub.test/a', crossOrigin: true }
const fresh = { bytes: 0, url: undefined, etag: undefined }
const begun = { bytes: 40, url: target.url, etag: '"a"' }
const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers })

describe('checkAnswer', () => {
  it('goes on with the whole file, or with the range asked for', () => {
    expect(checkAnswer(answer(200, { 'content-length': '100' }), target, 100, fresh)).toBe('go on')
    expect(checkAnswer(answer(200), target, 100, fresh)).toBe('go on')
    expect(checkAnswer(answer(206, { 'content-range': 'bytes 40-99/100' }), target, 100, begun)).toBe('go on')
    expect(checkAnswer(answer(206, { 'content-range': 'bytes 40-99/*' }), target, 100, begun)).toBe('go on')
    expect(checkAnswer(answer(206), target, 100, begun)).toBe('go on')
  })

  it('takes no length of a compressed answer for the file’s', () => {
    const headers = { 'content-length': '60', 'content-encoding': 'gzip' }
    expect(checkAnswer(answer(200, headers), target, 100, fresh)).toBe('go on')
  })

  it('begins anew when the range is another, the file changed, or the range is past its end', () => {
    expect(checkAnswer(answer(206, { 'content-range': 'bytes 39-99/100' }), target, 100, begun)).toBe('begin anew')
    const changed = { 'content-range': 'bytes 40-99/100', etag: '"b"' }
    expect(checkAnswer(answer(206, changed), target, 100, begun)).toBe('begin anew')
    expect(checkAnswer(answer(206, changed), target, 100, { ...begun, url: 'https://other.test/a' })).toBe('go on')
    expect(checkAnswer(answer(416), target, 100, begun)).toBe('begin anew')
  })

  it.each([
    [answer(200, { 'content-length': '99' }), 'integrity'],
    [answer(200, { 'content-length': '101' }), 'integrity'],
    [answer(206, { 'content-range': 'bytes 0-98/99' }), 'integrity'],
    [answer(200, { 'content-type': 'text/html; charset=utf-8' }), 'integrity'],
    [answer(404), 'not-found'],
    [answer(410), 'not-found'],
    [answer(401), 'refused'],
    [answer(403), 'refused'],
    [answer(204), 'offline'],
    [answer(416), 'offline'],
  ])('gives the source up (%#)', (response, code) => {
    expect(() => checkAnswer(response, target, 100, fresh)).toThrow(expect.objectContaining({ code }))
  })

  it.each([408, 429, 500, 502, 503])('may wait after %d', status => {
    expect(checkAnswer(answer(status), target, 100, fresh)).toMatchObject({ code: 'offline', retryable: true })
  })
})

describe('looksLikeHtml', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  it.each(['<!doctype html>', '<!DOCTYPE HTML PUBLIC', '\n\t <html lang="en">', '\ufeff<!doctype html>', '<head>'])(
    'knows %j',
    text => expect(looksLikeHtml(bytes(text))).toBe(true),
  )
  it.each(['', '<', '{"a":"<html>"}', 'html', '<htmlx>', '\b\u0012\u0007pytorch'])('leaves %j alone', text =>
    expect(looksLikeHtml(bytes(text))).toBe(false),
  )
})

describe('retryAfter', () => {
  it('reads seconds and dates', () => {
    expect(retryAfter('120', 0)).toBe(120)
    expect(retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 30_000)).toBe(30)
    expect(retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 90_000)).toBe(0)
    expect(retryAfter('soon', 0)).toBeUndefined()
    expect(retryAfter(null, 0)).toBeUndefined()
  })
})
