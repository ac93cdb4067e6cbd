import { SeamError } from '#protocol/errors.ts'
import type { ClientMessage, ConnectionWish } from '#protocol/session-client.ts'
import { MOST_WAITING } from './limits.ts'
import { errorMessage } from './messages.ts'
import type { SessionLine } from './outlet.ts'
import { readMessage } from './read-message.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Talk } from './talk.ts'

/** The code that ends a connection which could not be given its session. */
const REFUSED = 1008
const SAMPLE_BYTES = 4

/** A client's messages on their way to its session, in order. Whatever can't be used is told, and the session goes on. */
export class Connection {
  readonly #line: SessionLine
  /** What holds unless hello says otherwise. */
  readonly #wish: ConnectionWish
  #session: Session | undefined
  readonly #inbox: (() => Promise<void> | void)[] = []
  /** One message is taken, or the session is not there yet: the others wait. */
  #isBusy = true
  /** Reads on; undefined while nothing waits for too long. */
  #resume: (() => void) | undefined
  /** Start and stop that are under way. */
  #presses = 0
  #isFirst = true
  #isGone = false
  #isWarned = false

  constructor(sessions: Sessions, id: string, line: SessionLine, wish: ConnectionWish) {
    this.#line = line
    this.#wish = wish
    void this.#enter(sessions.connect(id, line, wish))
  }

  text(text: string): void {
    this.#next(() => this.#take(readMessage(text)))
  }

  bytes(data: Uint8Array): void {
    this.#next(() => {
      this.#isFirst = false
      this.#talk?.hear(this.#samples(data))
    })
  }

  /** The client has left. */
  gone(): void {
    this.#isGone = true
    this.#session?.disconnect(this.#line)
  }

  get #talk(): Talk | undefined {
    return this.#session?.talkOf(this.#line)
  }

  #next(act: () => Promise<void> | void): void {
    this.#inbox.push(act)
    if (this.#inbox.length > MOST_WAITING) this.#resume ??= this.#line.pause()
    if (!this.#isBusy) void this.#work()
  }

  async #enter(connecting: Promise<Session>): Promise<void> {
    const line = this.#line
    try {
      this.#session = await connecting
      if (this.#isGone) this.#session.disconnect(line)
    } catch (error) {
      const message = errorMessage(error)
      line.tell(message)
      line.end(REFUSED, 'message' in message ? message.message : '')
    }
    await this.#work()
  }

  /** One message after the other. Not a chain of promises: the trace of each error would run along all of it. */
  async #work(): Promise<void> {
    this.#isBusy = true
    for (let act = this.#inbox.shift(); act; act = this.#inbox.shift()) {
      try {
        if (!this.#isGone) await act()
      } catch (error) {
        // Who sends what can't be used, and does not read why, waits.
        await this.#line.room()
        this.#line.tell(errorMessage(error))
      }
      if (this.#inbox.length <= MOST_WAITING / 2) this.#readOn()
    }
    this.#isBusy = false
  }

  #readOn(): void {
    this.#resume?.()
    this.#resume = undefined
  }

  async #take(message: ClientMessage): Promise<void> {
    const isFirst = this.#isFirst
    if (message.type !== 'hello') this.#isFirst = false
    const session = this.#session
    const talk = this.#talk
    if (!session || !talk) return
    switch (message.type) {
      case 'hello': {
        if (!isFirst) throw new SeamError('conflict', 'hello must be the first message. It was passed over.')
        const { type: _, ...wish } = message
        await session.connect(this.#line, { ...this.#wish, ...wish })
        this.#isFirst = false
        if (this.#isGone) session.disconnect(this.#line)
        return
      }
      case 'start_recording':
        return this.#press(talk, 'start')
      case 'stop_recording':
        return this.#press(talk, 'stop')
      case 'cancel':
        return talk.press('cancel')
      case 'text':
        return talk.write(message.text)
      case 'set_persona':
        return session.change({ persona: message.persona })
      case 'set_voice':
        return session.change({ voice: message.voice })
      case 'playback_position':
        return talk.report(message.samples, message.turn)
    }
  }

  /** Not waited for unless many are under way: a cancel must get past it. What it comes to is told by the dialogue. */
  #press(talk: Talk, command: 'start' | 'stop'): Promise<void> | void {
    this.#presses += 1
    const done = talk
      .press(command)
      .catch(() => undefined)
      .finally(() => void (this.#presses -= 1))
    if (this.#presses > MOST_WAITING) return done
  }

  /** A copy as samples: −1…1, and silence for what is none. */
  #samples(data: Uint8Array): Float32Array<ArrayBuffer> {
    if (data.byteLength % SAMPLE_BYTES !== 0) {
      throw new SeamError(
        'bad-input',
        `A binary message holds 32-bit floats, and thus a multiple of ${SAMPLE_BYTES} bytes; these ${data.byteLength} were passed over.`,
      )
    }
    const samples = new Float32Array(data.byteLength / SAMPLE_BYTES)
    new Uint8Array(samples.buffer).set(data)
    let none = 0
    for (const [at, sample] of samples.entries()) {
      if (!Number.isFinite(sample)) none += 1
      samples[at] = Number.isFinite(sample) ? Math.max(-1, Math.min(1, sample)) : 0
    }
    if (none > 0 && !this.#isWarned) this.#warn(none)
    return samples
  }

  /** Once: whoever sends integers for floats does it in every message. */
  #warn(count: number): void {
    this.#isWarned = true
    const why = `${count} samples of a message are not numbers, and were taken for silence. Send 32-bit floats, little-endian, from −1 to 1. This is told once.`
    this.#line.tell(errorMessage(new SeamError('bad-input', why)))
  }
}
