import { systemClock } from '#dialogue/clock.ts'
import { Conversation } from '#dialogue/conversation.ts'
import type { Heard, Partner } from '#dialogue/types.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import { PlayerSink } from '../../../web/features/converse/sink.ts'
import { ReplySound } from '../../../web/features/converse/sound.ts'
import { Clock } from './clock.ts'
import { talkPlayer } from './talk.ts'

/** A player as a dialogue speaks through it, with a note of what went in and when it was flushed. */
class NotedSink extends PlayerSink {
  /** Called before each write. */
  onWrite: (chunk: PcmChunk) => void = () => {}
  /** Called once the player has dropped what was not heard. */
  onFlushed: () => void = () => {}

  override write(chunk: PcmChunk): Promise<void> {
    this.onWrite(chunk)
    return super.write(chunk)
  }

  override interrupt(): Heard | undefined {
    const place = super.interrupt()
    this.onFlushed()
    return place
  }
}

export interface HeardDialogue {
  readonly conversation: Conversation
  readonly sink: NotedSink
  readonly player: Awaited<ReturnType<typeof talkPlayer>>
  readonly clock: Clock
  close(): Promise<void>
}

/** A dialogue through the page's own player, with a tap behind that. Nobody listens: events are told by hand. */
export async function openDialogue(partner: Partner): Promise<HeardDialogue> {
  const player = await talkPlayer()
  const clock = await Clock.behind(player.output)
  const sink = new NotedSink(player, new ReplySound())
  const conversation = new Conversation({
    sink,
    clock: systemClock,
    segmenter: await loadSegmenter(),
    ears: { listen: () => {}, finish: () => Promise.resolve(), taken: 0 },
    partner,
    options: { speculate: false },
  })
  return {
    conversation,
    sink,
    player,
    clock,
    async close() {
      conversation.close()
      clock.stop()
      await player.close()
    },
  }
}
