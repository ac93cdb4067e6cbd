import { describe, expect, it } from 'vitest'
import { spelledWords } from '../moonshine/words.ts'
import { spellTokens } from './spelling.ts'

/** Each token is some bytes, as in Whisper's vocabulary. */
const spellerOf = (...tokens: readonly (string | readonly number[])[]) => ({
  tokens: tokens.map((_, at) => at),
  spell: (ids: readonly number[]) =>
    new TextDecoder().decode(
      Uint8Array.from(
        ids.flatMap(id => {
          const token = tokens[id]!
          return typeof token === 'string' ? [...new TextEncoder().encode(token)] : [...token]
        }),
      ),
    ),
})

describe('the text of tokens', () => {
  it('stands without the blank before it, and says where each token ends', () => {
    const { tokens, spell } = spellerOf(' Ever', ' tri', 'ed', '.')
    expect(spellTokens(tokens, spell)).toEqual({ text: 'Ever tried.', ends: [4, 8, 10, 11] })
  })

  it('counts a letter that several tokens write with the last of them', () => {
    const { tokens, spell } = spellerOf(' f', [0xc3], [0xbc], 'r')
    const spelling = spellTokens(tokens, spell)
    expect(spelling).toEqual({ text: 'für', ends: [1, 1, 2, 3] })
    expect(spelledWords(spelling)).toMatchObject([{ text: 'für', firstToken: 0, endToken: 4 }])
  })

  it('is none of nothing, and holds no blank at its end', () => {
    expect(spellTokens([], () => '')).toEqual({ text: '', ends: [] })
    const { tokens, spell } = spellerOf(' Yes', ' ')
    expect(spellTokens(tokens, spell)).toEqual({ text: 'Yes', ends: [3, 3] })
  })
})
