import type { z } from 'zod'
import type { MethodSpec } from '#protocol/contract-methods.ts'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { hostFailure } from '../wire/failures.ts'
import { isAudio } from '../wire/values.ts'
import { zodFault } from '../zod-faults.ts'

type Params = Readonly<Record<string, WireValue>>

/** Names the stream that the answer may come in. */
export const TOKEN = 'partialResultToken'

/**
 * Parameters as the plugin gets them, with the method's defaults where they are absent.
 * @throws SeamError bad-input
 */
export function judgeParams(spec: MethodSpec | undefined, params: Params): Params {
  // A plugin would tell its items to somebody who is not there, and be ended for it.
  if (Object.hasOwn(params, TOKEN))
    throw new SeamError('bad-input', `“${TOKEN}” is the host’s to give. Ask for a stream.`)
  if (!spec) return params
  const given = outline(params)
  const read = spec.params.safeParse(given)
  if (!read.success) {
    const words = zodFault(spec.params, read.error, given)
    throw new SeamError('bad-input', `“${spec.name}” can’t be called so: ${words}.`)
  }
  const defaults = Object.entries(read.data as Params).filter(([key]) => params[key] === undefined)
  return { ...params, ...Object.fromEntries(defaults) }
}

/** @throws SeamError BAD_RESULT */
export function judgeResult(spec: MethodSpec | undefined, plugin: string, result: WireValue): WireValue {
  return judge(spec?.result, 'answered', spec, plugin, result)
}

/** @throws SeamError BAD_RESULT */
export function judgeItem(spec: MethodSpec | undefined, plugin: string, item: WireValue): WireValue {
  return judge(spec?.item, 'told an item of', spec, plugin, item)
}

function judge(
  schema: z.ZodType | undefined,
  verb: string,
  spec: MethodSpec | undefined,
  plugin: string,
  value: WireValue,
): WireValue {
  const seen = outline(value)
  const read = schema?.safeParse(seen)
  if (!read || read.success) return value
  const fault = zodFault(schema!, read.error, seen)
  const words = `${verb} “${spec!.name}” with what the contract does not allow: ${fault}.`
  throw hostFailure('BAD_RESULT', words, { plugin, method: spec!.name })
}

/** A value as the schemas see it: bytes by their type alone, and what is null within an object as if it were absent. */
function outline(value: WireValue): Json {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(one => outline(one as WireValue))
  if (isAudio(value)) return { encoding: 'attachment', mime: value.mime, attachment: 0 }
  const entries = Object.entries(value as Params).filter(([, one]) => one !== null && one !== undefined)
  return Object.fromEntries(entries.map(([key, one]) => [key, outline(one)]))
}
