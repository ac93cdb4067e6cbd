import type { Caption } from '#protocol/transcribe.ts'
import type { ListenEvent } from './types.ts'

/** Seconds after which a listener that does not say tells of a beginning, and of a silence. */
const USUAL_DELAY = 0.1

/** What is known of one stretch of the user's speech, from what the listener told. */
export class Utterance {
  readonly id: number
  /** Seconds from the start of the sound. */
  readonly start: number
  end: number
  /** On the dialogue's clock: when it began, and when it was first told that it may have ended. */
  readonly since: number
  softEnd: number | undefined
  /** On the dialogue's clock: when its last speech sounded, once it is quiet. */
  quietSince: number | undefined
  /** No more words come: its final caption is here, or it was nothing. */
  settled = false
  /** Its turn was given up before a word of it came. */
  missed = false
  #caption: Caption | undefined
  #covers = false

  /** @param clock milliseconds */
  constructor(event: Extract<ListenEvent, { kind: 'speech-start' }>, clock: number) {
    this.id = event.utterance
    this.start = event.at
    this.end = event.at
    this.since = clock - delay(event)
  }

  get speaking(): boolean {
    return this.quietSince === undefined
  }

  get text(): string {
    return this.#caption?.text.trim() ?? ''
  }

  get caption(): Caption | undefined {
    return this.#caption
  }

  /** Whether its text holds everything that was said so far. */
  get covered(): boolean {
    return this.settled || (!this.speaking && this.#covers)
  }

  /** Takes in what was told of it, at `clock` milliseconds. */
  update(event: ListenEvent, clock: number): void {
    switch (event.kind) {
      case 'soft-end':
      case 'speech-end':
        this.end = event.at
        if (!this.speaking) return
        this.softEnd = clock
        this.quietSince = clock - delay(event)
        return
      case 'resumed':
        this.quietSince = undefined
        this.#covers = false
        return
      case 'dropped':
        this.#caption = undefined
        this.quietSince ??= clock
        this.settled = true
        return
      case 'final':
        this.quietSince ??= clock
        this.settled = true
        this.#caption = event.caption
        return
      case 'partial':
        this.#caption = event.caption
        this.#covers = event.whole
        if (this.speaking) this.end = Math.max(this.end, event.caption.end)
    }
  }
}

/** Milliseconds between a place in the sound and its being told. */
const delay = ({ at, now = at + USUAL_DELAY }: { at: number; now?: number }): number => Math.max(0, now - at) * 1000
