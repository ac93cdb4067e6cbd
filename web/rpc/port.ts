/**
 * What a peer needs of the thing it talks through. A Worker, a MessagePort, a worker's own `self` and the ends of
 * `linked()` all fit as they are.
 */
export interface Port {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener(type: string, listener: (event: Event) => void): void
  removeEventListener(type: string, listener: (event: Event) => void): void
  /** A MessagePort holds its messages back until it is started. */
  start?(): void
  close?(): void
}

export interface PortEvents {
  message(data: unknown): void
  /** A message came that could not be read, so somebody waits for an answer that is lost. */
  garbled(): void
  /** The far side is gone and will not answer again. */
  dead(why: string): void
}

/** Calls back for everything that arrives. @returns an end to it */
export function listen(port: Port, events: PortEvents): () => void {
  const onMessage = (event: Event) => events.message((event as MessageEvent<unknown>).data)
  const onGarbled = () => events.garbled()
  const onError = (event: Event) => events.dead((event as ErrorEvent).message ?? '')
  const onClose = () => events.dead('')
  port.addEventListener('message', onMessage)
  port.addEventListener('messageerror', onGarbled)
  // Only a Worker has `error` for its far side. A worker's own `self` has it for itself, where it must not end the port.
  if ('terminate' in port) port.addEventListener('error', onError)
  port.addEventListener('close', onClose)
  port.start?.()
  return () => {
    port.removeEventListener('message', onMessage)
    port.removeEventListener('messageerror', onGarbled)
    port.removeEventListener('error', onError)
    port.removeEventListener('close', onClose)
  }
}
