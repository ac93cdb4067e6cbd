import type { Json } from '#protocol/contracts.ts'
import { alternatives, isSchema, listOf, typeOf, type Schema } from './schema-parts.ts'

/** Levels of lists and objects that an example has. */
const DEEPEST = 3

/**
 * What a schema asks for, as small as it can be: whoever types JSON sees what shape it has.
 * @returns undefined where the schema says nothing of it
 */
export function exampleOf(schema: Schema, deep = 0): Json | undefined {
  const [told] = listOf(schema['examples'])
  if (told !== undefined) return told as Json
  if ('const' in schema) return schema['const'] as Json
  const choices = listOf(schema['enum'])
  // Of those who speak in a dialogue it is the user who begins.
  if (choices.length > 0) return (choices.includes('user') ? 'user' : choices[0]) as Json
  const type = typeOf(schema)
  const own = alternatives(schema).find(each => type !== undefined && typeOf(each) === type)
  if (own && own !== schema) return exampleOf(own, deep)
  switch (type) {
    case 'array':
      return deep < DEEPEST ? listLike(schema, deep) : []
    case 'object':
      return deep < DEEPEST ? objectLike(schema, deep) : {}
    case 'string':
      return '…'
    case 'number':
    case 'integer':
      return typeof schema['minimum'] === 'number' && schema['minimum'] > 0 ? schema['minimum'] : 0
    case 'boolean':
      return true
    default:
      return undefined
  }
}

function listLike({ items }: Schema, deep: number): Json {
  const item = isSchema(items) ? exampleOf(items, deep + 1) : undefined
  return item === undefined ? [] : [item]
}

/** What must be there; all of it where nothing must. */
function objectLike({ properties, required }: Schema, deep: number): Json {
  if (!isSchema(properties)) return {}
  const names = listOf(required).length > 0 ? listOf(required).map(String) : Object.keys(properties)
  return Object.fromEntries(
    names.flatMap(name => {
      const property = properties[name]
      const value = isSchema(property) ? exampleOf(property, deep + 1) : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
