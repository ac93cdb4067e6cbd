import { SeamError } from '#protocol/errors.ts'
import { clientMessage, clientMessages, type ClientMessage, type ConnectionWish } from '#protocol/sessions.ts'
import { MOST_MESSAGE } from './limits.ts'
import { errorMessage } from './messages.ts'
import type { SessionLine } from './outlet.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Talk } from './talk.ts'

/** The code that ends a connection which could not be given its session. */
const REFUSED = 1008
const SAMPLE_BYTES = 4

/** A client's messages on their way to its session, in order. Whatever can't be used is told, and the session goes on. */
export class Connection {
  readonly #line: SessionLine
  #session: Session | undefined
  #inbox: Promise<void>
  #isFirst = true
  #isGone = false
  #isWarned = false

  constructor(sessions: Sessions, id: string, line: SessionLine, wish: ConnectionWish) {
    this.#line = line
    this.#inbox = sessions.connect(id, line, wish).then(
      session => {
        this.#session = session
        if (this.#isGone) session.disconnect(line)
      },
      (error: unknown) => {
        const message = errorMessage(error)
        line.tell(message)
        line.end(REFUSED, 'message' in message ? message.message : '')
      },
    )
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
    this.#inbox = this.#inbox
      .then(() => (this.#isGone ? undefined : act()))
      .catch((error: unknown) => this.#line.tell(errorMessage(error)))
  }

  async #take(message: ClientMessage): Promise<void> {
    const isFirst = this.#isFirst
    this.#isFirst = false
    const session = this.#session
    const talk = this.#talk
    if (!session || !talk) return
    switch (message.type) {
      case 'hello': {
        if (!isFirst) throw new SeamError('conflict', 'hello must be the first message. It was passed over.')
        const { type: _, ...wish } = message
        await session.connect(this.#line, wish)
        if (this.#isGone) session.disconnect(this.#line)
        return
      }
      case 'start_recording':
        return unattended(talk.press('start'))
      case 'stop_recording':
        // Not waited for: what comes next may be the sound that it waits behind.
        return unattended(talk.press('stop'))
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

/** What it comes to is told by the dialogue. */
function unattended(done: Promise<void>): void {
  void done.catch(() => undefined)
}

/** @throws SeamError bad-input, saying what is wrong and that it was passed over */
function readMessage(text: string): ClientMessage {
  const passed = (what: string) => new SeamError('bad-input', `${what} The message was passed over.`)
  if (Buffer.byteLength(text) > MOST_MESSAGE) throw passed(`A message in text has at most ${MOST_MESSAGE} bytes.`)
  const data = parse(text)
  if (typeof data !== 'object' || data === null || !('type' in data)) {
    throw passed('A message in text is a JSON object with a “type”.')
  }
  const { type } = data
  if (typeof type !== 'string' || !Object.hasOwn(clientMessages, type)) {
    throw passed(
      `There is no message “${String(type).slice(0, 80)}”: there are ${Object.keys(clientMessages).join(', ')}.`,
    )
  }
  const read = clientMessage.safeParse(data)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const at = issue?.path.join('.') ?? ''
  throw passed(`${type} can’t be used: ${at ? `“${at}”: ` : ''}${issue?.message ?? 'it has another shape'}.`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
