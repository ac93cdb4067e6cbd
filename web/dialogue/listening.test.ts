import { describe, expect, it, test } from 'vitest'
import { PERSONA, Stage } from './testing/stage.ts'
import { WORDLESS, WORDS_LATE } from './turn-taker.ts'
import { TURN_WAITS } from './turn.ts'

const REPLY = ['Very well, my friend.']
const QUESTION = 'What time is it?'

const ends = (stage: Stage, utterance: number) => {
  stage.tell('soft-end', utterance)
  stage.tell('speech-end', utterance)
}
const asked = (stage: Stage) => stage.model.asked.at(-1)?.at(-1)?.text

/** What is being said is said to its end, and answered. */
async function isAnswered(stage: Stage, utterance: number): Promise<void> {
  stage.model.scripts = [REPLY]
  await stage.clock.pass(600)
  stage.partial(utterance, 'What time')
  await stage.clock.pass(300)
  ends(stage, utterance)
  stage.final(utterance, QUESTION)
  await stage.until('playing')
  expect(asked(stage)).toContain(QUESTION)
}

describe('whoever begins to speak while the turn before comes to nothing is listened to', () => {
  /** A noise that may have been speech: its turn is over, and its words are waited for. */
  async function noise(stage: Stage): Promise<number> {
    const utterance = stage.starts()
    await stage.clock.pass(300)
    ends(stage, utterance)
    await stage.clock.pass(WORDS_LATE)
    expect(stage.conversation.state).toBe('processing')
    return utterance
  }

  it('when it held no words', async () => {
    const stage = new Stage([REPLY])
    const first = await noise(stage)
    const second = stage.starts()
    await stage.clock.pass(200)
    stage.final(first, '')
    expect(stage.conversation.state).toBe('recording')
    await isAnswered(stage, second)
    expect(stage.of('TurnComplete').map(({ result }) => result.outcome)).toEqual(['no-words'])
  })

  it('when it was the echo of a reply', async () => {
    const stage = new Stage([REPLY])
    const first = await noise(stage)
    stage.partial(first, 'Very well my friend')
    const second = stage.starts()
    stage.isEcho = true
    stage.final(first, 'Very well my friend.')
    stage.isEcho = undefined
    await isAnswered(stage, second)
    expect(stage.of('TurnComplete')[0]?.result.outcome).toBe('echo')
  })

  it('when the model fails', async () => {
    const stage = new Stage([[1_000, new Error('out of memory')]])
    await stage.says('Tell me a story.')
    await stage.clock.pass(700)
    expect(stage.conversation.state).toBe('processing')
    const second = stage.starts()
    await stage.clock.pass(300)
    expect(stage.of('DialogueFailed')).toHaveLength(1)
    expect(stage.conversation.state).toBe('recording')
    await isAnswered(stage, second)
  })

  test.each(['cancel', 'disconnect', 'fail'] as const)('but not after %s', async how => {
    const stage = new Stage([['Once upon a time there was an old keeper.']])
    await stage.says('Tell me a story.')
    await stage.until('playing')
    const utterance = stage.starts()
    if (how === 'fail') stage.conversation.fail(new Error('Unplugged.'))
    else stage.conversation[how]()
    stage.final(utterance, 'Never mind.')
    expect(stage.conversation.state).toBe('idle')
  })
})

