import { describe, expect, it } from 'vitest'
import { THINKING_EVERY } from './conversation.ts'
import { TURNS_KEPT } from './history.ts'
import { LONGEST_REPLY, STALL } from './reply.ts'
import { settle } from './testing/clock.ts'
import { Stage } from './testing/stage.ts'
import { TurnRecords } from './turn-records.ts'
import { MADE_AHEAD, PIECE } from './voicing.ts'

const HELLO = ['Hello to ', 'you, my friend. ', 'How are you', ' today?']
const STORY = ['Once upon a time there was an old lighthouse keeper. He collected the sound of storms in glass jars.']

describe('replies', () => {
  it('are cut into sentences, announce code, and say no marks', async () => {
    const stage = new Stage([['Use **this** one:\n```js\n', 'let x = 1\n```\nIt ', 'works well.']])
    stage.conversation.write('How?')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.speech.segments.map(({ text }) => text)).toEqual([
      'Use this one:',
      'There is some code here; you can read it in the text.',
      'It works well.',
    ])
    expect(stage.conversation.turns[0]?.reply?.heard).toContain('let x = 1')
  })

  it('may be empty', async () => {
    const stage = new Stage([[' ']])
    await stage.says('Say nothing.')
    await stage.clock.pass(500)
    expect(stage.conversation.state).toBe('idle')
    expect(stage.conversation.turns[0]?.outcome).toBe('empty-reply')
    expect(stage.listens).toBe(1)
  })

  it('begin with a greeting that nobody asked for', async () => {
    const stage = new Stage([HELLO])
    stage.conversation.say('Welcome to the lighthouse.')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.conversation.turns).toMatchObject([{ reply: { heard: 'Welcome to the lighthouse.' } }])
    stage.conversation.write('Thanks.')
    await settle()
    expect(stage.model.asked[0]?.[1]).toEqual({ role: 'assistant', text: 'Welcome to the lighthouse.' })
  })

  it('speak what looks whole when the model stalls', async () => {
    const stage = new Stage([['It is twenty past four.', 5_000, ' Bye.']])
    stage.conversation.write('What time is it?')
    await stage.clock.pass(STALL - 1)
    expect(stage.sink.written).toEqual([])
    await stage.clock.pass(2)
    expect(stage.conversation.state).toBe('playing')
  })

  it('tell how long the model has been thinking', async () => {
    const stage = new Stage([[THINKING_EVERY * 3 + 1, 'At last, an answer comes.']])
    stage.conversation.write('Well?')
    await stage.until('playing')
    expect(stage.of('Thinking').map(({ elapsed }) => elapsed)).toEqual([500, 1_000, 1_500])
  })

  it('are given to the sink in small pieces, and made ahead no further than is kept', async () => {
    const long = 'These are many words about nothing at all. '.repeat(40)
    const stage = new Stage([[long]])
    stage.conversation.write('Go on.')
    await stage.until('playing')
    await stage.clock.pass(3_000)
    expect(Math.max(...stage.sink.written.map(({ seconds }) => seconds))).toBeLessThanOrEqual(PIECE)
    const seconds = stage.sink.written.reduce((sum, piece) => sum + piece.seconds, 0)
    expect(seconds - 3).toBeLessThan(0.5 + PIECE + 0.3)
    expect(stage.speech.seconds).toBeLessThan(seconds + MADE_AHEAD + 2)
    expect(stage.speech.seconds).toBeGreaterThan(seconds + MADE_AHEAD - 2)
  })

  it('are over with their last word, and pause between their sentences', async () => {
    const stage = new Stage([STORY])
    stage.conversation.write('Tell me.')
    await stage.until('playing')
    const began = stage.clock.now()
    await stage.until('idle')
    const sound = stage.sink.written.reduce((sum, { seconds }) => sum + seconds, 0)
    const silence = (stage.clock.now() - began) / 1000 - sound
    expect(silence).toBeGreaterThan(0.2)
    expect(silence).toBeLessThan(0.4)
  })

  it('tell the voice how much sound the listener still has', async () => {
    const stage = new Stage([STORY])
    stage.conversation.write('Tell me.')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.speech.segments[0]?.buffered).toBe(0)
    expect(stage.speech.segments[1]?.buffered).toBeGreaterThan(0)
  })
})

describe('limits', () => {
  it('ends a reply that goes on for ever at its longest', async () => {
    const reply = async (length: number) => {
      const stage = new Stage([['x'.repeat(100), ...Array.from({ length: length - 100 }, () => 'x')]])
      stage.conversation.write('Go on.')
      await stage.clock.pass(1)
      await stage.until('playing')
      stage.conversation.interrupt()
      return stage.conversation.turns[0]!.reply!.text.length
    }
    expect(await reply(LONGEST_REPLY)).toBe(LONGEST_REPLY)
    expect(await reply(LONGEST_REPLY + 1)).toBe(LONGEST_REPLY)
  })

  it('remembers so many exchanges', () => {
    const records = new TurnRecords({ now: () => 0, after: () => () => {} })
    for (let id = 1; id <= TURNS_KEPT; id++) {
      records.open()
      records.user = { text: 'Hello.' }
      records.close('complete', undefined)
    }
    expect(records.turns).toHaveLength(TURNS_KEPT)
    records.open()
    records.user = { text: 'Hello.' }
    records.close('complete', undefined)
    expect(records.turns).toHaveLength(TURNS_KEPT)
    expect(records.turns[0]?.id).toBe(2)
  })
})
