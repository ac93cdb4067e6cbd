import fc from 'fast-check'
import { expect, it } from 'vitest'
import { settle } from './testing/clock.ts'
import { Stage } from './testing/stage.ts'
import type { ModelStep } from './testing/engines.ts'

const STORY =
  'Once upon a time there was a keeper, and he was old. He had a boat. It was blue! And then, one day, it sank. '

/** What the outside may do at any time. */
type Step =
  | { readonly do: 'pass'; readonly milliseconds: number }
  | { readonly do: 'start' | 'soft-end' | 'resumed' | 'speech-end' | 'dropped' }
  | { readonly do: 'partial' | 'final'; readonly text: string }
  | {
      readonly do:
        'press' | 'release' | 'toggle' | 'interrupt' | 'cancel' | 'disconnect' | 'fail' | 'write' | 'say' | 'mode'
    }

const WORDS = ['', 'Stop.', 'Tell me', 'once upon a time', 'Yes.', 'and the', 'How are you today?', 'mhm']
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.nat(900).map((milliseconds): Step => ({ do: 'pass', milliseconds })) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('start', 'soft-end', 'resumed', 'speech-end', 'dropped')
      .map((what): Step => ({ do: what })),
  },
  {
    weight: 5,
    arbitrary: fc
      .tuple(fc.constantFrom('partial', 'final'), fc.constantFrom(...WORDS))
      .map(([what, text]): Step => ({ do: what, text })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('press', 'release', 'toggle', 'interrupt', 'cancel', 'disconnect', 'fail', 'write', 'say', 'mode')
      .map((what): Step => ({ do: what })),
  },
)
const script: fc.Arbitrary<ModelStep[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom<ModelStep>('Hello there. ', 'It is $29.', '99 now, ', 'my friend. ', STORY, '\n\n'),
    },
    { weight: 2, arbitrary: fc.nat(700) },
    { weight: 1, arbitrary: fc.constantFrom<ModelStep>('hangs', new Error('Cut off.')) },
  ),
  { maxLength: 8 },
)

async function take(stage: Stage, what: Step, spoken: { last: number }): Promise<void> {
  const { conversation } = stage
  switch (what.do) {
    case 'pass':
      return stage.clock.pass(what.milliseconds)
    case 'start':
      spoken.last = stage.starts()
      return
    case 'soft-end':
    case 'resumed':
    case 'speech-end':
    case 'dropped':
      return stage.tell(what.do, spoken.last)
    case 'partial':
    case 'final':
      return stage[what.do](spoken.last, what.text)
    case 'press':
      return conversation.pressKey()
    case 'release':
      return conversation.releaseKey()
    case 'toggle':
      return conversation.toggleKey()
    case 'interrupt':
    case 'cancel':
    case 'disconnect':
      return conversation[what.do]()
    case 'fail':
      return conversation.fail(new Error('Unplugged.'))
    case 'write':
      return conversation.write('Tell me a story.')
    case 'say':
      return conversation.say('Welcome.')
    case 'mode':
      conversation.mode = conversation.mode === 'hands-free' ? 'push-to-talk' : 'hands-free'
  }
}

it('whatever happens: nothing stale is written, nothing is stuck, and the next turn is answered', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(script, { minLength: 1, maxLength: 4 }),
      fc.array(step, { maxLength: 40 }),
      async (scripts, steps) => {
        const stage = new Stage(scripts)
        stage.speech.work = 20
        const spoken = { last: 0 }
        for (const what of steps) {
          await take(stage, what, spoken)
          await settle()
        }
        // Every turn that began has ended, but for the one under way.
        const open = stage.conversation.state === 'idle' ? 0 : 1
        const begun = new Set(stage.events.flatMap(event => ('turn' in event && event.turn > 0 ? [event.turn] : [])))
        if (stage.of('TurnComplete').length + open < 60)
          expect(stage.of('TurnComplete')).toHaveLength(begun.size - open)
        // What was said is told for good once, and stays so.
        const final = new Set<number>()
        for (const { turn, isFinal } of stage.of('Transcription')) {
          expect(final.has(turn)).toBe(false)
          if (isFinal) final.add(turn)
        }
        for (const { reply } of stage.conversation.turns)
          if (reply) expect(reply.heard + reply.unheard).toBe(reply.text)
        expect(stage.stale).toBe(0)
        stage.conversation.cancel()
        expect(stage.conversation.state).toBe('idle')
        expect(stage.sink.loudness.at(-1) ?? 1).toBe(1)
        stage.model.scripts = [['All is well, my friend.']]
        stage.conversation.write('Are you there?')
        await stage.until('playing')
        await stage.until('idle')
        expect(stage.conversation.turns.at(-1)?.reply?.heard).toBe('All is well, my friend.')
      },
    ),
    { numRuns: 150 },
  )
})

it('left alone, every dialogue comes to rest', async () => {
  const finite = script.map(steps => steps.filter(item => item !== 'hangs'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(finite, { minLength: 1, maxLength: 3 }),
      fc.array(step, { maxLength: 25 }),
      async (scripts, steps) => {
        const stage = new Stage(scripts)
        const spoken = { last: 0 }
        for (const what of steps) await take(stage, what, spoken)
        stage.conversation.releaseKey()
        stage.tell('speech-end', spoken.last)
        stage.final(spoken.last, '')
        await stage.until('idle', 120_000)
      },
    ),
    { numRuns: 60 },
  )
})

it('after 500 interrupts at random moments, no sample of a cancelled reply was written', async () => {
  let seed = 5
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const stage = new Stage([[30, STORY, 200, STORY, STORY]])
  stage.speech.work = 15
  const { conversation, sink } = stage
  for (let round = 0; round < 500; round++) {
    conversation.write(`Number ${round}.`)
    await stage.clock.pass(random() * 1_500)
    if (random() < 0.5) conversation.interrupt()
    else conversation.pressKey()
    await stage.clock.pass(random() * 300)
    conversation.cancel()
  }
  expect(stage.stale).toBe(0)
  expect(sink.interrupts).toBeGreaterThan(250)
  const cancelled = conversation.turns.filter(({ outcome }) => outcome === 'interrupted')
  expect(cancelled.length).toBeGreaterThan(400)
})
