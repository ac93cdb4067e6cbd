import type { PluginFailure } from '#protocol/plugins.ts'

/** Milliseconds. docs/plugin-protocol.md, 9. */
export interface Limits {
  readonly startup: number
  readonly idle: number
  readonly partialFrame: number
}

export const PARTIAL_FRAME_LIMIT = 10_000

/** What the watchdog looks at, several times a second. */
export interface Watched {
  /** The host waits for output: nothing downstream holds it up. */
  readonly reading: boolean
  /** It has input that it does not take, or all of it. */
  readonly owes: boolean
  /** It has shown life: a frame, the end of its output, a line of log. */
  readonly alive: boolean
  /** Its output so far ends inside a frame. */
  readonly insideFrame: boolean
}

const TICK = 100

/** Tells of a plugin that hangs. The clocks stand still while it is the others who are slow. */
export class Watchdog {
  readonly #limits: Limits
  readonly #look: () => Watched
  readonly #bark: (failure: PluginFailure, seconds: number) => void
  readonly #timer: NodeJS.Timeout
  #last = performance.now()
  /** Milliseconds counted. */
  #unstarted = 0
  #idle = 0
  #partial = 0

  constructor(limits: Limits, look: () => Watched, bark: (failure: PluginFailure, seconds: number) => void) {
    this.#limits = limits
    this.#look = look
    this.#bark = bark
    this.#timer = setInterval(() => this.#tick(), TICK)
  }

  /** Bytes went in or out. */
  moved(): void {
    this.#idle = 0
    this.#partial = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = performance.now()
    // A host that was asleep, or busy itself, blames nobody for that time.
    const passed = Math.min(now - this.#last, 10 * TICK)
    this.#last = now
    const { reading, owes, alive, insideFrame } = this.#look()
    if (!reading) return
    if (insideFrame) this.#partial += passed
    // A plugin that waits for more than it was given is not to blame.
    if (!alive && owes) this.#unstarted += passed
    if (alive && owes) this.#idle += passed
    const { startup, idle, partialFrame } = this.#limits
    if (this.#partial > partialFrame) this.#end('PARTIAL_FRAME', partialFrame)
    else if (this.#unstarted > startup) this.#end('STARTUP_TIMEOUT', startup)
    else if (this.#idle > idle) this.#end('IDLE_TIMEOUT', idle)
  }

  #end(failure: PluginFailure, limit: number): void {
    this.stop()
    this.#bark(failure, limit / 1000)
  }
}
