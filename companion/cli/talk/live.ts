import { setTimeout as wait } from 'node:timers/promises'
import type { DialogueState } from '#protocol/dialogue.ts'
import { fromErrorData, type ErrorData, type SeamError } from '#protocol/errors.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import { INPUT_RATE } from '#protocol/sessions.ts'
import type { ReplyOutput } from '../../core/talk/loudspeaker.ts'
import type { LineHooks, TalkLine } from './line.ts'
import type { TalkScreen } from './screen.ts'

/** Seconds of sound that a message holds where its pace is ours to choose. */
const FRAME = 0.02
/** Milliseconds for which nothing may happen after a recording, until all is taken to be said. */
const SETTLED = 1_500

/** What is heard of a reply, and shown of a talk, while sound goes the other way. */
export class LiveTalk implements LineHooks {
  readonly #output: ReplyOutput
  readonly #screen: TalkScreen
  readonly #waiting = new Set<{ readonly holds: () => boolean; readonly resolve: () => void }>()
  readonly #over = Promise.withResolvers<never>()
  #state: DialogueState = 'idle'
  #changed = performance.now()
  #turns = 0
  #failure: SeamError | undefined

  constructor(output: ReplyOutput, screen: TalkScreen) {
    this.#output = output
    this.#screen = screen
    // Not every way of talking waits for it.
    this.#over.promise.catch(() => undefined)
  }

  /** What went wrong in a turn, the last time that something did. */
  get failure(): SeamError | undefined {
    return this.#failure
  }

  /** Whether there is a reply to stop. */
  get isAnswering(): boolean {
    return this.#state !== 'idle' && this.#state !== 'recording'
  }

  message(message: ServerMessage): void {
    this.#screen.show(message)
    switch (message.type) {
      case 'state':
        this.#state = message.state
        this.#changed = performance.now()
        break
      case 'playback_interrupted':
        this.#output.drop()
        break
      case 'playback_complete':
        this.#output.end()
        break
      case 'turn_complete':
        this.#turns += 1
        break
      case 'error':
        this.#failure = fromErrorData(message as ErrorData)
    }
    for (const waiting of [...this.#waiting]) {
      if (!waiting.holds()) continue
      this.#waiting.delete(waiting)
      waiting.resolve()
    }
  }

  sound(samples: Float32Array<ArrayBuffer>): void {
    this.#output.write(samples)
  }

  ended(failure: SeamError): void {
    this.#over.reject(failure)
  }

  /** Everything that is heard goes to the session, until the sound ends. @throws SeamError when the session does */
  async listen(line: TalkLine, sound: AsyncIterable<Float32Array>): Promise<void> {
    await Promise.race([this.#over.promise, sendAll(line, sound)])
  }

  /** A recording is one turn, however long its pauses are. Resolves when its reply was heard. */
  async ask(line: TalkLine, sound: AsyncIterable<Float32Array>): Promise<void> {
    const before = this.#turns
    line.send({ type: 'start_recording' })
    await this.listen(line, sound)
    line.send({ type: 'stop_recording' })
    await this.#until(() => this.#turns > before && this.#state === 'idle')
  }

  /**
   * A recording at its own pace, and silence after it, as a microphone gives it. Resolves when nothing more happens.
   * @param heard resolves when the session has heard all that was sent
   */
  async replay(
    line: TalkLine,
    sound: AsyncIterable<Float32Array>,
    signal: AbortSignal,
    heard: () => Promise<unknown>,
  ): Promise<void> {
    const begun = performance.now()
    let sent = 0
    const send = async (samples: Float32Array) => {
      await this.listen(line, only(samples))
      sent += samples.length / INPUT_RATE
      const early = sent * 1000 - (performance.now() - begun)
      if (early > 0) await wait(early, undefined, { signal })
    }
    for await (const samples of sound) for (const frame of framesOf(samples)) await send(frame)
    const end = performance.now()
    const isOver = () => this.#state === 'idle' && performance.now() - Math.max(end, this.#changed) > SETTLED
    do {
      while (!isOver()) await send(new Float32Array(FRAME * INPUT_RATE))
      // On a busy machine it may come to it only now.
      await Promise.race([this.#over.promise, heard()])
    } while (!isOver())
  }

  async #until(holds: () => boolean): Promise<void> {
    if (holds()) return
    await Promise.race([this.#over.promise, new Promise<void>(resolve => this.#waiting.add({ holds, resolve }))])
  }
}

async function sendAll(line: TalkLine, sound: AsyncIterable<Float32Array>): Promise<void> {
  for await (const samples of sound) await line.sound(samples)
}

async function* only(samples: Float32Array): AsyncGenerator<Float32Array> {
  yield samples
}

function* framesOf(samples: Float32Array): Generator<Float32Array> {
  const size = FRAME * INPUT_RATE
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size)
}