describe('speech of which no word comes for WORDLESS', () => {
  async function givenUp(): Promise<{ stage: Stage; utterance: number }> {
    const stage = new Stage([REPLY])
    const utterance = stage.starts()
    await stage.clock.pass(WORDLESS)
    expect(stage.conversation.state).toBe('idle')
    return { stage, utterance }
  }

  it('is a turn after all when its words come while it goes on', async () => {
    const { stage, utterance } = await givenUp()
    stage.partial(utterance, 'Once I have told you', false)
    expect(stage.conversation.state).toBe('recording')
    await isAnswered(stage, utterance)
    expect(stage.conversation.turns).toEqual([])
    await stage.until('idle')
    expect(stage.conversation.turns).toMatchObject([{ user: { text: QUESTION, start: -0.1 }, outcome: 'complete' }])
  })

  it('is one when they come after it has ended', async () => {
    const { stage, utterance } = await givenUp()
    ends(stage, utterance)
    await stage.clock.pass(3_000)
    expect(stage.conversation.state).toBe('idle')
    stage.final(utterance, QUESTION)
    await stage.until('playing')
    expect(asked(stage)).toBe(QUESTION)
  })

  it('is said before what was begun meanwhile', async () => {
    const { stage, utterance } = await givenUp()
    ends(stage, utterance)
    const next = stage.starts()
    stage.partial(next, 'In Rome.')
    stage.final(utterance, 'What time is it?')
    ends(stage, next)
    stage.final(next, 'In Rome.')
    await stage.until('playing')
    expect(asked(stage)).toBe('What time is it? In Rome.')
  })

  it('stays given up when there were none, when the user gives up, and while only a key opens a turn', async () => {
    const none = await givenUp()
    ends(none.stage, none.utterance)
    none.stage.final(none.utterance, '')
    expect(none.stage.conversation.state).toBe('idle')

    const cancelled = await givenUp()
    cancelled.stage.conversation.cancel()
    cancelled.stage.final(cancelled.utterance, QUESTION)
    expect(cancelled.stage.conversation.state).toBe('idle')

    const byKey = await givenUp()
    byKey.stage.conversation.mode = 'push-to-talk'
    byKey.stage.final(byKey.utterance, QUESTION)
    expect(byKey.stage.conversation.state).toBe('idle')
  })

  it('does not come back into a conversation that has gone on', async () => {
    const { stage, utterance } = await givenUp()
    stage.conversation.write('Good morning.')
    await stage.until('playing')
    stage.final(utterance, QUESTION)
    await stage.until('idle')
    expect(stage.model.asked).toHaveLength(1)
  })
})

describe('what was said is kept', () => {
  /** Somebody is done, as far as anybody knows, and his last words are not final. */
  async function awaited(): Promise<Stage> {
    const stage = new Stage([REPLY])
    const utterance = stage.starts()
    await stage.clock.pass(500)
    stage.partial(utterance, 'Tell me a story.')
    stage.tell('soft-end', utterance)
    await stage.clock.pass(TURN_WAITS.finished)
    expect(stage.conversation.state).toBe('processing')
    return stage
  }

  test.each([
    ['interrupt', 'interrupted'],
    ['cancel', 'cancelled'],
    ['disconnect', 'disconnected'],
    ['fail', 'failed'],
  ] as const)('at %s, while the last words are awaited', async (how, outcome) => {
    const stage = await awaited()
    if (how === 'fail') stage.conversation.fail(new Error('Unplugged.'))
    else stage.conversation[how]()
    expect(stage.conversation.turns).toMatchObject([{ user: { text: 'Tell me a story.' }, outcome }])
    stage.conversation.write('About the sea.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)).toEqual([PERSONA, { role: 'user', text: 'Tell me a story.\nAbout the sea.' }])
  })

  test.each([
    ['disconnect', 'disconnected'],
    ['fail', 'failed'],
  ] as const)('at %s in mid-sentence, with its sound', async (how, outcome) => {
    const stage = new Stage([REPLY])
    await stage.clock.pass(100)
    const utterance = stage.starts()
    await stage.clock.pass(500)
    stage.partial(utterance, 'I was just saying that')
    if (how === 'fail') stage.conversation.fail(new Error('Unplugged.'))
    else stage.conversation[how]()
    expect(stage.conversation.turns).toMatchObject([
      { user: { text: 'I was just saying that', start: 0, end: 0.6 }, outcome },
    ])
  })

  it('unless it is taken back before the turn is over: by giving up, or by typing instead', async () => {
    for (const how of ['cancel', 'write'] as const) {
      const stage = new Stage([REPLY])
      const utterance = stage.starts()
      await stage.clock.pass(500)
      stage.partial(utterance, 'No, I mean')
      if (how === 'cancel') stage.conversation.cancel()
      stage.conversation.write('Tell me a story.')
      await stage.until('playing')
      expect(stage.model.asked.at(-1)).toEqual([PERSONA, { role: 'user', text: 'Tell me a story.' }])
    }
  })

  it('but for what the microphone heard of the reply', async () => {
    const stage = await awaited()
    stage.isEcho = true
    stage.conversation.cancel()
    expect(stage.conversation.turns).toEqual([])
  })
})

it('a key that is down when somebody types goes up with that: the next press is a press', async () => {
  const stage = new Stage([['Once upon a time there was an old lighthouse keeper.']])
  stage.conversation.toggleKey()
  stage.conversation.write('Tell me a story.')
  await stage.until('playing')
  stage.conversation.toggleKey()
  expect(stage.conversation.state).toBe('recording')
  stage.conversation.toggleKey()
  expect(stage.conversation.state).toBe('processing')
})
