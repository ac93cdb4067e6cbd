import { BYTES_CASES } from './bytes-cases.ts'
import { CALL_CASES } from './call-cases.ts'
import type { ContractCase } from './case.ts'
import { LIFE_CASES } from './life-cases.ts'
import { LINE_CASES } from './line-cases.ts'
import { STREAM_CASES } from './stream-cases.ts'

/** Every rule of docs/contract-plugins.md, in the order in which they are tried: the first one starts the plugin. */
export const CONTRACT_CASES: readonly ContractCase[] = [
  ...CALL_CASES,
  ...LINE_CASES,
  ...STREAM_CASES,
  ...BYTES_CASES,
  ...LIFE_CASES,
]
