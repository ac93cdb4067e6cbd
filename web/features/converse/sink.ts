import type { DialogueSink, Heard } from '#dialogue/types.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Player } from '../../audio/sink.ts'
import type { ReplySound } from './sound.ts'

/** A player as a dialogue speaks through it. What it speaks is kept, to be heard again. */
export class PlayerSink implements DialogueSink {
  readonly #player: Player
  readonly #kept: ReplySound

  constructor(player: Player, kept: ReplySound) {
    this.#player = player
    this.#kept = kept
  }

  write(chunk: PcmChunk): Promise<void> {
    this.#kept.add(chunk)
    return this.#player.write(chunk)
  }

  writeSilence(seconds: number): Promise<void> {
    return this.#player.writeSilence(seconds)
  }

  async flush(): Promise<void> {
    await this.#player.flush()
    this.#kept.begin()
  }

  interrupt(): Heard | undefined {
    const place = this.#player.interrupt()
    this.#kept.cut(place)
    return place
  }

  get heard(): Heard | undefined {
    return this.#player.heard
  }

  duck(level: number): void {
    this.#player.volume = level
  }

  hold(held: boolean): void {
    if (held) this.#player.pause()
    // Without a gesture it may be refused; it was allowed when the talk began.
    else void this.#player.play().catch(() => undefined)
  }
}
