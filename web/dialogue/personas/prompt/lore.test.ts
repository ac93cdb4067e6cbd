import { describe, expect, it } from 'vitest'
import type { Message } from '#protocol/language.ts'
import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY } from '../defaults.ts'
import { MAX_LORE_ENTRIES } from '../limits.ts'
import { activeLore, MAX_LOOK_BACK, MAX_RECURSION, MAX_SCANNED } from './lore.ts'
import { compilePattern, MAX_PATTERN_SIZE, MAX_SEARCH_STEPS, searchBudget } from './pattern.ts'
import { estimateTokens } from './tokens.ts'

const entry = (content: string, part: Partial<LoreEntry> = {}): LoreEntry => ({
  ...EMPTY_LORE_ENTRY,
  keys: ['rose'],
  content,
  ...part,
})
const talk = (...texts: string[]): Message[] =>
  texts.map((text, at) => ({ role: at % 2 === 0 ? ('user' as const) : ('assistant' as const), text }))
function told(entries: readonly LoreEntry[], history: readonly Message[], book: Partial<Lorebook> = {}, greeting = 0) {
  const expand = (text: string, keys?: boolean) => (keys ? text : text.replace('{{//hidden}}', ''))
  return activeLore({ ...DEFAULT_LORE, ...book, entries }, history, { greeting, expand }).map(({ content }) => content)
}
const calls = (part: Partial<LoreEntry>, said: string) => told([entry('x', part)], talk(said)).length > 0

describe('keys', () => {
  it('are found at the beginning of a word, whatever the case and the apostrophe', () => {
    expect(calls({ keys: ['rose'] }, 'Two ROSES, please.')).toBe(true)
    expect(calls({ keys: ['rose'] }, 'He arose.')).toBe(false)
    expect(calls({ keys: ["doesn't work"] }, 'It doesn’t\n work')).toBe(true)
    expect(calls({ keys: ['café'] }, 'The cafe\u0301 is open.')).toBe(true)
    expect(calls({ keys: ['薔薇'] }, '赤い薔薇です')).toBe(true)
    expect(calls({ keys: ['C++'] }, 'I write c++.')).toBe(true)
    expect(calls({ keys: [''] }, 'Anything.')).toBe(false)
  })

  it('mind the case where they should', () => {
    expect(calls({ exactCase: true }, 'Rose')).toBe(false)
    expect(calls({ exactCase: true }, 'rose')).toBe(true)
  })

  it('need a second one where there are any', () => {
    expect(calls({ secondaryKeys: ['thorn', 'bee'] }, 'A rose.')).toBe(false)
    expect(calls({ secondaryKeys: ['thorn', 'bee'] }, 'A rose and a bee.')).toBe(true)
  })

  it('are not needed by constant entries, and of no use to those switched off', () => {
    expect(calls({ constant: true, keys: [] }, 'Hello.')).toBe(true)
    expect(calls({ constant: true, enabled: false }, 'A rose.')).toBe(false)
  })

  it('may be regular expressions, with flags of their own', () => {
    expect(calls({ regex: true, keys: ['ros(e|ie)s?\\b'] }, 'Rosies.')).toBe(true)
    expect(calls({ regex: true, exactCase: true, keys: ['ros(e|ie)'] }, 'ROSE')).toBe(false)
    expect(calls({ regex: true, exactCase: true, keys: ['/ros[e]/i'] }, 'ROSE')).toBe(true)
    expect(calls({ regex: true, keys: ['/ros[e]/'] }, 'ROSE')).toBe(false)
    expect(calls({ regex: true, keys: ['rose'] }, 'He arose.')).toBe(true)
  })

  it.each(['(', '[a', '(?<=x)rose', '(rose)\\1', 'a{2000}', '((((x{100}){100}){100}){100})'])(
    'that are no patterns, or too costly, match nothing: %s',
    key => expect(calls({ regex: true, keys: [key] }, `rose rose ${'x'.repeat(200)}`)).toBe(false),
  )

  it('take as large a pattern as the limit says, and none larger', () => {
    const sized = (repeats: number) => compilePattern(`(?:[ab]c){${repeats}}d`, false)
    const fits = [...Array(1000).keys()].findLast(repeats => repeats > 0 && sized(repeats) !== undefined)!
    expect(fits).toBeGreaterThan(MAX_PATTERN_SIZE / 4)
    expect(sized(fits + 1)).toBeUndefined()
  })
})

