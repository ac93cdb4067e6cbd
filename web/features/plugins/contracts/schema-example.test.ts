import { expect, it } from 'vitest'
import { z } from 'zod'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import type { JsonSchema } from '#protocol/contracts.ts'
import { exampleOf } from './schema-example.ts'
import { fieldsOf } from './schema.ts'

it('what is typed as JSON shows what it wants, and would be taken as it stands', () => {
  const { params } = CONTRACT_METHODS['llm']!.find(({ name }) => name === 'chat')!
  const schema = z.toJSONSchema(params, { io: 'input' }) as JsonSchema
  const examples = Object.fromEntries(
    fieldsOf(schema).flatMap(({ name, example }) => (example ? [[name, example]] : [])),
  )
  expect(examples).toEqual({ messages: [{ role: 'user', content: '…' }], stop_sequences: ['…'] })
  expect(params.safeParse(examples).success).toBe(true)
})

it.each([
  [{ examples: [[1, 2]], type: 'array' }, [1, 2]],
  [{ type: 'array', items: { type: 'integer', minimum: 3 } }, [3]],
  [
    { type: 'object', properties: { a: { const: 'x' }, b: { enum: [1, 2] }, c: { type: 'boolean' } } },
    { a: 'x', b: 1, c: true },
  ],
  [{ type: 'object', required: ['b'], properties: { a: { type: 'string' }, b: { type: 'number' } } }, { b: 0 }],
  [{ anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'string' } }] }, ['…']],
  [{ type: 'array' }, []],
  [{ type: 'object', properties: 'none', required: ['a'] }, {}],
  [{}, undefined],
])('of %j an example is %j', (schema, example) => {
  expect(exampleOf(schema)).toEqual(example)
})

it('a schema that goes down for ever has an end', () => {
  const schema: Record<string, unknown> = { type: 'array' }
  schema['items'] = schema
  expect(exampleOf(schema)).toEqual([[[[]]]])
  schema['anyOf'] = [schema]
  expect(exampleOf(schema)).toEqual([[[[]]]])
})
