import { z } from 'zod'
import { CONTRACT_METHODS, type MethodSpec } from '#protocol/contract-methods.ts'

/** A parameter as the Python SDK judges it. */
interface Param {
  readonly name: string
  readonly kind: string
  readonly required: boolean
}

const NOTE = 'Made from companion/protocol/contract-methods.ts. Not to be edited by hand.'
const KINDS: Readonly<Record<string, string>> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  array: 'list',
  object: 'dict',
}

/**
 * `plugins/_host/methods.py`: names, order and kinds of each method's parameters. The order counts: a plugin may have
 * other names for them.
 */
export function pythonMethods(): string {
  return [
    `"""Methods of the contracts. ${NOTE}"""`,
    '',
    'from typing import Dict, NamedTuple, Tuple',
    '',
    '',
    'class Param(NamedTuple):',
    '    name: str',
    '    kind: str',
    '    required: bool',
    '',
    '',
    'METHODS: Dict[str, Dict[str, Tuple[Param, ...]]] = {',
    ...Object.entries(CONTRACT_METHODS).flatMap(([contract, methods]) => [
      `    "${contract}": {`,
      ...methods.flatMap(linesOf),
      '    },',
    ]),
    '}',
    '',
  ].join('\n')
}

function linesOf(method: MethodSpec): string[] {
  const params = paramsOf(method)
  if (params.length === 0) return [`        "${method.name}": (),`]
  const lines = params.map(
    ({ name, kind, required }) => `            Param("${name}", "${kind}", ${required ? 'True' : 'False'}),`,
  )
  return [`        "${method.name}": (`, ...lines, '        ),']
}

function paramsOf({ params }: MethodSpec): Param[] {
  const { properties = {}, required = [] } = z.toJSONSchema(params, { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    // What is no plain kind is sound: a union of the two ways in which bytes travel.
    kind: (typeof schema === 'object' && KINDS[String(schema.type)]) || 'bytes',
    required: required.includes(name),
  }))
}