describe('the work of looking', () => {
  const evil = ['(a+)+$', '(a|aa)+$', '(.*a){20}$', '([a-z]+)*!', '(x+x+)+y']

  it('is bounded whatever the patterns are', () => {
    const entries = evil.map(key => entry('x', { regex: true, keys: [key] }))
    const text = `${'a'.repeat(MAX_SCANNED - 1)}?`
    expect(told(entries, talk(text, text, text, text))).toEqual([])
  })

  it('ends where the budget does, and goes on in the next reply', () => {
    const book = { ...DEFAULT_LORE, entries: [entry('x', { regex: true, keys: ['ros[e]'] })] }
    const look = (steps: number) =>
      activeLore(book, talk('rose'), { greeting: 0, expand: text => text, budget: searchBudget(steps) }).length
    expect(look(0)).toBe(0)
    expect(look(MAX_SEARCH_STEPS)).toBe(1)
    // Made ready by now, it needs no more than the search itself.
    expect(look(200)).toBe(1)
  })

  it('manages the largest book', () => {
    const entries = Array.from({ length: MAX_LORE_ENTRIES }, (_, at) =>
      entry(`Fact ${at}, see key${at + 1}.`, { keys: [`key${at} `], order: at, priority: at }),
    )
    const found = told(entries, talk('tell me about key0 now'), { recursive: true, tokenBudget: 1_000_000 })
    expect(found).toHaveLength(1)
    const chain = entries.map((each, at) => ({ ...each, keys: [`key${at}.`] }))
    expect(told(chain, talk('key0.'), { recursive: true, tokenBudget: 1_000_000 })).toHaveLength(1 + MAX_RECURSION)
  })

  it('searches the end of a long message', () => {
    expect(calls({}, `rose ${'x'.repeat(MAX_SCANNED)}`)).toBe(false)
    expect(calls({}, `rose ${'x'.repeat(MAX_SCANNED - 5)}`)).toBe(true)
  })
})

describe('a lorebook', () => {
  const long = talk('rose', 'b', 'c', 'd', 'e')

  it('is searched as far back as it says', () => {
    expect(told([entry('x')], long, { scanDepth: 5 })).toEqual(['x'])
    expect(told([entry('x')], long, { scanDepth: 4 })).toEqual([])
    expect(told([entry('x'), entry('c', { constant: true })], long, { scanDepth: 0 })).toEqual(['c'])
    expect(told([entry('@@scan_depth 5\nx')], long, { scanDepth: 1 })).toEqual(['x'])
  })

  it('lets entries call up others only if it says so', () => {
    const entries = [entry('Thorns hurt.'), entry('Wounds heal.', { keys: ['thorns'] })]
    expect(told(entries, talk('rose'))).toEqual(['Thorns hurt.'])
    expect(told(entries, talk('rose'), { recursive: true })).toEqual(['Thorns hurt.', 'Wounds heal.'])
  })

  it('keeps the most important within its budget, in the order of the prompt', () => {
    const entries = [
      entry('a'.repeat(40), { order: 3 }),
      entry('b'.repeat(40), { order: 1, priority: 900 }),
      entry('c'.repeat(40), { order: 2, priority: 900 }),
    ]
    const cost = estimateTokens('a'.repeat(40))
    const first = (tokenBudget: number) => told(entries, talk('rose'), { tokenBudget }).map(text => text[0])
    expect(first(3 * cost)).toEqual(['b', 'c', 'a'])
    expect(first(3 * cost - 1)).toEqual(['b', 'c'])
    expect(first(2 * cost - 1)).toEqual(['c'])
    expect(first(0)).toEqual([])
  })

  it('follows the decorators that make sense in a talk', () => {
    const one = (content: string, history = talk('rose'), greeting = 0) =>
      told([entry(content)], history, {}, greeting).length
    const turns = (count: number) => talk(...Array.from({ length: 2 * count + 1 }, () => 'rose'))
    expect(told([entry('@@activate\nx')], talk('Hello.'))).toEqual(['x'])
    expect(one('@@dont_activate\nx')).toBe(0)
    expect([one('@@activate_only_after 2\nx', turns(1)), one('@@activate_only_after 2\nx', turns(2))]).toEqual([0, 1])
    expect([one('@@activate_only_every 2\nx', turns(3)), one('@@activate_only_every 2\nx', turns(4))]).toEqual([0, 1])
    expect([one('@@is_greeting 1\nx'), one('@@is_greeting 1\nx', talk('rose'), 1)]).toEqual([0, 1])
    expect([one('@@additional_keys bee, ant\nx'), one('@@additional_keys bee, ant\nx', talk('rose ant'))]).toEqual([
      0, 1,
    ])
    expect([one('@@exclude_keys bee\nx', talk('rose bee')), one('@@exclude_keys bee\nx')]).toEqual([0, 1])
  })

  it('remembers what was told before where an entry asks for it', () => {
    const later = talk('A rose.', 'Yes.', 'And now?')
    expect(told([entry('@@keep_activate_after_match\nx')], later, { scanDepth: 1 })).toEqual(['x'])
    expect(told([entry('x')], later, { scanDepth: 1 })).toEqual([])
    const again = talk('A rose.', 'Yes.', 'Another rose.')
    expect(told([entry('@@dont_activate_after_match\nx')], again, { scanDepth: 1 })).toEqual([])
    expect(told([entry('@@dont_activate_after_match\nx')], talk('A rose.'), { scanDepth: 1 })).toEqual(['x'])
  })

  it('remembers as far back as the limit says', () => {
    const since = (turns: number) => talk('A rose.', 'Yes.', ...Array.from({ length: 2 * turns - 1 }, () => 'Hm.'))
    const kept = (turns: number) => told([entry('@@keep_activate_after_match\nx')], since(turns), { scanDepth: 1 })
    expect(kept(MAX_LOOK_BACK)).toEqual(['x'])
    expect(kept(MAX_LOOK_BACK + 1)).toEqual([])
  })

  it('tells nothing where nothing is left', () => {
    expect(told([entry('@@depth 3\n'), entry('{{//hidden}}')], talk('rose'))).toEqual([])
  })
})
