declare module 'pino-roll' {
  import type { Writable } from 'node:stream'

  /** The part of pino-roll 4 that is used here; the package has no types of its own. */
  export default function roll(options: {
    readonly file: string
    /** Such as `5m`. */
    readonly size?: string
    /** Old files kept beside the one that is written. */
    readonly limit?: { readonly count: number }
  }): Promise<Writable>
}
