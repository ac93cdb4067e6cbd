import { describe, expect, it, test } from 'vitest'
import { NEXT_TOKEN_WITHIN } from './reply.ts'
import { settle } from './testing/clock.ts'
import { Stage } from './testing/stage.ts'

const HELLO = ['Hello to ', 'you, my friend. ', 'How are you', ' today?']
const STORY = ['Once upon a time there was an old lighthouse keeper. He collected the sound of storms in glass jars.']

describe('what fails', () => {
  const fails = async (stage: Stage) => {
    await stage.until('idle')
    expect(stage.listens).toBeGreaterThan(0)
    stage.model.scripts = [HELLO]
    stage.speech.failsAfter = Infinity
    stage.sink.failure = undefined
    stage.conversation.write('Again.')
    await stage.until('playing')
  }

  it('a model that is down is told, and the next turn works', async () => {
    const stage = new Stage([[new Error('No server.')]])
    await stage.says('Hello?')
    await stage.until('idle')
    expect(stage.of('DialogueFailed')[0]?.error.message).toBe('No server.')
    expect(stage.conversation.turns[0]).toMatchObject({ user: { text: 'Hello?' }, outcome: 'failed' })
    await fails(stage)
  })

  it('an error in the middle keeps what was said, and says it', async () => {
    const stage = new Stage([['This much came through. And then', new Error('Cut off.')]])
    stage.conversation.write('Hello?')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.of('ReplyFailed')[0]).toMatchObject({ kept: 'This much came through. And then' })
    expect(stage.conversation.turns[0]).toMatchObject({
      reply: { heard: 'This much came through. And then' },
      outcome: 'failed',
    })
    await fails(stage)
  })

  it('a first word that does not come in time ends the turn, one that does is waited for', async () => {
    const late = (milliseconds: number) => new Stage([[milliseconds, ...HELLO]], { firstTokenWithin: 2_000 })
    const inTime = late(1_999)
    inTime.conversation.write('Hello?')
    await inTime.until('playing')
    const stage = late(2_001)
    stage.conversation.write('Hello?')
    await stage.clock.pass(2_000)
    expect(stage.conversation.state).toBe('idle')
    expect(stage.of('DialogueFailed')[0]?.error).toMatchObject({ code: 'engine', retryable: true })
    await stage.clock.pass(2)
    expect(stage.model.broken).toBe(1)
    await fails(stage)
  })

  it('a model that falls silent for ever, and does not mind being stopped', async () => {
    const stage = new Stage([['This much came through. ', 'hangs']])
    stage.conversation.write('Hello?')
    await stage.until('playing')
    await stage.clock.pass(NEXT_TOKEN_WITHIN)
    await stage.until('idle')
    expect(stage.of('ReplyFailed')).toHaveLength(1)
    await fails(stage)
  })

  it('a voice that breaks: what it made is heard, the rest is not taken for heard', async () => {
    const stage = new Stage([STORY])
    stage.speech.failsAfter = 2
    stage.conversation.write('Tell me.')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.of('DialogueFailed')[0]?.error.message).toBe('The voice broke.')
    expect(stage.conversation.turns[0]?.reply?.heard).toBe('Once upon a time there')
    await fails(stage)
  })

  it('a sink that breaks', async () => {
    const stage = new Stage([STORY])
    stage.sink.failure = new Error('No speakers.')
    stage.conversation.write('Tell me.')
    await settle()
    expect(stage.of('DialogueFailed')[0]?.error.message).toBe('No speakers.')
    await fails(stage)
  })

  it('a persona that leaves no room for an answer', async () => {
    const stage = new Stage([HELLO], {}, { budget: 5 })
    await stage.says('Hello?')
    await stage.until('idle')
    expect(stage.of('DialogueFailed')[0]?.error.code).toBe('bad-input')
  })
})

describe.each(['cancel', 'disconnect', 'fail'] as const)('%s', how => {
  test.each(['idle', 'recording', 'processing', 'synthesizing', 'playing'] as const)('while %s', async state => {
    const stage = new Stage([[100, ...STORY]], { speculate: false })
    stage.speech.work = 100
    if (state === 'recording') stage.starts()
    else if (state !== 'idle') await stage.says('Tell me a story.')
    await stage.until(state)
    const written = stage.sink.written.length
    if (how === 'fail') stage.conversation.fail(new Error('Unplugged.'))
    else stage.conversation[how]()
    expect(stage.conversation.state).toBe('idle')
    expect(stage.listens).toBe(1)
    await stage.clock.pass(5_000)
    expect(stage.sink.written).toHaveLength(written)
    stage.model.scripts = [HELLO]
    await stage.says('Good morning.')
    await stage.until('playing')
  })
})

it('closes with nothing left behind', async () => {
  const stage = new Stage([STORY])
  await stage.says('Tell me a story.')
  await stage.until('playing')
  stage.conversation.close()
  const told = stage.events.length
  const written = stage.sink.written.length
  await stage.says('Anybody there?')
  stage.conversation.pressKey()
  await stage.clock.pass(5_000)
  expect(stage.conversation.state).toBe('idle')
  expect(stage.sink.written).toHaveLength(written)
  expect(stage.events.slice(told).every(({ type }) => type !== 'RecordingStarted')).toBe(true)
})
