import { describe, expect, it } from 'vitest'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { UTTERANCES_KEPT } from './listening.ts'
import { settle } from './testing/clock.ts'
import { PERSONA, Stage } from './testing/stage.ts'
import { MAX_SPECULATIONS, WORDLESS, WORDS_LATE } from './turn-taker.ts'
import { TURN_WAITS } from './turn.ts'

const HELLO = ['Hello to ', 'you, my friend. ', 'How are you', ' today?']
const STORY = ['Once upon a time there was an old lighthouse keeper. He collected the sound of storms in glass jars.']
const full = ['idle', 'recording', 'processing', 'synthesizing', 'playing', 'idle']

it('hears what a transcriber tells, as it is', async () => {
  const stage = new Stage([HELLO])
  const caption = { utterance: 3, text: 'Good morning.', start: 0, end: 1, words: [], final: true, stable: 13 }
  const told: readonly HearingEvent[] = [
    { kind: 'silence', settled: 0.1 },
    { kind: 'speech-start', utterance: 3, at: 0.2 },
    { kind: 'partial', utterance: 3, caption: { ...caption, final: false }, whole: true },
    { kind: 'soft-end', utterance: 3, at: 0.9 },
    { kind: 'speech-end', utterance: 3, at: 0.9 },
    { kind: 'final', utterance: 3, caption, settled: 1.1 },
  ]
  for (const event of told) stage.conversation.hear(event)
  await stage.until('playing')
  expect(stage.model.asked[0]?.at(-1)?.text).toBe('Good morning.')
})

describe('a turn by voice', () => {
  it('goes through every state, answers, and is remembered as it was heard', async () => {
    const stage = new Stage([HELLO])
    await stage.says('Good morning.')
    await stage.until('playing')
    await stage.until('idle')
    expect(stage.states).toEqual(full)
    expect(stage.model.asked[0]).toEqual([PERSONA, { role: 'user', text: 'Good morning.' }])
    expect(stage.speech.segments.map(({ text }) => text).join(' ')).toBe('Hello to you, my friend. How are you today?')
    const [turn] = stage.conversation.turns
    expect(turn).toMatchObject({
      id: 1,
      user: { text: 'Good morning.', start: 0, end: 0.8 },
      reply: { text: HELLO.join(''), heard: HELLO.join(''), unheard: '' },
      outcome: 'complete',
    })
    expect(stage.of('TurnComplete')[0]?.result).toEqual(turn)
    expect(stage.listens).toBe(1)
  })

  it('marks every step, in the order in which they come', async () => {
    const stage = new Stage([[100, ...HELLO]], { speculate: false })
    stage.speech.work = 50
    await stage.says('Good morning.')
    await stage.until('playing')
    await stage.until('idle')
    const { marks } = stage.conversation.turns[0]!
    const order = [
      ...['lastSpeech', 'softEnd', 'turnCommit', 'transcriptFinal', 'firstToken', 'firstSentence', 'firstSample'],
      ...['firstHeard', 'end'],
    ] as const
    const times = order.map(name => marks[name as keyof typeof marks]!)
    expect(times.every(time => time !== undefined)).toBe(true)
    expect([...times].sort((a, b) => a - b)).toEqual(times)
    expect(marks.turnCommit! - marks.lastSpeech!).toBe(TURN_WAITS.finished)
  })

  it('remembers what was said before', async () => {
    const stage = new Stage([['Hello, my dear friend.'], ['I am well.']])
    await stage.says('Good morning.')
    await stage.until('playing')
    await stage.until('idle')
    await stage.clock.pass(1_000)
    await stage.says('How are you?')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)).toEqual([
      PERSONA,
      { role: 'user', text: 'Good morning.' },
      { role: 'assistant', text: 'Hello, my dear friend.' },
      { role: 'user', text: 'How are you?' },
    ])
  })

  it('goes on from an earlier session', async () => {
    const first = new Stage([['Hello, my dear friend.']])
    await first.says('Good morning.')
    await first.until('playing')
    await first.until('idle')
    const stage = new Stage([HELLO], { earlier: first.conversation.turns })
    await stage.says('Where were we?')
    await stage.until('playing')
    expect(stage.model.asked[0]?.map(({ text }) => text).slice(1)).toEqual([
      'Good morning.',
      'Hello, my dear friend.',
      'Where were we?',
    ])
    await stage.until('idle')
    expect(stage.conversation.turns.map(({ id }) => id)).toEqual([1, 2])
  })

  it('may be a short “yes”', async () => {
    const stage = new Stage([HELLO])
    await stage.says('Yes.', 250)
    await stage.until('playing')
    expect(stage.conversation.caption).toBe('Yes.')
  })

  it('is one turn when the speaker pauses in mid-sentence', async () => {
    const stage = new Stage([HELLO])
    await stage.says('I would like to')
    await stage.clock.pass(TURN_WAITS.unfinished - 400)
    await stage.says('go home.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('I would like to go home.')
    expect(stage.of('TurnCommitted')).toHaveLength(1)
  })

  it('ends after an unfinished clause, too, once nothing has followed for long enough', async () => {
    const stage = new Stage([HELLO])
    await stage.says('I would like to')
    await stage.clock.pass(TURN_WAITS.unfinished - 201)
    expect(stage.conversation.state).toBe('recording')
    await stage.clock.pass(1)
    expect(stage.conversation.state).not.toBe('recording')
  })

  it('is nothing when no words come of it, and the next one is heard', async () => {
    const stage = new Stage([HELLO])
    await stage.says('')
    expect(stage.states).toEqual(['idle', 'recording', 'idle'])
    expect(stage.listens).toBe(1)
    expect(stage.conversation.turns).toEqual([])
    await stage.says('Good morning.')
    await stage.until('playing')
  })

  it('gives up sound that goes on without a word', async () => {
    const stage = new Stage([HELLO])
    stage.starts()
    await stage.clock.pass(WORDLESS - 1)
    expect(stage.conversation.state).toBe('recording')
    await stage.clock.pass(1)
    expect(stage.conversation.state).toBe('idle')
  })

  it('goes on when a slow recogniser has not got to the word that says so', async () => {
    const stage = new Stage([HELLO])
    const utterance = stage.starts()
    await stage.clock.pass(900)
    stage.partial(utterance, 'Please tell me', false)
    await stage.clock.pass(90)
    stage.tell('soft-end', utterance)
    await stage.clock.pass(TURN_WAITS.finished + 300)
    stage.tell('speech-end', utterance)
    expect(stage.conversation.state).toBe('recording')
    stage.final(utterance, 'Please tell me the capital of')
    await stage.clock.pass(200)
    expect(stage.conversation.state).toBe('recording')
    await stage.says('the kingdom of Spain.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('Please tell me the capital of the kingdom of Spain.')
  })

  it('ends before its last words are known when they take too long', async () => {
    const stage = new Stage([HELLO])
    const utterance = stage.starts()
    await stage.clock.pass(900)
    stage.partial(utterance, 'Please tell me', false)
    await stage.clock.pass(90)
    stage.tell('soft-end', utterance)
    await stage.clock.pass(WORDS_LATE - 90 - 1)
    expect(stage.conversation.state).toBe('recording')
    await stage.clock.pass(1)
    expect(stage.conversation.state).not.toBe('recording')
  })

  it('fails in words when the listener does, and listens again', async () => {
    const stage = new Stage([HELLO])
    stage.finish = () => Promise.reject(new Error('The worker died.'))
    stage.conversation.pressKey()
    stage.conversation.releaseKey()
    await settle()
    expect(stage.conversation.state).toBe('idle')
    expect(stage.of('DialogueFailed')[0]?.error.message).toBe('The worker died.')
    expect(stage.listens).toBe(1)
  })
})

