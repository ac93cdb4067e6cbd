import { setTimeout as wait } from 'node:timers/promises'
import type { SeamError } from '#protocol/errors.ts'
import type { Child } from '../process/child.ts'
import { toPcm16 } from '../wav.ts'
import { soundFailure, startSound } from './process.ts'
import type { SoundProgram } from './programs.ts'

/** Milliseconds that the rest of a reply may take to sound when the talk is over. */
const DRAIN = 2_000

/** Where replies are heard. */
export interface ReplyOutput {
  /** Mono. */
  write(samples: Float32Array): void
  /** The reply is complete: what waits is still heard. */
  end(): void
  /** The reply is broken off: silence, at once. */
  drop(): void
  /** After the last reply. @throws SeamError when it could not be written */
  close(): Promise<void>
}

/** The machine's loudspeaker, through a process for each reply: to end it is what silences it at once. */
export class Loudspeaker implements ReplyOutput {
  readonly #program: SoundProgram
  readonly #warn: (failure: SeamError) => void
  readonly #playing = new Set<Child>()
  #child: Child | undefined
  #warned = false

  /** @param warn is told once, when nothing can be heard */
  constructor(program: SoundProgram, warn: (failure: SeamError) => void) {
    this.#program = program
    this.#warn = warn
  }

  write(samples: Float32Array): void {
    this.#child ??= this.#start()
    if (!this.#child.isGone) this.#child.stdin.write(toPcm16(samples))
  }

  end(): void {
    this.#child?.stdin.end()
    this.#child = undefined
  }

  drop(): void {
    for (const child of this.#playing) child.signal('SIGKILL')
    this.#playing.clear()
    this.#child = undefined
  }

  async close(): Promise<void> {
    this.end()
    const late = new AbortController()
    const drained = Promise.all([...this.#playing].map(child => child.exited))
    await Promise.race([drained, wait(DRAIN, undefined, { signal: late.signal }).catch(() => undefined)])
    late.abort()
    this.drop()
  }

  #start(): Child {
    const child = startSound(this.#program)
    this.#playing.add(child)
    void child.exited.then(exit => {
      // One that was silenced is not among them any more.
      if (this.#playing.delete(child) && exit?.code !== 0) this.#fail(child)
    })
    return child
  }

  #fail(child: Child): void {
    if (this.#warned) return
    this.#warned = true
    this.#warn(soundFailure(this.#program, child, 'The reply can’t be heard'))
  }
}
