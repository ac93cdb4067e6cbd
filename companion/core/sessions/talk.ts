import { systemClock } from '#dialogue/clock.ts'
import { Conversation } from '#dialogue/conversation.ts'
import type { Clock, Partner } from '#dialogue/types.ts'
import type { Turn } from '#protocol/dialogue.ts'
import type { SessionCommand } from '#protocol/sessions.ts'
import type { Segmenter } from '#text/segment/segmenter.ts'
import type { ListenerPool } from '../listening/pool.ts'
import { matchLang } from '../match-lang.ts'
import { SessionEars } from './ears.ts'
import { LESS_AHEAD, MOST_AHEAD } from './limits.ts'
import { Outlet, type SessionLine } from './outlet.ts'
import { PacedSink } from './sink.ts'

export interface TalkParts {
  readonly line: SessionLine
  readonly listeners: Pick<ListenerPool, 'info' | 'listen'>
  readonly segmenter: Segmenter
  readonly partner: Partner
  readonly mode: 'hands-free' | 'push-to-talk'
  readonly patience: number
  /** Hz of either direction. */
  readonly inputRate: number
  readonly outputRate: number
  readonly earlier: readonly Turn[]
  readonly clock?: Clock
}

/** One client of a session: the dialogue, with its sound in both directions. */
export class Talk {
  readonly conversation: Conversation
  readonly #parts: TalkParts
  readonly #ears: SessionEars
  readonly #sink: PacedSink
  readonly #outlet: Outlet
  /** Settles when the client was told of all that happened. */
  readonly #told: Promise<void>
  /** Reads on; undefined while nothing holds it up. */
  #resume: (() => void) | undefined
  #isOver = false
  /** Start and stop, one after the other; undefined while none is under way. */
  #keys: Promise<void> | undefined
  /** Raised by whatever makes those void that still wait. */
  #revision = 0

  constructor(parts: TalkParts) {
    this.#parts = parts
    const { line, listeners, segmenter, partner, mode, patience, inputRate, outputRate, earlier } = parts
    const { clock = systemClock } = parts
    this.#outlet = new Outlet(line, outputRate, samples => this.#ears.sent(samples, outputRate))
    this.#sink = new PacedSink(clock, this.#outlet, outputRate)
    this.#ears = new SessionEars({
      clock,
      listeners,
      sampleRate: inputRate,
      lang: () => matchLang(this.conversation.partner.lang, listeners.info.languages),
      hear: event => this.conversation.hear(event),
      progress: () => this.#regulate(),
      failed: error => this.conversation.fail(error),
    })
    this.conversation = new Conversation({
      sink: this.#sink,
      ears: this.#ears,
      clock,
      segmenter,
      partner,
      options: { mode, patience, earlier },
    })
    this.#told = this.#outlet.follow(this.conversation.events())
  }

  /** @param samples mono, to keep */
  hear(samples: Float32Array<ArrayBuffer>): void {
    if (this.#isOver) return
    this.#ears.push(samples)
    this.#regulate()
  }

  /** Resolves when it is done: a turn ends once the sound before it was heard. */
  async press(command: SessionCommand): Promise<void> {
    const { conversation } = this
    switch (command) {
      case 'start':
        return this.#inTurn(() => conversation.pressKey())
      case 'stop':
        return this.#inTurn(
          () => conversation.releaseKey(),
          () => this.#ears.caughtUp(),
        )
      case 'toggle':
        return this.#inTurn(
          () => conversation.toggleKey(),
          () => (conversation.state === 'recording' ? this.#ears.caughtUp() : undefined),
        )
      case 'cancel':
        this.#revision += 1
        this.#keys = undefined
        conversation.cancel()
    }
  }

  write(text: string): void {
    this.conversation.write(text)
  }

  /** How much of the reply of a turn was heard. */
  report(samples: number, turn = this.#outlet.turn): void {
    if (turn === this.#outlet.turn) this.#sink.report(samples)
  }

  /** Nobody is there any longer: model, voice and listener stop. Resolves when that was told. */
  close(): Promise<void> {
    if (!this.#isOver) {
      this.#isOver = true
      this.#revision += 1
      this.conversation.disconnect()
      this.conversation.close()
      this.#ears.close()
    }
    return this.#told
  }

  /** At once where nothing is under way: a cancel that comes next then meets what was begun. */
  #inTurn(act: () => void, before?: () => Promise<void> | undefined): Promise<void> {
    const revision = this.#revision
    const earlier = this.#keys
    const run = async () => {
      if (earlier) await earlier
      const wait = before?.()
      if (wait) await wait
      if (revision === this.#revision) act()
    }
    const done = run()
    const settled = done
      .catch(() => undefined)
      .then(() => {
        if (this.#keys === settled) this.#keys = undefined
      })
    this.#keys = settled
    return done
  }

  /** Whoever sends faster than is heard waits, and nothing is lost. */
  #regulate(): void {
    const { behind } = this.#ears
    if (behind > MOST_AHEAD) this.#resume ??= this.#parts.line.pause()
    else if (behind <= LESS_AHEAD) {
      this.#resume?.()
      this.#resume = undefined
    }
  }
}
