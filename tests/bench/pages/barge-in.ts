import { CONFIRM_AFTER } from '#dialogue/barge-in.ts'
import { seeded } from '#dsp/fixtures.ts'
import { type HeardDialogue, openDialogue } from './dialogue.ts'
import { partnerOf, promptModel, steadyVoice } from './script.ts'
import { silenceAfter, softerAfter } from './silence.ts'
import { next, wait } from './turns.ts'

export const LEVEL = 0.5
/** Twenty seconds at the pace of the steady voice. */
export const STORY =
  'Once upon a time there was an old lighthouse keeper who kept the storms of the winter in glass jars on a long shelf. ' +
  'Every spring he opened one of them at the window and let it go out over the sea, and the boats in the harbour rocked. ' +
  'Nobody in the village below ever asked him where they came from.'

/** Milliseconds. */
export interface BargeInTimes {
  /** From the talk key, and from the word that breaks a reply off, to silence. */
  readonly key: number[]
  readonly word: number[]
  /** From speech without words to a softer reply, and from where it counts as meant to silence. */
  readonly ducked: number[]
  readonly voice: number[]
}

/** Replies on one level, broken into by events that are told by hand. */
export async function bargeIns(count: number): Promise<BargeInTimes> {
  const random = seeded(count)
  const times: BargeInTimes = { key: [], word: [], ducked: [], voice: [] }
  const dialogue = await openDialogue(
    partnerOf(
      promptModel(() => STORY),
      steadyVoice(() => LEVEL),
    ),
  )
  const { conversation, clock } = dialogue
  const events = conversation.events()
  const speechStarts = (utterance: number) => {
    const now = performance.now() / 1000
    conversation.hear({ kind: 'speech-start', utterance, at: now - 0.1, now })
  }
  try {
    for (let n = 0; n < count; n++) {
      await plays(dialogue, events, random)
      let [from, at] = [clock.length, Date.now()]
      conversation.pressKey()
      await quiet(dialogue)
      times.key.push(clock.timeOf(silenceAfter(clock, from)) - at)

      await plays(dialogue, events, random)
      speechStarts(2 * n)
      await wait(120)
      await clock.settled()
      ;[from, at] = [clock.length, Date.now()]
      conversation.hear({ kind: 'partial', utterance: 2 * n, caption: caption(2 * n, 'Stop.'), whole: false })
      await quiet(dialogue)
      times.word.push(clock.timeOf(silenceAfter(clock, from)) - at)

      await plays(dialogue, events, random)
      ;[from, at] = [clock.length, Date.now()]
      speechStarts(2 * n + 1)
      await quiet(dialogue, CONFIRM_AFTER)
      times.ducked.push(clock.timeOf(softerAfter(clock, from, LEVEL)) - at)
      times.voice.push(clock.timeOf(silenceAfter(clock, from)) - at - CONFIRM_AFTER)
    }
    return times
  } finally {
    await dialogue.close()
  }
}

/** A reply that has sounded for a while. */
async function plays(
  { conversation, clock }: HeardDialogue,
  events: ReturnType<HeardDialogue['conversation']['events']>,
  random: () => number,
): Promise<void> {
  conversation.cancel()
  conversation.write('Tell me a story.')
  await next(events, 'PlaybackStarted')
  await wait(200 + random() * 200)
  await clock.settled()
}

/** Silence has been there for long enough to be sure of it. */
async function quiet({ clock }: HeardDialogue, after = 0): Promise<void> {
  await wait(after + 300)
  await clock.settled()
}

const caption = (utterance: number, text: string) => ({
  utterance,
  text,
  start: 0,
  end: 0,
  words: [],
  final: false,
  stable: 0,
})
