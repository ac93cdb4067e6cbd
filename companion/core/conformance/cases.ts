import type { Case } from './finding.ts'
import { STREAM_CASES } from './stream-cases.ts'
import { TIMED_CASES } from './timed-cases.ts'
import { WAITING_CASES } from './waiting-cases.ts'

/** Every rule of docs/plugin-protocol.md, in the order in which results are told. */
export const CASES: readonly Case[] = [...STREAM_CASES, ...WAITING_CASES, ...TIMED_CASES]
