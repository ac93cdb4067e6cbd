import { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'
import type { SocketStream } from './socket-streams.ts'

/** A call of the socket: what it takes and gives is said here once, for the check of every input and for asyncapi.json. */
export interface SocketCall {
  /** What it does, for whoever reads asyncapi.json. */
  readonly about: string
  readonly input: z.ZodType
  readonly output: z.ZodType
  answer(input: unknown): unknown
}

/** A stream of the socket. */
export interface SocketStreamOffer {
  readonly about: string
  readonly input: z.ZodType
  /** Items that are JSON; absent where there are none. */
  readonly item?: z.ZodType
  /** What the binary messages hold; absent where there are none. */
  readonly bytes?: string
  readonly open: SocketStream
}

export type SocketCalls = Readonly<Record<string, SocketCall>>
export type SocketOffers = Readonly<Record<string, SocketStreamOffer>>

/** A call that takes nothing. */
export const noInput = z.unknown().optional()

/** A call whose input is checked before it is answered. */
export function offerCall<Input>(call: {
  readonly about: string
  readonly input: z.ZodType<Input>
  readonly output: z.ZodType
  readonly answer: (input: Input) => unknown
}): SocketCall {
  return { ...call, answer: input => call.answer(readInput(call.input, input)) }
}

/** A stream whose input is checked before it begins. */
export function offerStream<Input>(stream: {
  readonly about: string
  readonly input: z.ZodType<Input>
  readonly item?: z.ZodType
  readonly bytes?: string
  readonly open: (input: Input, signal: AbortSignal) => ReturnType<SocketStream>
}): SocketStreamOffer {
  return {
    ...stream,
    async *open(input, signal) {
      yield* stream.open(readInput(stream.input, input), signal)
    },
  }
}

/** `input` of a call or a stream as `schema` wants it. @throws SeamError bad-input */
function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.') ?? ''
  throw new SeamError(
    'bad-input',
    `The input can’t be used: ${at ? `“${at}”: ` : ''}${issue?.message ?? 'it has another shape'}.`,
  )
}
