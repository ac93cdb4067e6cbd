import { describe, expect, it, test } from 'vitest'
import { CONFIRM_AFTER, WORDS_WITHIN } from './barge-in.ts'
import { FINAL_WITHIN, HEARD_WITHIN } from './last-words.ts'
import { settle } from './testing/clock.ts'
import { PERSONA, Stage } from './testing/stage.ts'
import { WORDS_LATE } from './turn-taker.ts'
import { TURN_WAITS } from './turn.ts'

const REPLY = ['Very well, my friend.']

const ends = (stage: Stage, utterance: number) => {
  stage.tell('soft-end', utterance)
  stage.tell('speech-end', utterance)
}
const asked = (stage: Stage) => stage.model.asked.at(-1)?.at(-1)?.text

/** A key was held for a sentence that is known, and for another one of which nothing is. @returns the utterance of that */
async function keyed(stage: Stage): Promise<number> {
  stage.conversation.pressKey()
  await stage.says('The first sentence.')
  const utterance = stage.starts()
  await stage.clock.pass(3_000)
  ends(stage, utterance)
  stage.conversation.releaseKey()
  return utterance
}

describe('the last words of a turn', () => {
  it('are waited for while they are known to be missing, however slow the recogniser', async () => {
    const stage = new Stage([REPLY], { mode: 'push-to-talk' })
    const utterance = await keyed(stage)
    await stage.clock.pass(HEARD_WITHIN - 1)
    expect(stage.conversation.state).toBe('processing')
    stage.partial(utterance, 'And the', false)
    await stage.clock.pass(HEARD_WITHIN - 1)
    expect(stage.conversation.state).toBe('processing')
    stage.final(utterance, 'And the second one.')
    await stage.until('playing')
    expect(asked(stage)).toBe('The first sentence. And the second one.')
  })

  it('are given up when nothing has been told of them for HEARD_WITHIN', async () => {
    const stage = new Stage([REPLY], { mode: 'push-to-talk' })
    await keyed(stage)
    await stage.clock.pass(HEARD_WITHIN - 1)
    expect(stage.conversation.state).toBe('processing')
    await stage.clock.pass(1)
    expect(stage.of('TurnComplete')).toEqual([])
    expect(asked(stage)).toBe('The first sentence.')
  })

  it('are waited for when silence ended the turn, too', async () => {
    const stage = new Stage([REPLY])
    const utterance = stage.starts()
    await stage.clock.pass(900)
    stage.partial(utterance, 'Please tell me', false)
    ends(stage, utterance)
    await stage.clock.pass(WORDS_LATE + FINAL_WITHIN)
    expect(stage.conversation.state).toBe('processing')
    stage.final(utterance, 'Please tell me about the sea.')
    await stage.until('playing')
    expect(asked(stage)).toBe('Please tell me about the sea.')
  })

  it('need not be final when they are there: FINAL_WITHIN is enough', async () => {
    const stage = new Stage([REPLY])
    const utterance = stage.starts()
    stage.partial(utterance, 'Good morning.')
    stage.tell('soft-end', utterance)
    await stage.clock.pass(TURN_WAITS.finished)
    const since = stage.clock.now() - stage.of('TurnCommitted')[0]!.at
    await stage.clock.pass(FINAL_WITHIN - since - 1)
    expect(stage.conversation.state).toBe('processing')
    expect(stage.sink.written).toEqual([])
    await stage.clock.pass(1)
    expect(stage.sink.written.length).toBeGreaterThan(0)
  })

  it('are waited for from a listener that has not told a word, and for no longer than HEARD_WITHIN', async () => {
    const stage = new Stage([REPLY])
    stage.finish = () => new Promise(() => {})
    stage.conversation.pressKey()
    await stage.clock.pass(1_000)
    stage.conversation.releaseKey()
    await stage.clock.pass(HEARD_WITHIN - 1)
    expect(stage.conversation.state).toBe('processing')
    await stage.clock.pass(1)
    expect(stage.of('TurnComplete')[0]?.result.outcome).toBe('no-words')
    expect(stage.conversation.state).toBe('idle')
  })

  test.each([
    ['while the key was held, and was not listened to yet', 2_999, 'complete'],
    ['after the key went up', 2_001, 'no-words'],
  ] as const)('hold what was said %s: %i ms before it is told', async (_, late, outcome) => {
    const stage = new Stage([REPLY], { mode: 'push-to-talk' })
    const heard = Promise.withResolvers<void>()
    stage.finish = () => heard.promise
    stage.conversation.pressKey()
    await stage.clock.pass(1_500)
    stage.conversation.releaseKey()
    await stage.clock.pass(2_500)
    const utterance = stage.starts(late)
    ends(stage, utterance)
    stage.final(utterance, 'Where is it?')
    heard.resolve()
    await settle()
    await stage.clock.pass(10_000)
    expect(stage.of('TurnComplete')[0]?.result.outcome).toBe(outcome)
    expect(asked(stage)).toBe(outcome === 'complete' ? 'Where is it?' : undefined)
  })

  test.each(['voice', 'key'] as const)('go with what is said next when somebody speaks on, by %s', async by => {
    const stage = new Stage([REPLY])
    await stage.says('First of all:')
    const first = stage.starts()
    await stage.clock.pass(900)
    stage.partial(first, 'Please tell me', false)
    ends(stage, first)
    await stage.clock.pass(WORDS_LATE)
    expect(stage.conversation.state).toBe('processing')
    if (by === 'key') stage.conversation.pressKey()
    const second = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER + WORDS_WITHIN)
    expect(stage.conversation.state).toBe('recording')
    stage.final(first, 'Please tell me about the sea.')
    ends(stage, second)
    stage.final(second, 'And its ships.')
    if (by === 'key') stage.conversation.releaseKey()
    await stage.until('playing')
    expect(asked(stage)).toBe('First of all:\nPlease tell me about the sea. And its ships.')
  })

  it('are said once where a key went up for a moment', async () => {
    const stage = new Stage([REPLY], { mode: 'push-to-talk' })
    stage.conversation.pressKey()
    const utterance = stage.starts()
    await stage.clock.pass(500)
    stage.partial(utterance, 'Please tell', false)
    stage.conversation.releaseKey()
    await stage.clock.pass(50)
    stage.conversation.pressKey()
    await stage.clock.pass(500)
    stage.conversation.releaseKey()
    ends(stage, utterance)
    stage.final(utterance, 'Please tell me a story.')
    await stage.until('playing')
    expect(stage.model.asked).toEqual([[PERSONA, { role: 'user', text: 'Please tell me a story.' }]])
  })

  it('are told as final once, and nothing after them, though they come later still', async () => {
    const stage = new Stage([REPLY])
    const utterance = stage.starts()
    stage.partial(utterance, 'Good morning.')
    stage.tell('soft-end', utterance)
    await stage.until('playing')
    stage.partial(utterance, 'Good morning to')
    stage.final(utterance, 'Good morning to you.')
    await settle()
    expect(stage.of('Transcription').map(({ text, isFinal }) => [text, isFinal])).toEqual([
      ['Good morning.', false],
      ['Good morning.', true],
    ])
  })
})