it('tells at once what was typed, before there is an answer; what was spoken was told as it was heard', async () => {
  const stage = new Stage([['hangs']])
  stage.conversation.write(' Where is it? ')
  await settle()
  expect(stage.of('ReplyStarted').map(({ typed }) => typed)).toEqual(['Where is it?'])
  stage.conversation.cancel()
  await stage.says('Good morning.')
  await stage.until('processing')
  expect(
    stage
      .of('ReplyStarted')
      .slice(1)
      .map(({ typed }) => typed),
  ).toEqual([undefined])
})

describe('asking ahead of time', () => {
  it('asks at the soft end, writes nothing before the turn is over, and is kept when the words stay', async () => {
    const stage = new Stage([HELLO])
    const utterance = stage.starts()
    await stage.clock.pass(600)
    stage.partial(utterance, 'Good morning')
    await stage.clock.pass(90)
    stage.tell('soft-end', utterance)
    await stage.clock.pass(50)
    expect(stage.model.asked).toHaveLength(1)
    expect(stage.speech.seconds).toBeGreaterThan(0)
    expect(stage.sink.written).toEqual([])
    expect(stage.of('ReplyText')).toEqual([])
    await stage.clock.pass(60)
    expect(stage.conversation.state).toBe('processing')
    stage.final(utterance, 'Good morning!')
    await settle()
    expect(stage.conversation.state).toBe('playing')
    expect(stage.model.asked).toHaveLength(1)
    const { firstToken, turnCommit } = (await stage.until('idle'), stage.conversation.turns[0]!.marks)
    expect(firstToken!).toBeLessThan(turnCommit!)
  })

  it('throws it away when the speaker goes on, or the words change', async () => {
    const stage = new Stage([['Wrong answer, sorry.'], ['Wrong again, sorry.'], HELLO])
    const utterance = stage.starts()
    await stage.clock.pass(600)
    stage.partial(utterance, 'Good')
    stage.tell('soft-end', utterance)
    await stage.clock.pass(50)
    stage.tell('resumed', utterance)
    await stage.clock.pass(400)
    stage.partial(utterance, 'Good morning')
    stage.tell('soft-end', utterance)
    await stage.clock.pass(60)
    stage.final(utterance, 'Good morning, Ada.')
    await stage.until('idle')
    expect(stage.of('ReplyDiscarded').length).toBeGreaterThanOrEqual(2)
    expect(stage.revisionsWritten.size).toBe(1)
    expect(stage.conversation.turns[0]?.reply?.heard).toBe(HELLO.join(''))
  })

  it('is not done without end, nor when it is not wanted', async () => {
    const ahead = async (options: { speculate?: boolean }) => {
      const stage = new Stage([HELLO], options)
      const utterance = stage.starts()
      for (let i = 0; i <= MAX_SPECULATIONS; i++) {
        stage.partial(utterance, `Words ${'and more '.repeat(i)}here`)
        stage.tell('soft-end', utterance)
        stage.tell('resumed', utterance)
      }
      await settle()
      return stage.of('ReplyStarted').length
    }
    expect(await ahead({})).toBe(MAX_SPECULATIONS)
    expect(await ahead({ speculate: false })).toBe(0)
  })
})

