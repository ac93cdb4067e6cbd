import { describe, expect, it } from 'vitest'
import { CONFIRM_AFTER, WORDS_WITHIN } from './barge-in.ts'
import { ECHO_WARN } from './echo-guard.ts'
import { DUCKED } from './listening.ts'
import { settle } from './testing/clock.ts'
import { PERSONA, Stage } from './testing/stage.ts'
import { FINAL_WITHIN } from './last-words.ts'

const TEXT = 'Once upon a time there was an old lighthouse keeper. He collected the sound of storms in glass jars.'

/** A stage on which the story is playing, for a second. */
async function playing(next: readonly string[] = ['As you wish, my friend.']): Promise<Stage> {
  const stage = new Stage([[TEXT], next])
  await stage.says('Tell me a story.')
  await stage.until('playing')
  await stage.clock.pass(1_000)
  return stage
}
const ends = (stage: Stage, utterance: number) => {
  stage.tell('soft-end', utterance)
  stage.tell('speech-end', utterance)
}
const isHeld = (stage: Stage) => stage.sink.loudness.at(-1) === 0

describe('somebody breaks in', () => {
  it('is ducked for at once, silent when it lasts, and broken off by words', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    expect(stage.sink.loudness).toEqual([DUCKED])
    await stage.clock.pass(CONFIRM_AFTER - 1)
    expect(isHeld(stage)).toBe(false)
    await stage.clock.pass(1)
    expect(isHeld(stage)).toBe(true)
    expect(stage.conversation.state).toBe('playing')
    await stage.clock.pass(200)
    stage.partial(utterance, 'Wait a moment')
    expect(stage.conversation.state).toBe('recording')
    expect(stage.sink.interrupts).toBe(1)
    expect(stage.sink.loudness.at(-1)).toBe(1)
  })

  it('needs no more than the words that are there when it has lasted', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(200)
    stage.partial(utterance, 'Tell me about')
    expect(stage.conversation.state).toBe('playing')
    await stage.clock.pass(CONFIRM_AFTER - 200)
    expect(stage.conversation.state).toBe('recording')
  })

  it('at a word: the history holds what was heard, and the model is told so', async () => {
    const stage = await playing()
    // Speech at 20 units a second: "Once upon a time the" until now, "re was an" while it is confirmed.
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(utterance, 'Stop please')
    const [turn] = stage.conversation.turns
    expect(turn).toMatchObject({ outcome: 'interrupted', reply: { heard: 'Once upon a time there was' } })
    expect(turn!.reply!.heard + turn!.reply!.unheard).toBe(TEXT)
    await settle()
    expect(stage.of('PlaybackInterrupted')[0]?.unheard).toMatch(/^ an old lighthouse/)
    await stage.clock.pass(300)
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'Stop please')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)).toEqual([
      PERSONA,
      { role: 'user', text: 'Tell me a story.' },
      { role: 'assistant', text: 'Once upon a time there was…' },
      { role: 'user', text: 'Stop please' },
    ])
  })

  it('with one word that means it, before anything is confirmed', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(150)
    stage.partial(utterance, 'Stop')
    expect(stage.conversation.state).toBe('recording')
  })

  it('without words that are known in time, by going on', async () => {
    const stage = await playing()
    stage.starts()
    await stage.clock.pass(CONFIRM_AFTER + WORDS_WITHIN - 1)
    expect(stage.conversation.state).toBe('playing')
    await stage.clock.pass(1)
    expect(stage.conversation.state).toBe('recording')
  })

  it('with a pause for breath: the reply does not come back in it, and all that was said is one turn', async () => {
    const stage = await playing()
    const first = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER + 50)
    ends(stage, first)
    await stage.clock.pass(250)
    const second = stage.starts()
    await stage.clock.pass(50)
    expect(stage.sink.loudness).toEqual([DUCKED, 0])
    stage.final(first, 'Hang on a second.')
    expect(stage.conversation.state).toBe('recording')
    await stage.clock.pass(500)
    stage.partial(second, 'I meant the other one.')
    ends(stage, second)
    stage.final(second, 'I meant the other one.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('Hang on a second. I meant the other one.')
    expect(stage.conversation.turns).toHaveLength(1)
  })

  it('with a few quick words, and more after them before they are known', async () => {
    const stage = await playing()
    const first = stage.starts()
    await stage.clock.pass(200)
    ends(stage, first)
    expect(stage.sink.loudness).toEqual([DUCKED, 1])
    await stage.clock.pass(250)
    const second = stage.starts()
    stage.final(first, 'Not this.')
    expect(stage.conversation.state).toBe('recording')
    ends(stage, second)
    stage.final(second, 'Tell me about ships.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('Not this. Tell me about ships.')
  })

  it('with words of which the first come last: they stand in their order', async () => {
    const stage = await playing()
    const first = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    ends(stage, first)
    const second = stage.starts()
    stage.final(second, 'Stop.')
    expect(stage.conversation.state).toBe('recording')
    stage.final(first, 'Please do.')
    expect(stage.conversation.caption).toBe('Please do. Stop.')
  })

  it('before the reply is heard: what was said first is not lost', async () => {
    const stage = new Stage([[2_000, TEXT], ['Very well, as you wish.']])
    await stage.says('Tell me a story.')
    await stage.clock.pass(300)
    await stage.says('About the sea.', 900)
    await stage.until('playing')
    expect(stage.sink.interrupts).toBe(0)
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('Tell me a story.\nAbout the sea.')
  })

  it('before his own words are known: they are kept', async () => {
    const stage = new Stage([[TEXT]])
    const first = stage.starts()
    stage.partial(first, 'Tell me a story.')
    stage.tell('soft-end', first)
    await stage.clock.pass(250)
    expect(stage.conversation.state).toBe('processing')
    const second = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(second, 'About the sea')
    expect(stage.conversation.state).toBe('recording')
    expect(stage.conversation.turns).toMatchObject([{ user: { text: 'Tell me a story.' }, outcome: 'interrupted' }])
  })

  it('during the last word: he has the floor when the reply is over', async () => {
    const stage = await playing()
    while (stage.conversation.reply!.unheard !== '') await stage.clock.pass(10)
    const utterance = stage.starts()
    await stage.until('recording')
    stage.partial(utterance, 'And what then')
    expect(stage.conversation.turns[0]?.reply?.unheard).toBe('')
    expect(stage.conversation.caption).toBe('And what then')
  })
})

