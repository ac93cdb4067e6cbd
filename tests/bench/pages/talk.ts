import { PlayerSink } from '../../../web/features/converse/sink.ts'
import { ReplySound } from '../../../web/features/converse/sound.ts'
import { createPlayer } from '../../../web/audio/player.ts'
import { client, VOICE } from './speech.ts'
import { turns, type TurnTime } from './turns.ts'

/** Seconds of sound that a talk's player holds: see web/app/composition.ts. */
const TALK_BUFFER = 1

/** The player of a talk, awake. */
export async function talkPlayer() {
  const player = await createPlayer({ buffer: TALK_BUFFER, latency: 'interactive' })
  await player.play()
  return player
}

/** Turns with the voice and the player of the page. */
export async function pageTurns(replies: readonly string[], speculate: boolean): Promise<TurnTime[]> {
  const player = await talkPlayer()
  try {
    const sink = new PlayerSink(player, new ReplySound())
    return await turns({ engine: await client(2), sink, voice: VOICE, replies, speculate })
  } finally {
    await player.close()
  }
}
