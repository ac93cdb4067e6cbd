import { commandLine, type ContractCall } from '#protocol/contract-command.ts'
import type { CallReport, StreamLine, WireValue } from '#protocol/contracts.ts'
import type { Slot } from './types.ts'
import { fromJson, toJson } from './wire/values.ts'

export type { ContractCall as JsonCall }

/** @throws SeamError bad-input, and whatever the plugin tells */
export async function callPlugin(
  slot: Pick<Slot, 'call'>,
  call: ContractCall,
  signal: AbortSignal,
): Promise<CallReport> {
  const began = performance.now()
  const result = await slot.call(call.method, paramsOf(call), { signal })
  return { result: toJson(result), took: since(began), items: 0, command: commandLine(call) }
}

/**
 * Items as they come, with the milliseconds after which they did, and one report.
 * @param timeout milliseconds without an item; the plugin's own when absent
 * @throws SeamError bad-input, and whatever the plugin tells
 */
export async function* streamPlugin(
  slot: Pick<Slot, 'stream'>,
  call: ContractCall,
  signal: AbortSignal,
  timeout?: number,
): AsyncGenerator<StreamLine> {
  const began = performance.now()
  let items = 0
  const run = { signal, ...(timeout !== undefined && { timeout }) }
  for await (const item of slot.stream(call.method, paramsOf(call), run)) {
    items++
    yield { item: toJson(item), at: since(began) }
  }
  // What is no item is told as one, last: nothing is left for the result.
  yield { report: { result: null, took: since(began), items, command: commandLine(call, true) } }
}

const paramsOf = ({ params }: ContractCall) => fromJson(params) as Readonly<Record<string, WireValue>>

const since = (began: number) => Math.round((performance.now() - began) * 1000) / 1000