describe('nobody breaks in', () => {
  const goesOn = async (stage: Stage) => {
    expect(stage.sink.loudness.at(-1)).toBe(1)
    await stage.until('idle')
    expect(stage.sink.interrupts).toBe(0)
    expect(stage.conversation.turns).toMatchObject([{ outcome: 'complete', reply: { heard: TEXT } }])
    expect(stage.of('RecordingStarted')).toHaveLength(1)
  }

  it('with a cough', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(150)
    stage.tell('soft-end', utterance)
    await settle()
    expect(stage.of('PlaybackResumed')).toHaveLength(1)
    stage.tell('dropped', utterance)
    await goesOn(stage)
  })

  it('with a cough that a recogniser makes a word of', async () => {
    const stage = await playing()
    await stage.says('you', 250)
    await goesOn(stage)
  })

  it('with a long noise without words: it is silent for it, and goes on at the same sample', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    const { heard } = stage.sink
    await stage.clock.pass(400)
    expect(stage.sink.heard).toEqual(heard)
    stage.tell('soft-end', utterance)
    stage.final(utterance, '')
    await goesOn(stage)
  })

  it('with a noise of which no words ever come', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.tell('soft-end', utterance)
    await stage.clock.pass(WORDS_WITHIN + FINAL_WITHIN)
    await goesOn(stage)
  })

  it('with one cough after the other', async () => {
    const stage = await playing()
    for (let i = 0; i < 4; i++) {
      const utterance = stage.starts()
      await stage.clock.pass(CONFIRM_AFTER)
      ends(stage, utterance)
      await stage.clock.pass(WORDS_WITHIN - 1)
      if (i % 2 === 0) stage.tell('dropped', utterance)
      else stage.final(utterance, '')
    }
    await goesOn(stage)
  })

  it('with noises of which no words ever come, whatever begins meanwhile', async () => {
    const stage = await playing()
    const first = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    ends(stage, first)
    await stage.clock.pass(200)
    // The end of this one is not told.
    stage.starts()
    const last = stage.starts()
    await stage.clock.pass(100)
    ends(stage, last)
    await stage.clock.pass(WORDS_WITHIN + FINAL_WITHIN)
    await goesOn(stage)
  })

  it('by saying that he listens', async () => {
    const stage = await playing()
    await stage.says('Mhm, yeah.', 600)
    await goesOn(stage)
  })

  it('when it is the reply itself, and warns when that happens often', async () => {
    const stage = await playing()
    for (let i = 0; i < ECHO_WARN; i++) {
      const utterance = stage.starts()
      await stage.clock.pass(CONFIRM_AFTER)
      stage.partial(utterance, i < 2 ? 'once upon a time there was' : 'an old lighthouse keeper')
      stage.tell('soft-end', utterance)
      stage.final(utterance, i < 2 ? 'once upon a time there was' : 'an old lighthouse keeper')
      await stage.clock.pass(50)
    }
    expect(stage.of('EchoSuspected').map(({ count, warn }) => [count, warn])).toEqual([
      [1, false],
      [2, false],
      [3, true],
    ])
    await goesOn(stage)
  })
})

