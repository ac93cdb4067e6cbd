import { describe, expect, it } from 'vitest'
import type { Message } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { readCard } from './card/read.ts'
import { writeCard } from './card/write.ts'
import { INCLUDED_PERSONAS, isIncluded } from './included.ts'
import { greetingsOf, promptFor, REPLY_TOKENS } from './prompt/prompt.ts'
import { estimateTokens, MESSAGE_TOKENS } from './prompt/tokens.ts'

/** Ten turns with each: what the user says, and which entry of the lorebook has to come up with it. */
const SCRIPTS: Readonly<Record<string, readonly (readonly [said: string, lore?: string])[]>> = {
  'included:nora': [
    ['Hello, I am fine, I have worked whole day.'],
    ['I am working in a office since three years.'],
    ['My boss is very kindly.'],
    ['Can we make a role play? I want to order in a restaurant.', 'Role play'],
    ['Good evening, I would like a table for two.', 'Role play'],
    ['No, I have not reserved.', 'Role play'],
    ['How do you say this word, comfortable?', 'Pronunciation'],
    ['Comfortable. Comfortable chair.'],
    ['In June I do the IELTS exam.', 'Exams'],
    ['I am nervous about the speaking part.'],
  ],
  'included:marcus': [
    ['It is a project manager position, on Thursday.'],
    ['I ran a team of four for two years.'],
    ['We delivered most things on time.'],
    ['Honestly I get nervous in interviews.', 'Nerves'],
    ['I once lost a client.'],
    ['My weakness is that I say yes too often.', 'Weaknesses'],
    ['It cost us a deadline in spring.'],
    ['What do I say about salary?', 'Pay'],
    ['Sixty five thousand.'],
    ['Do they have any questions for me, or do I ask them?', 'Their own questions'],
  ],
  'included:fable': [
    ['In the lighthouse.', 'The lighthouse'],
    ['I climb the stairs.', 'The lighthouse'],
    ['I ask the keeper about the light.', 'The lighthouse'],
    ['I look behind the stove.'],
    ['I keep the letter for myself.'],
    ['I go down to the rocks.'],
    ['I shout into the fog.'],
    ['I follow the music.'],
    ['I get on the train that should not be here.', 'The night train'],
    ['I tell the conductor that I am afraid.', 'The night train'],
  ],
  'included:ada': [
    ['What is a database, actually?'],
    ['I know spreadsheets.'],
    ['So it is a big spreadsheet?'],
    ['And an index is like the one in a book?'],
    ['Why is my program so slow then?', 'Code'],
    ['It also gives me an error now.', 'Something is broken'],
    ['I changed the function yesterday.', 'Code'],
    ['Ah, that was it.'],
    ['Somebody sent me a link asking for my password.', 'Security'],
    ['No, I did not click it.', 'Security'],
  ],
  'included:wren': [
    ['I do not know where to begin.'],
    ['My sister and I had a fight.'],
    ['She wants to sell the house.'],
    ['Our mother died in spring.', 'Loss'],
    ['Her name was Ruth.', 'Loss'],
    ['I cannot sleep since then.', 'Sleep'],
    ['I have to decide by Monday.', 'Decisions'],
    ['Part of me wants to keep it.', 'Decisions'],
    ['Sometimes I feel I don’t want to live like this.', 'Danger'],
    ['No, I am safe, I just needed to say it.', 'Danger'],
  ],
}

const loreText = (persona: Persona, name: string) =>
  persona
    .lorebook!.entries.find(entry => entry.name === name)!
    .content.replace(/^@@.*\n/, '')
    .replaceAll('{{user}}', 'Sam')

/** The talk so far before each turn's reply. Replies are scripted: long enough to fill a small model's room. */
function* turns(persona: Persona): Generator<{ history: Message[]; lore: string | undefined }> {
  const history: Message[] = [{ role: 'assistant', text: greetingsOf(persona, { user: 'Sam' })[0]! }]
  for (const [said, lore] of SCRIPTS[persona.id]!) {
    history.push({ role: 'user', text: said })
    yield { history: [...history], lore }
    history.push({ role: 'assistant', text: `I see. ${'That is worth a moment of thought. '.repeat(3)}Tell me more.` })
  }
}

describe.each(INCLUDED_PERSONAS.map(persona => [persona.name, persona] as const))('%s', (_name, persona) => {
  it('is held through a talk of ten turns', () => {
    for (const { history, lore } of turns(persona)) {
      const sent = promptFor(persona, history, { user: 'Sam' })
      const all = sent.map(({ text }) => text).join('\n')
      expect(sent[0]?.role).toBe('system')
      expect(sent[0]?.text.startsWith(persona.prompt.replaceAll('{{user}}', 'Sam'))).toBe(true)
      expect(sent[0]?.text).toContain('speaks your replies aloud')
      expect(all).not.toMatch(/\{\{|@@/)
      if (lore) expect(all).toContain(loreText(persona, lore))
      if (persona.postHistory) expect(sent.at(-1)).toEqual({ role: 'system', text: persona.postHistory })
      expect(sent.filter(({ role }) => role !== 'system')).toEqual(history)
      for (const other of INCLUDED_PERSONAS) if (other !== persona) expect(all).not.toContain(`You are ${other.name}`)
    }
  })

  it('is held in the smallest room, where the oldest turns give way to it', () => {
    const contextTokens = 1_400
    for (const { history } of turns(persona)) {
      const sent = promptFor(persona, history, { user: 'Sam', contextTokens })
      const spent = sent.reduce((sum, { text }) => sum + MESSAGE_TOKENS + estimateTokens(text), 0)
      expect(spent).toBeLessThanOrEqual(contextTokens - REPLY_TOKENS)
      expect(sent[0]?.text.startsWith(persona.prompt.replaceAll('{{user}}', 'Sam'))).toBe(true)
      const kept = sent.filter(({ role }) => role !== 'system')
      expect(kept).toEqual(history.slice(-kept.length))
      expect(kept.length).toBeGreaterThanOrEqual(Math.min(3, history.length))
    }
  })

  it('has lore for a topic and not for another', () => {
    const quiet = promptFor(persona, [{ role: 'user', text: 'Hello there.' }], { user: 'Sam' })
    for (const { name } of persona.lorebook!.entries) {
      expect(quiet.map(({ text }) => text).join('\n')).not.toContain(loreText(persona, name!))
    }
  })

  it('goes out as a card and comes back', () => {
    const { card: _card, ...again } = readCard(JSON.parse(JSON.stringify(writeCard(persona))), persona.id).persona
    const entries = again.lorebook!.entries.map(({ from: _from, ...entry }) => entry)
    expect({ ...again, lorebook: { ...again.lorebook, entries } }).toEqual(persona)
  })
})

describe('the five', () => {
  it('are told apart by id, name, voice, greeting and prompt', () => {
    expect(INCLUDED_PERSONAS).toHaveLength(5)
    for (const key of ['id', 'name', 'greeting', 'prompt'] as const) {
      expect(new Set(INCLUDED_PERSONAS.map(persona => persona[key])).size).toBe(5)
    }
    expect(new Set(INCLUDED_PERSONAS.map(({ voice }) => voice[0]?.id)).size).toBe(5)
    expect(INCLUDED_PERSONAS.every(({ id }) => isIncluded(id))).toBe(true)
  })

  it('speak with voices that are there, in those voices’ languages', () => {
    for (const { voice, lang } of INCLUDED_PERSONAS) {
      for (const { id } of voice) expect(KOKORO_VOICES.find(each => each.id === id)?.lang).toBe(lang)
    }
  })
})
