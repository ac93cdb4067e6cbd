import { describe, expect, it } from 'vitest'
import type { Turn } from '#protocol/dialogue.ts'
import type { Message } from '#protocol/language.ts'
import { fitPrompt, messagesOf } from './history.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY, newPersona } from './personas/defaults.ts'
import { promptFor } from './personas/prompt/prompt.ts'
import { estimateTokens } from './personas/prompt/tokens.ts'

const turn = (user: string, heard: string, unheard = ''): Pick<Turn, 'user' | 'reply'> => ({
  ...(user && { user: { text: user } }),
  ...(heard + unheard && { reply: { text: heard + unheard, heard, unheard, segments: [] } }),
})
const persona: Message = { role: 'system', text: 'You are Ada.' }
const prompt = (history: readonly Message[]) => [persona, ...history]

describe('what the model is told was said', () => {
  it('is what was heard, broken off where the listener broke in', () => {
    expect(messagesOf([turn('Tell me.', 'Once upon a time, ', 'there was a king.'), turn('Stop.', '')])).toEqual([
      { role: 'user', text: 'Tell me.' },
      { role: 'assistant', text: 'Once upon a time…' },
      { role: 'user', text: 'Stop.' },
    ])
  })

  it('leaves out a reply that nobody heard, and joins what the user said before and after', () => {
    expect(messagesOf([turn('Tell me', '', 'Once.'), turn('a story.', '')])).toEqual([
      { role: 'user', text: 'Tell me\na story.' },
    ])
  })

  it('has once what was asked again for want of an answer', () => {
    expect(messagesOf([turn('Where is it?', ''), turn('Where is it?', ''), turn('Where is it?', 'Here.')])).toEqual([
      { role: 'user', text: 'Where is it?' },
      { role: 'assistant', text: 'Here.' },
    ])
    expect(messagesOf([turn('Is it here?', ''), turn('here?', '')])[0]?.text).toBe('Is it here?\nhere?')
  })

  it('leaves out what the model only thought', () => {
    expect(messagesOf([turn('Hi.', '<think>They greet me.</think>\n\nHello.')])[1]?.text).toBe('Hello.')
  })

  it('begins with a greeting where there was one', () => {
    expect(messagesOf([turn('', 'Welcome.'), turn('Hi.', 'Hello.')]).map(({ role }) => role)).toEqual([
      'assistant',
      'user',
      'assistant',
    ])
  })
})

describe('the budget', () => {
  const turns = Array.from({ length: 40 }, (_, i) => turn(`Question ${i} of many.`, `Answer ${i} to that one.`))
  const cost = (messages: readonly Message[]) => messages.reduce((sum, { text }) => sum + estimateTokens(text) + 4, 0)

  it('lets the oldest leave, and keeps the persona and what was said last', () => {
    const messages = fitPrompt(turns, 'And now?', prompt, 200)
    expect(cost(messages)).toBeLessThanOrEqual(200)
    expect(messages[0]).toEqual(persona)
    expect(messages.at(-1)).toEqual({ role: 'user', text: 'And now?' })
    expect(messages.at(-2)?.text).toBe('Answer 39 to that one.')
    expect(messages.length).toBeGreaterThan(8)
    // One more exchange would have been too much.
    const first = Number(/\d+/.exec(messages[1]!.text)![0])
    expect(cost(prompt(messagesOf([...turns.slice(first - 1), turn('And now?', '')])))).toBeGreaterThan(200)
  })

  it('is kept at its limit, and not one token past it', () => {
    const whole = prompt(messagesOf([...turns, turn('And now?', '')]))
    expect(fitPrompt(turns, 'And now?', prompt, cost(whole))).toEqual(whole)
    expect(fitPrompt(turns, 'And now?', prompt, cost(whole) - 1)).toHaveLength(whole.length - 2)
  })

  it('cuts the beginning of a monologue that is too long by itself', () => {
    const said = `${'word '.repeat(5_000)}the end`
    const messages = fitPrompt(turns, said, prompt, 300)
    expect(cost(messages)).toBeLessThanOrEqual(300)
    expect(messages).toHaveLength(2)
    expect(messages[1]?.text).toMatch(/^… .*the end$/)
  })

  it('says so when the persona leaves no room', () => {
    const long = () => [{ role: 'system', text: 'x'.repeat(4_000) }] as const
    expect(() => fitPrompt([], 'Hello.', long, 100)).toThrow(/leaves no room/)
  })

  it('takes a thousand exchanges in its stride', () => {
    let asked = 0
    const many = Array.from({ length: 1_000 }, (_, i) => turn(`Question ${i}.`, 'Answer.'))
    fitPrompt(many, 'And now?', history => (asked++, prompt(history)), 500)
    expect(asked).toBeLessThan(10)
  })

  it('leaves a persona its prompt and its lore over many exchanges', () => {
    const ada = {
      ...newPersona('Ada', 'ada'),
      prompt: 'You are {{char}}, a keeper of lighthouses.',
      lorebook: {
        ...DEFAULT_LORE,
        entries: [
          { ...EMPTY_LORE_ENTRY, content: 'The sea is green.', constant: true },
          { ...EMPTY_LORE_ENTRY, keys: ['storm'], content: 'Storms come from the west.' },
        ],
      },
    }
    const asked = (said: string) =>
      fitPrompt(turns, said, history => promptFor(ada, history, { user: 'Bo' }), 500).map(({ text }) => text)
    const [system, ...rest] = asked('Is there a storm?')
    expect(system).toContain('You are Ada, a keeper of lighthouses.')
    expect(system).toContain('The sea is green.')
    expect(system).toContain('Storms come from the west.')
    expect(rest.at(-1)).toBe('Is there a storm?')
    expect(rest.length).toBeLessThan(turns.length)
    expect(asked('Hello.')[0]).not.toContain('west')
  })
})
