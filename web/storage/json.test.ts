import { describe, expect, it } from 'vitest'
import { depthOf, MAX_JSON_DEPTH, parseJson, stableJson } from './json.ts'

describe('parseJson', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

  it('takes nesting up to the limit, and refuses one level more', () => {
    expect(depthOf(JSON.stringify(parseJson(nested(MAX_JSON_DEPTH), 'x')))).toBe(MAX_JSON_DEPTH)
    expect(() => parseJson(nested(MAX_JSON_DEPTH + 1), 'x')).toThrow('deeper than 32')
    expect(() => parseJson('{"a":'.repeat(5_000_000), 'x')).toThrow('deeper than 32')
  })

  it('does not count brackets inside strings', () => {
    const text = JSON.stringify({ a: '['.repeat(100) + '\\"' + '{'.repeat(100) + '"' })
    expect(depthOf(text)).toBe(1)
    expect(depthOf('"\\\\"[[]]')).toBe(2)
  })

  it.each(['__proto__', 'constructor', 'prototype'])('refuses the key %s, however deep', key => {
    expect(() => parseJson(`[{"a":[{"${key}":{"polluted":1}}]}]`, 'x')).toThrow(key)
    expect(() => parseJson(`{"\\u005f_proto__":1,"${key}":1}`, 'x')).toThrow('which no project does')
    expect(parseJson(`["${key}"]`, 'x')).toEqual([key])
  })

  it.each(['', '{', 'nul', '{"a":1,}', '\ufeff{}'])('refuses %j', text => {
    expect(() => parseJson(text, 'x')).toThrow('not valid JSON')
  })
})

describe('stableJson', () => {
  it('is the same text whatever order the keys came in', () => {
    const text = stableJson({ b: [{ d: 1, c: undefined }], a: 'é\u2028', 10: 0 })
    expect(text).toBe(stableJson({ 10: 0, a: 'é\u2028', b: [{ d: 1 }] }))
    expect(stableJson(JSON.parse(text))).toBe(text)
    expect(text.endsWith('}\n')).toBe(true)
  })
})
