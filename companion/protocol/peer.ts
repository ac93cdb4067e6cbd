import type { Run } from './run.ts'

// What a peer offers is a type: a call answers once, a stream answers many times.
// `interface KokoroCalls { load: { input: LoadInput; output: LoadOutput }; speak: { input: Segment; item: PcmChunk } }`

export type CallNames<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends { output: unknown } ? Name : never
}[keyof Calls] &
  string
export type StreamNames<Calls> = {
  [Name in keyof Calls]: Calls[Name] extends { item: unknown } ? Name : never
}[keyof Calls] &
  string
type InputOf<Call> = Call extends { input: infer Input } ? Input : never
type OutputOf<Call> = Call extends { output: infer Output } ? Output : never
type ItemOf<Call> = Call extends { item: infer Item } ? Item : never

/** The other side of a port or a socket. */
export interface Peer<Calls> {
  call<Name extends CallNames<Calls>>(
    name: Name,
    input: InputOf<Calls[Name]>,
    run?: Run & { readonly transfer?: readonly ArrayBuffer[] },
  ): Promise<OutputOf<Calls[Name]>>
  /** At most `window` items are in flight (default 4): the far side waits for the reader. Leaving the loop ends the work there. */
  stream<Name extends StreamNames<Calls>>(
    name: Name,
    input: InputOf<Calls[Name]>,
    run?: Run & { readonly window?: number },
  ): AsyncIterable<ItemOf<Calls[Name]>>
  /** Ends the connection; whatever is open fails with `cancelled`. */
  close(): void
}

/** What the serving side implements. Items and outputs may name buffers to transfer with `transferring()` of rpc/peer.ts. */
export type Handlers<Calls> = {
  readonly [Name in keyof Calls]: Calls[Name] extends { item: unknown }
    ? (input: InputOf<Calls[Name]>, run: Required<Run>) => AsyncIterable<ItemOf<Calls[Name]>>
    : (input: InputOf<Calls[Name]>, run: Required<Run>) => Promise<OutputOf<Calls[Name]>> | OutputOf<Calls[Name]>
}
