import { ContractError } from './errors.ts'
import type { Value } from './types.ts'
import { fromWire } from './values.ts'

export type Id = string | number

/** What the host asks, taken apart. */
export interface Request {
  readonly id: Id
  readonly method: string
  readonly params: { readonly [key: string]: Value }
  /** Names the stream that the caller wants; undefined for one answer. */
  readonly token?: Id
}

const TOKEN = 'partialResultToken'

export const isId = (value: unknown): value is Id => typeof value === 'string' || Number.isInteger(value)

/** @throws ContractError INVALID_PARAMS */
export function readRequest(id: Id, method: string, given: unknown, attachments: readonly Buffer[]): Request {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new ContractError('INVALID_PARAMS', 'Parameters go by their names, in an object.')
  }
  const { [TOKEN]: token, ...params } = given as Record<string, unknown>
  return {
    id,
    method,
    params: fromWire(params, attachments) as Request['params'],
    ...(isId(token) ? { token } : {}),
  }
}
