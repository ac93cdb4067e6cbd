import { setImmediate } from 'node:timers/promises'
import type { DialogueEvent, EventsDropped } from '#protocol/dialogue.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { messagesOf } from './messages.ts'
import type { SinkOutlet } from './sink.ts'

/** The way to a client. */
export interface SessionLine {
  /** Messages, and sound in between, arrive in the order in which they are sent. Does nothing once the client is gone. */
  tell(message: ServerMessage): void
  sound(samples: Float32Array<ArrayBuffer>): void
  /** Resolves when the client has read enough of what was sent, or is gone. */
  room(): Promise<void>
  /** Nothing more is read from the client until what this returns is called. Others may hold it up, too. */
  pause(): () => void
  /** Ends the connection. @param code of the WebSocket protocol */
  end(code: number, reason: string): void
}

/**
 * Tells a client what happens in a dialogue, and sends it the sound, in the order in which it came about. Who reads too
 * slowly holds up the sound, and loses events as the bus of the dialogue says.
 */
export class Outlet implements SinkOutlet {
  readonly #line: SessionLine
  readonly #sampleRate: number
  readonly #sent: (samples: Float32Array) => void
  /** The last turn of which something was told. */
  #turn = 0
  #isTelling = false
  /** The client was told of sound, and not of its end. */
  #isPlaying = false
  /** The end of a turn that failed: why it did goes first, and is the next event where it is not known yet. */
  #ending: ServerMessage | undefined
  #over = false

  /** @param sent is told of sound that is on its way */
  constructor(line: SessionLine, sampleRate: number, sent: (samples: Float32Array) => void) {
    this.#line = line
    this.#sampleRate = sampleRate
    this.#sent = sent
  }

  /** The turn whose sound is sent. */
  get turn(): number {
    return this.#turn
  }

  /** Tells of all that happens, until that ends. */
  async follow(events: AsyncIterator<DialogueEvent | EventsDropped>): Promise<void> {
    for (;;) {
      const next = await events.next()
      this.#isTelling = true
      if (next.done) break
      await this.#line.room()
      if ('turn' in next.value) this.#turn = next.value.turn
      const isWhy = next.value.type === 'DialogueFailed'
      if (!isWhy) this.#tellEnding()
      for (const message of messagesOf(next.value)) this.#tell(message)
      if (isWhy) this.#tellEnding()
      this.#isTelling = false
    }
    this.#tellEnding()
    this.#isTelling = false
    this.#over = true
  }

  /** All that has happened until now goes first. */
  async ready(): Promise<void> {
    do {
      await this.#line.room()
      // Whoever follows the events has taken the next one by then, where there is one.
      await setImmediate()
    } while (this.#isTelling && !this.#over)
  }

  started(): void {
    this.#isPlaying = true
    this.#line.tell({ type: 'playback_started', sample_rate: this.#sampleRate, turn: this.#turn })
  }

  sound(samples: Float32Array<ArrayBuffer>): void {
    this.#sent(samples)
    this.#line.sound(samples)
  }

  #tell(message: ServerMessage): void {
    switch (message.type) {
      case 'playback_ducked':
      case 'playback_held':
      case 'playback_resumed':
        if (!this.#isPlaying) return
        break
      case 'playback_interrupted':
      case 'playback_complete':
        // A reply may be broken off before any of its sound was on its way.
        if (!this.#isPlaying) return
        this.#isPlaying = false
        break
      case 'turn_complete':
        if (message.result.outcome !== 'failed') break
        this.#ending = message
        return
    }
    this.#line.tell(message)
  }

  #tellEnding(): void {
    const ending = this.#ending
    this.#ending = undefined
    if (ending) this.#line.tell(ending)
  }
}