describe('the reply in the microphone', () => {
  it('is known by its sound before a word of it is there: nothing gets softer', async () => {
    const stage = await playing()
    stage.isEcho = true
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(utterance, 'That is a big lie.')
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'That is a big lie.')
    expect(stage.sink.loudness).toEqual([])
    expect(stage.of('EchoSuspected')).toHaveLength(1)
    await stage.until('idle')
    expect(stage.conversation.turns).toMatchObject([{ outcome: 'complete', reply: { heard: TEXT } }])
  })

  it('is known by its sound while the reply is silent for something else: that goes on once it is settled', async () => {
    const stage = await playing()
    const first = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    ends(stage, first)
    expect(isHeld(stage)).toBe(true)
    stage.isEcho = true
    const second = stage.starts()
    stage.isEcho = undefined
    stage.final(first, 'mhm')
    expect(isHeld(stage)).toBe(false)
    ends(stage, second)
    stage.final(second, '')
    await stage.until('idle')
    expect(stage.conversation.turns).toMatchObject([{ outcome: 'complete', reply: { heard: TEXT } }])
  })

  it('does not hide somebody who speaks over it, by sound', async () => {
    const stage = await playing()
    stage.isEcho = true
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(utterance, 'That is')
    expect(stage.conversation.state).toBe('playing')
    stage.isEcho = false
    stage.partial(utterance, 'That is not what I asked for')
    expect(stage.conversation.state).toBe('recording')
  })

  it('is no turn when only its sound tells what it was', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(utterance, 'That is a big lie.')
    expect(stage.conversation.state).toBe('recording')
    stage.isEcho = true
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'That is a big lie.')
    await stage.until('idle')
    expect(stage.of('TurnComplete').map(({ result }) => result.outcome)).toEqual(['interrupted', 'echo'])
  })

  it('does not hide somebody who speaks over it, and is not taken for his words', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.clock.pass(CONFIRM_AFTER)
    stage.partial(utterance, 'once upon a time there')
    await settle()
    expect(stage.of('EchoSuspected')).toHaveLength(1)
    await stage.clock.pass(500)
    stage.partial(utterance, 'once upon a time there tell me about ships')
    expect(stage.conversation.state).toBe('recording')
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'Once upon a time there, tell me about ships.')
    await stage.until('playing')
    expect(stage.model.asked.at(-1)?.at(-1)?.text).toBe('tell me about ships.')
  })

  it('is no turn when its words come too late to let the reply go on', async () => {
    const stage = await playing()
    const utterance = stage.starts()
    await stage.until('recording')
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'once upon a time there was')
    await stage.until('idle')
    expect(stage.of('EchoSuspected')).toHaveLength(1)
    expect(stage.conversation.turns).toMatchObject([{ outcome: 'interrupted' }])
  })

  it('is no turn when it is heard at the very end', async () => {
    const stage = await playing()
    while (stage.conversation.reply!.unheard !== '') await stage.clock.pass(10)
    const utterance = stage.starts()
    await stage.until('recording')
    stage.tell('soft-end', utterance)
    stage.final(utterance, 'storms in glass jars')
    await stage.until('idle')
    expect(stage.of('TurnComplete').at(-1)?.result.outcome).toBe('echo')
    expect(stage.conversation.turns).toMatchObject([{ outcome: 'complete' }])
  })
})
