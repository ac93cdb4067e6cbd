import { openDialogue } from './dialogue.ts'
import { encodePcm } from './pcm.ts'
import { partnerOf, promptModel } from './script.ts'
import { client, VOICE } from './speech.ts'
import { next, wait } from './turns.ts'

export interface HeardReply {
  /** What the history says that was heard. */
  readonly heard: string
  /** What the tap recorded: 16-bit samples, base64. */
  readonly sound: string
  readonly sampleRate: number
}

/** A spoken reply that is broken off `seconds` after it began to sound. */
export async function breakOff(reply: string, seconds: number): Promise<HeardReply> {
  const model = promptModel(() => reply)
  const dialogue = await openDialogue(partnerOf(model, await client(2), VOICE))
  const { conversation, clock } = dialogue
  try {
    const events = conversation.events()
    conversation.write('Go on.')
    await next(events, 'PlaybackStarted')
    await wait(seconds * 1000)
    conversation.interrupt()
    const { result } = await next(events, 'TurnComplete')
    await wait(200)
    await clock.settled()
    const { sampleRate } = clock.context
    return { heard: result.reply?.heard ?? '', sound: encodePcm([clock.heard(0)]), sampleRate }
  } finally {
    await dialogue.close()
  }
}
