import type { Port } from './port.ts'

class LinkedPort extends EventTarget implements Port {
  #far: LinkedPort | undefined

  /** Joins two ends. */
  static pair(): [LinkedPort, LinkedPort] {
    const near = new LinkedPort()
    const far = new LinkedPort()
    near.#far = far
    far.#far = near
    return [near, far]
  }

  postMessage(message: unknown, transfer: ArrayBuffer[]): void {
    const far = this.#far
    if (!far) return
    const data = structuredClone(message, { transfer })
    queueMicrotask(() => {
      if (far.#far === this) far.dispatchEvent(new MessageEvent('message', { data }))
    })
  }

  close(): void {
    const far = this.#far
    this.#far = undefined
    if (!far) return
    // After the messages that are still on their way, as a MessagePort does it.
    queueMicrotask(() => {
      far.#far = undefined
      far.dispatchEvent(new Event('close'))
    })
  }
}

/** Two ports joined in memory. Messages are cloned and buffers are moved as between threads. */
export function linked(): [Port, Port] {
  return LinkedPort.pair()
}
