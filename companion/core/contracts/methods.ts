import { z } from 'zod'
import { CONTRACT_METHODS, type MethodSpec } from '#protocol/contract-methods.ts'
import type { JsonSchema, MethodInfo } from '#protocol/contracts.ts'
import type { OfferedMethod } from './types.ts'

/** What the contract says of a method, as the page and programs read it. */
const told = new Map<MethodSpec, Omit<MethodInfo, 'offered'>>()

/**
 * Methods that a plugin may be asked for: its contract's, each with whether this plugin has it, and those of its own.
 * @param offered as it said when it was started last; undefined before
 */
export function describeMethods(contract: string, offered: readonly OfferedMethod[] | undefined): MethodInfo[] {
  const specs = Object.hasOwn(CONTRACT_METHODS, contract) ? CONTRACT_METHODS[contract]! : []
  const known = new Set(specs.map(({ name }) => name))
  const own = (offered ?? []).filter(({ name }) => !known.has(name))
  return [
    ...specs.map(spec => ({
      ...tell(spec),
      ...(offered && { offered: offered.some(({ name }) => name === spec.name) }),
    })),
    ...own.map(ownMethod),
  ]
}

function tell(spec: MethodSpec): Omit<MethodInfo, 'offered'> {
  const known = told.get(spec)
  if (known) return known
  const { name, about, required, streams, params, result } = spec
  const info = {
    name,
    about,
    required,
    streams,
    params: schemaOf(params, 'input'),
    result: schemaOf(result, 'output'),
  }
  told.set(spec, info)
  return info
}

/** A method that only the plugin knows: it told the names of its parameters, and that is all. */
function ownMethod({ name, params = [], streams }: OfferedMethod): MethodInfo {
  const properties = Object.fromEntries(params.map(param => [param, {}]))
  const schema = { type: 'object', properties }
  return { name, about: '', required: false, streams, offered: true, params: schema, result: {} }
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io }) as JsonSchema
