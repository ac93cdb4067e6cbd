import { systemClock } from '#dialogue/clock.ts'
import { Conversation } from '#dialogue/conversation.ts'
import type { DialogueSink } from '#dialogue/types.ts'
import type { DialogueEvent, EventsDropped, LatencyMarks } from '#protocol/dialogue.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import { partnerOf, promptModel } from './script.ts'

/** What the detector of a conversation waits before it tells, milliseconds: see CONVERSATION_RULES. */
const SOFT_END = 90
const HARD_END = 190

export interface TurnParts {
  readonly engine: SpeechEngine
  readonly sink: DialogueSink
  readonly voice: string
  /** What is answered, one reply a turn. */
  readonly replies: readonly string[]
  /** The model is asked at the soft end. */
  readonly speculate: boolean
}

/** Milliseconds from the end of the turn to the first sample that the sink has taken. */
export interface TurnTime {
  readonly whole: number
  /** Of these, from the first sentence that the engine was given to its first sound. */
  readonly engine: number
}

/** Turns by voice, told by events, each broken off when it sounds. Nothing of a page, nor of Node. */
export async function turns({ engine, sink, voice, replies, speculate }: TurnParts): Promise<TurnTime[]> {
  const speech = timed(engine)
  let answer = ''
  const conversation = new Conversation({
    sink,
    clock: systemClock,
    segmenter: await loadSegmenter(),
    ears: { listen: () => {}, finish: () => Promise.resolve(), taken: 0 },
    partner: partnerOf(
      promptModel(() => answer),
      speech.engine,
      voice,
    ),
    options: { speculate },
  })
  const events = conversation.events()
  const times: TurnTime[] = []
  for (const [utterance, reply] of replies.entries()) {
    answer = reply
    speech.reset()
    await say(conversation, utterance)
    await next(events, 'PlaybackStarted')
    conversation.interrupt()
    const { marks } = (await next(events, 'TurnComplete')).result
    times.push({ whole: between(marks), engine: speech.took })
    // What the engine had begun must not count for the turn after this one.
    await speech.idle()
  }
  conversation.close()
  return times
}

async function say(conversation: Conversation, utterance: number): Promise<void> {
  const text = 'Tell me about the old lighthouse.'
  const now = () => performance.now() / 1000
  const start = now()
  const caption = { utterance, text, start, end: start, words: [], stable: text.length }
  conversation.hear({ kind: 'speech-start', utterance, at: start, now: start + 0.1 })
  await wait(100)
  const softEnd = now()
  const at = softEnd - SOFT_END / 1000
  conversation.hear({ kind: 'soft-end', utterance, at, now: softEnd })
  conversation.hear({ kind: 'partial', utterance, caption: { ...caption, final: false }, whole: true })
  await wait(HARD_END - SOFT_END)
  conversation.hear({ kind: 'speech-end', utterance, at, now: at + HARD_END / 1000 })
  conversation.hear({ kind: 'final', utterance, caption: { ...caption, final: true } })
}

function between({ turnCommit, firstSample }: LatencyMarks): number {
  if (turnCommit === undefined || firstSample === undefined) throw new Error('The turn has no reply that sounded.')
  return firstSample - turnCommit
}

type Told<Type> = Extract<DialogueEvent, { type: Type }>

/** Reads on to the next event of a type. */
export async function next<Type extends DialogueEvent['type']>(
  events: AsyncIterator<DialogueEvent | EventsDropped>,
  type: Type,
): Promise<Told<Type>> {
  for (;;) {
    const { value, done } = await events.next()
    if (done) throw new Error(`The dialogue ended before ${type}.`)
    if (value.type === 'DialogueFailed') throw new Error(value.error.message)
    if (value.type === type) return value as Told<Type>
  }
}

/** An engine whose first sound is timed. */
function timed(engine: SpeechEngine) {
  let asked: number | undefined
  let took: number | undefined
  let idle: Promise<void> = Promise.resolve()
  return {
    reset() {
      asked = took = undefined
    },
    get took(): number {
      if (took === undefined) throw new Error('The engine gave no sound.')
      return took
    },
    idle: () => idle,
    engine: {
      ...engine,
      async *speak(segments, run) {
        const over = Promise.withResolvers<void>()
        idle = over.promise
        async function* noted() {
          for await (const segment of segments) {
            asked ??= performance.now()
            yield segment
          }
        }
        try {
          for await (const chunk of engine.speak(noted(), run)) {
            took ??= performance.now() - (asked ?? performance.now())
            yield chunk
          }
        } finally {
          over.resolve()
        }
      },
    } satisfies SpeechEngine,
  }
}

export const wait = (milliseconds: number) => new Promise<void>(resolve => setTimeout(resolve, milliseconds))
