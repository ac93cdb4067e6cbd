import { describe, expect, it } from 'vitest'
import { g2pData } from '../../../tests/fixtures/g2p-data.ts'
import { fromIpa, restress, startsWithVowel } from './alphabet.ts'
import { toBritish } from './british.ts'
import { loadNeuralG2p } from './neural/model.ts'
import { readNpz } from './neural/npz.ts'
import { gelu, layerNorm, linear } from './neural/tensor.ts'
import { stems, withEd, withIng, withS } from './suffixes.ts'

describe('stress', () => {
  it.each([
    ['ɹˈɛkəɹd', -2, 'ɹɛkəɹd'],
    ['ɹˈɛkˌəɹd', -1, 'ɹˌɛkəɹd'],
    ['ɹˈɛkəɹd', -0.5, 'ɹˌɛkəɹd'],
    ['ɹˌɛkəɹd', -0.5, 'ɹˌɛkəɹd'],
    ['ɪts', 0.5, 'ˌɪts'],
    ['ðɛɹ', 2, 'ðˈɛɹ'],
    ['ðˌɛɹ', 2, 'ðˈɛɹ'],
    ['pst', 2, 'pst'],
    ['ɪts', undefined, 'ɪts'],
  ] as const)('%s by %s', (phonemes, stress, result) => expect(restress(phonemes, stress)).toBe(result))
  it('knows whether a vowel comes first', () => {
    expect(startsWithVowel('ˈæpᵊl')).toBe(true)
    expect(startsWithVowel('pˈɛɹ')).toBe(false)
    expect(startsWithVowel('“')).toBeUndefined()
  })
  it('reads IPA as people write it', () => expect(fromIpa('[ˈtʃoʊk]')).toBe('ˈʧOk'))
})

describe('regular endings', () => {
  it.each([
    ['kˈæt', 'kˈæts', 'kˈæɾᵻd', 'kˈæɾɪŋ'],
    ['dˈɔɡ', 'dˈɔɡz', 'dˈɔɡd', 'dˈɔɡɪŋ'],
    ['wˈɪʃ', 'wˈɪʃᵻz', 'wˈɪʃt', 'wˈɪʃɪŋ'],
    ['nˈid', 'nˈidz', 'nˈidᵻd', 'nˈidɪŋ'],
    ['lˈɪft', 'lˈɪfts', 'lˈɪftᵻd', 'lˈɪftɪŋ'],
  ])('of %s', (stem, s, ed, ing) => {
    expect([withS(stem, false), withEd(stem, false), withIng(stem, false, '')]).toEqual([s, ed, ing])
  })
  it('British: no flap, a linking r', () => {
    expect(withEd('wˈɒnt', true)).toBe('wˈɒntɪd')
    expect(withIng('stˈɑː', true, 'star')).toBe('stˈɑːɹɪŋ')
  })
  it.each([
    ['cities', 'city'],
    ['boxes', 'box'],
    ['stopped', 'stop'],
    ['making', 'make'],
    ['running', 'run'],
    ["Anna's", 'Anna'],
    ["boys'", 'boys'],
    ["dancin'", 'dancing'],
  ])('finds the stem of %s', (word, stem) => expect(stems(word).map(item => item.stem)).toContain(stem))
})

describe('American to British', () => {
  it.each([
    ['hˈɑt', 'hot', 'hˈɒt'],
    ['fˈɑðəɹ', 'father', 'fˈɑːðə'],
    ['nˈɔɹθ', 'north', 'nˈɔːθ'],
    ['bˈɜɹd', 'bird', 'bˈɜːd'],
    ['bˈɛɾəɹ', 'better', 'bˈɛtə'],
    ['skwˈɛɹ', 'square', 'skwˈɛː'],
    ['ɡˈO', 'go', 'ɡˈQ'],
    ['vˈɛɹi', 'very', 'vˈɛɹi'],
    ['ɹˈOzᵻz', 'roses', 'ɹˈQzɪz'],
  ])('%s', (us, spelling, gb) => expect(toBritish(us, spelling)).toBe(gb))
})

describe('the speller', () => {
  // The reference implementation's own answers for these words.
  it.each([
    ['Kubernetes', 'kˌubəɹnˈits'],
    ['Winnipesaukee', 'wˈɪnipˌisˌOk'],
    ['Alvarez', 'ˈælvəɹˌɛz'],
    ['Nguyen', 'əŋɡˈIən'],
    ['Siobhan', 'sˈObhˌɑn'],
  ])('%s', (word, phonemes) => expect(neural.pronounce(word)).toBe(phonemes))
  const neural = loadNeuralG2p(g2pData().neural)
  it('takes nothing but letters it knows', () => {
    expect(neural.pronounce('你好')).toBe('')
    expect(neural.pronounce('')).toBe('')
  })
  it('reads words up to its longest, and cuts there', () => {
    const longest = 'ab'.repeat(neural.longest / 2)
    expect(longest).toHaveLength(neural.longest)
    expect(neural.pronounce(`${longest}ab`)).toBe(neural.pronounce(longest))
  })
  it('says so when the weights are damaged', () => {
    expect(() => loadNeuralG2p(new Uint8Array(100))).toThrowError(/cannot be read/)
    const bytes = g2pData().neural.slice(0, 1_000_000)
    expect(() => loadNeuralG2p(bytes)).toThrowError(/cannot be read/)
  })
  it('reads the archive’s shapes', () => {
    const arrays = readNpz(g2pData().neural)
    expect(arrays.get('model.shared.weight')?.shape).toEqual([63, 128])
    expect(arrays.get('meta_json')?.text).toContain('"d_model": 128')
  })
})

describe('arithmetic', () => {
  it('multiplies rows four at a time and the rest', () => {
    const out = new Float32Array(5)
    const weight = Float32Array.from({ length: 10 }, (_, i) => i)
    linear(out, weight, Float32Array.of(1, 1, 1, 1, 1), Float32Array.of(1, 2), 5)
    expect([...out]).toEqual([3, 9, 15, 21, 27])
  })
  it('normalises to mean 0 and variance 1', () => {
    const x = Float32Array.of(1, 2, 3, 4)
    layerNorm(x, new Float32Array(4).fill(1), new Float32Array(4), 0)
    expect(x.reduce((a, b) => a + b)).toBeCloseTo(0, 6)
    expect(x.reduce((a, b) => a + b * b, 0) / 4).toBeCloseTo(1, 6)
  })
  it('has the exact GELU', () => {
    const x = Float32Array.of(-1, 0, 1, 3)
    gelu(x)
    expect([...x].map(value => value.toFixed(5))).toEqual(['-0.15866', '0.00000', '0.84134', '2.99595'])
  })
})
