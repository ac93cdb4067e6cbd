import { describe, expect, it } from 'vitest'
import type { Message } from '#protocol/language.ts'
import type { LoreEntry, Persona } from '#protocol/personas.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY, newPersona } from '../defaults.ts'
import { greetingsOf, promptFor, REPLY_TOKENS } from './prompt.ts'
import { estimateTokens, MESSAGE_TOKENS } from './tokens.ts'

const iris: Persona = { ...newPersona('Iris', 'iris'), prompt: 'Be {{char}} for {{user}}.', spoken: false }
const lore = (content: string, part: Partial<LoreEntry> = {}): LoreEntry => ({
  ...EMPTY_LORE_ENTRY,
  constant: true,
  content,
  ...part,
})
const withLore = (...entries: LoreEntry[]): Persona => ({ ...iris, lorebook: { ...DEFAULT_LORE, entries } })
const history: Message[] = [
  { role: 'assistant', text: 'Mind the roses.' },
  { role: 'user', text: 'I do.' },
  { role: 'assistant', text: 'Good.' },
  { role: 'user', text: 'What is new?' },
]
const texts = (persona: Persona, more = {}, said = history) =>
  promptFor(persona, said, { user: 'Sam', ...more }).map(({ text }) => text)

describe('what a model is sent', () => {
  it('is the persona and the talk, in that order', () => {
    expect(promptFor(iris, history, { user: 'Sam' })).toEqual([
      { role: 'system', text: 'Be Iris for Sam.' },
      ...history,
    ])
  })

  it('has the parts of a card in their places, and what is said last at the end', () => {
    const persona: Persona = {
      ...withLore(
        lore('[before]', { order: 1 }),
        lore('[after]', { position: 'after' }),
        lore('@@position scenario\n[in the scenario]'),
        lore('@@position personality\n[no such section]'),
      ),
      description: 'A gardener.',
      scenario: 'Spring.',
      examples: '<START>\n{{user}}: Hi\n{{char}}: Roses!',
      postHistory: 'Stay brief, {{char}}.',
    }
    const [system, ...rest] = texts(persona)
    expect(system).toBe(
      [
        'Be Iris for Sam.',
        '[before]',
        '[no such section]',
        'A gardener.',
        '[after]',
        'The situation: Spring.',
        '[in the scenario]',
        'How Iris talks, by example:\nSam: Hi\nIris: Roses!',
      ].join('\n\n'),
    )
    expect(rest.at(-1)).toBe('Stay brief, Iris.')
    expect(rest).toHaveLength(history.length + 1)
  })

  it('stands in for a prompt that a card leaves out, and for {{original}}', () => {
    const usual = texts({ ...iris, prompt: '' })[0]!
    expect(usual).toContain('You are Iris')
    expect(texts({ ...iris, prompt: 'Whisper. {{original}}' })[0]).toBe(`Whisper. ${usual}`)
  })

  it('puts lore between the messages where its depth says so', () => {
    const persona = withLore(
      lore('@@depth 0\n[last]'),
      lore('@@depth 1\n@@role user\n[one]'),
      lore('@@depth 99\n[first]'),
    )
    expect(promptFor(persona, history, { user: 'Sam' }).slice(1)).toEqual([
      { role: 'system', text: '[first]' },
      ...history.slice(0, 3),
      { role: 'user', text: '[one]' },
      history[3],
      { role: 'system', text: '[last]' },
    ])
  })

  it('says that replies are heard, and in which language, unless the persona declines', () => {
    const { spoken: _spoken, ...heard } = iris
    expect(texts({ ...heard, lang: 'en-gb' })[0]).toMatch(/aloud[^]*Sam[^]*British English/)
    expect(texts({ ...heard, lang: 'not a language!' })[0]).toContain('Speak not a language!')
    expect(texts(iris)[0]).not.toContain('aloud')
  })

  it('calls the persona by its nickname', () => {
    expect(texts({ ...iris, nickname: 'Rosy' })[0]).toBe('Be Rosy for Sam.')
  })

  it('holds no half characters', () => {
    expect(texts({ ...iris, prompt: 'a\ud800b' })[0]).toBe('a\ufffdb')
  })

  it('never replaces anything in what was said', () => {
    const said: Message[] = [{ role: 'user', text: 'I wrote {{char}} and <user>.' }]
    expect(texts(iris, {}, said)[1]).toBe('I wrote {{char}} and <user>.')
  })
})

describe('when room is short', () => {
  const cost = (text: string) => MESSAGE_TOKENS + estimateTokens(text)
  const system = cost('Be Iris for Sam.')
  const room = (tokens: number) => ({ contextTokens: tokens + REPLY_TOKENS })
  const whole = system + history.reduce((sum, { text }) => sum + cost(text), 0)

  it('the oldest messages go first, to the token', () => {
    expect(texts(iris, room(whole))).toHaveLength(5)
    expect(texts(iris, room(whole - 1)).slice(1)).toEqual(history.slice(1).map(({ text }) => text))
  })

  it('the persona and the latest message stay, whatever they cost', () => {
    expect(texts(iris, { contextTokens: 1 })).toEqual(['Be Iris for Sam.', 'What is new?'])
  })

  it('examples go before lore that may go, and lore before messages', () => {
    const persona: Persona = {
      ...withLore(lore('@@ignore_on_max_context\n[optional]'), lore('[kept]')),
      examples: 'Roses!',
    }
    const has = (tokens: number) => {
      const sent = texts(persona, room(tokens))
      return ['Roses!', '[optional]', '[kept]', 'Mind'].map(part => sent.join('\n').includes(part))
    }
    const tokensOf = (sent: Persona) => texts(sent, room(10_000)).reduce((sum, text) => sum + cost(text), 0)
    const full = tokensOf(persona)
    const withoutExamples = tokensOf({ ...persona, examples: '' })
    const least = tokensOf({ ...withLore(lore('[kept]')) })
    expect(has(full)).toEqual([true, true, true, true])
    expect(has(full - 1)).toEqual([false, true, true, true])
    expect(has(withoutExamples)).toEqual([false, true, true, true])
    expect(has(withoutExamples - 1)).toEqual([false, false, true, true])
    expect(has(least)).toEqual([false, false, true, true])
    expect(has(least - 1)).toEqual([false, false, true, false])
    const alone = least - history.slice(0, -1).reduce((sum, { text }) => sum + cost(text), 0)
    expect(has(alone)).toEqual([false, false, true, false])
    expect(has(alone - 1)).toEqual([false, false, false, false])
  })
})

describe('greetings', () => {
  it('are the usual one and the others, with the names in them', () => {
    const persona = { ...iris, greeting: 'Hello {{user}}.', otherGreetings: ['', '{{char}} nods.'] }
    expect(greetingsOf(persona, { user: 'Sam' })).toEqual(['Hello Sam.', '', 'Iris nods.'])
  })
})