describe('a key instead of silence', () => {
  it('holds the turn open over pauses until it is released', async () => {
    const stage = new Stage([HELLO], { mode: 'push-to-talk' })
    stage.conversation.pressKey()
    await stage.says('Tell me something.')
    await stage.clock.pass(3_000)
    await stage.says('About ships.')
    expect(stage.conversation.state).toBe('recording')
    stage.conversation.releaseKey()
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('Tell me something. About ships.')
  })

  it('waits for the words that are still on their way when it is released', async () => {
    const stage = new Stage([HELLO], { mode: 'push-to-talk' })
    stage.conversation.pressKey()
    const utterance = stage.starts()
    await stage.clock.pass(300)
    stage.conversation.releaseKey()
    await stage.clock.pass(100)
    expect(stage.conversation.state).toBe('processing')
    stage.final(utterance, 'Yes please.')
    await stage.until('playing')
    expect(stage.model.asked[0]?.at(-1)?.text).toBe('Yes please.')
  })

  it('takes in what was being said when it went down, and nothing while it is up', async () => {
    const stage = new Stage([HELLO], { mode: 'push-to-talk' })
    await stage.says('Not for you.')
    expect(stage.states).toEqual(['idle'])
    const utterance = stage.starts()
    stage.conversation.pressKey()
    stage.final(utterance, 'But this is.')
    stage.conversation.releaseKey()
    await stage.until('playing')
    expect(stage.model.asked[0]?.at(-1)?.text).toBe('But this is.')
    // In this mode a voice does not break in.
    await stage.says('Somebody else talks on and on.', 2_000)
    expect(stage.of('PlaybackDucked')).toEqual([])
  })

  it('may be held for half an hour: the prompt keeps to its budget, and ends with the last words', async () => {
    const stage = new Stage([HELLO], {}, { budget: 400 })
    stage.conversation.pressKey()
    for (let i = 0; i < 360; i++) {
      const utterance = stage.starts()
      stage.final(utterance, `This is sentence number ${i} of a very long speech.`)
    }
    stage.conversation.releaseKey()
    await stage.until('playing')
    const messages = stage.model.asked.at(-1)!
    expect(messages.reduce((sum, { text }) => sum + text.length / 4 + 4, 0)).toBeLessThanOrEqual(400)
    expect(messages.at(-1)?.text).toMatch(/number 359 of a very long speech\.$/)
    expect(stage.conversation.turns).toEqual([])
    await stage.until('idle')
    expect(stage.conversation.turns[0]?.user?.text).toContain('number 0 of')
  })

  it('is nothing when nothing was said', async () => {
    const stage = new Stage([HELLO])
    stage.conversation.toggleKey()
    await stage.clock.pass(WORDLESS + 1)
    expect(stage.conversation.state).toBe('recording')
    stage.conversation.toggleKey()
    await settle()
    expect(stage.states).toEqual(['idle', 'recording', 'processing', 'idle'])
    expect(stage.listens).toBe(1)
  })

  it('does not take the end of an older turn for its own', async () => {
    const stage = new Stage([HELLO], { mode: 'push-to-talk' })
    const told: (() => void)[] = []
    stage.finish = () => new Promise(resolve => told.push(resolve))
    stage.conversation.toggleKey()
    stage.conversation.toggleKey()
    stage.conversation.cancel()
    stage.conversation.toggleKey()
    stage.conversation.toggleKey()
    told[0]?.()
    await settle()
    expect(stage.conversation.state).toBe('processing')
    told[1]?.()
    await settle()
    expect(stage.conversation.state).toBe('idle')
  })

  it('stops a reply at once', async () => {
    const stage = new Stage([STORY])
    await stage.says('Tell me a story.')
    await stage.until('playing')
    await stage.clock.pass(1_000)
    stage.conversation.pressKey()
    expect(stage.conversation.state).toBe('recording')
    expect(stage.sink.interrupts).toBe(1)
  })
})

it('remembers so many utterances that wait for their words', () => {
  const stage = new Stage([HELLO])
  const first = stage.starts()
  for (let i = 1; i < UTTERANCES_KEPT; i++) stage.starts()
  stage.partial(first, 'Kept.')
  expect(stage.conversation.caption).toBe('Kept.')
  stage.starts()
  stage.partial(first, 'Forgotten.')
  expect(stage.conversation.caption).toBe('Kept.')
})
