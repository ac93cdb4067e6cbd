/** A part of a JSON Schema that somebody else wrote: anything may stand in it. */
export type Schema = Readonly<Record<string, unknown>>

export const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** Where several types are allowed, the first that is one. */
export function typeOf(schema: Schema): string | undefined {
  const { type } = schema
  if (typeof type === 'string') return type
  const types = listOf(type).filter(each => each !== 'null')
  if (types.length === 1) return textOf(types[0])
  if (isSchema(schema['properties'])) return 'object'
  if ('items' in schema) return 'array'
  const [only, ...others] = alternatives(schema).filter(each => each['type'] !== 'null')
  return only && others.length === 0 ? typeOf(only) : undefined
}

/** The schemas of which one is enough. */
export const alternatives = (schema: Schema) =>
  [...listOf(schema['anyOf']), ...listOf(schema['oneOf'])].filter(isSchema)
