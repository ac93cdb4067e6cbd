import { SeamError } from '#protocol/errors.ts'

/** Milliseconds of quiet after which the sound device is let go: it costs power, and keeps some machines awake. */
const restAfter = 10_000
/** Milliseconds that a browser may take to start the device; one that wants a gesture first never does. */
const wakeWithin = 2_000

/** Keeps an AudioContext running while it is needed, whatever the system does to it, and lets it rest otherwise. */
export class Outlet {
  readonly #context: AudioContext
  readonly #scope = new AbortController()
  #needed = false
  #rest: ReturnType<typeof setTimeout> | undefined

  /** `onChange` is called when the context starts or stops. */
  constructor(context: AudioContext, onChange: () => void) {
    this.#context = context
    const { signal } = this.#scope
    const recover = () => {
      // A call came in, the headphones went, the laptop slept: go on as soon as the browser lets us.
      if (this.#needed && !this.running) void context.resume().catch(() => {})
    }
    context.addEventListener(
      'statechange',
      () => {
        recover()
        onChange()
      },
      { signal },
    )
    document.addEventListener('visibilitychange', recover, { signal })
    window.addEventListener('focus', recover, { signal })
    window.addEventListener('pointerup', recover, { signal })
    navigator.mediaDevices?.addEventListener('devicechange', recover, { signal })
  }

  get running(): boolean {
    return this.#context.state === 'running'
  }

  /** Seconds from the worklet to the ear. */
  get latency(): number {
    return this.#context.outputLatency || this.#context.baseLatency || 0
  }

  /** Starts the device. @throws SeamError refused when the browser wants a gesture first */
  async wake(): Promise<void> {
    this.#needed = true
    clearTimeout(this.#rest)
    if (this.running) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<void>(resolve => (timer = setTimeout(resolve, wakeWithin)))
    await Promise.race([this.#context.resume(), late]).catch(() => {})
    clearTimeout(timer)
    if (!this.running) {
      throw new SeamError('refused', 'The browser gives out sound only after a click or a key; press play again.', {
        retryable: true,
      })
    }
  }

  /** Nothing sounds for now. */
  rest(): void {
    this.#needed = false
    clearTimeout(this.#rest)
    this.#rest = setTimeout(() => void this.#context.suspend().catch(() => {}), restAfter)
  }

  async close(): Promise<void> {
    this.#needed = false
    clearTimeout(this.#rest)
    this.#scope.abort()
    if (this.#context.state !== 'closed') await this.#context.close()
  }
}
