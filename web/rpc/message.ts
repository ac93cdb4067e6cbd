import type { ErrorData } from '#protocol/errors.ts'
import type { Progress } from '#protocol/run.ts'

/** What the caller sends. Ids count up from 1 in each direction, so both sides of one port may call and serve. */
export type Request =
  | { readonly rpc: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | {
      readonly rpc: 'open'
      readonly id: number
      readonly name: string
      readonly input: unknown
      /** Items that may be produced before the first `more`. */
      readonly window: number
    }
  /** One more item may be produced: the reader took one. */
  | { readonly rpc: 'more'; readonly id: number }
  | { readonly rpc: 'abort'; readonly id: number }

/** What the serving side answers. Exactly one of `done`, `end` and `fail` ends an id. */
export type Answer =
  | { readonly rpc: 'done'; readonly id: number; readonly output: unknown }
  | { readonly rpc: 'item'; readonly id: number; readonly item: unknown }
  | { readonly rpc: 'end'; readonly id: number }
  | { readonly rpc: 'fail'; readonly id: number; readonly error: ErrorData }
  | { readonly rpc: 'progress'; readonly id: number; readonly progress: Progress }

/** The sender closed its end. */
export interface Bye {
  readonly rpc: 'bye'
  readonly id: 0
  readonly from: 'caller' | 'server'
}

const kinds: ReadonlySet<unknown> = new Set([
  'call',
  'open',
  'more',
  'abort',
  'done',
  'item',
  'end',
  'fail',
  'progress',
  'bye',
])

/** Whether `data` is one of ours. Anything else on the port (a page's own messages, an extension's) is left alone. */
export function isMessage(data: unknown): data is Request | Answer | Bye {
  if (typeof data !== 'object' || data === null) return false
  const { rpc, id } = data as { rpc?: unknown; id?: unknown }
  return kinds.has(rpc) && Number.isSafeInteger(id)
}
