import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { describe, expect, it } from 'vitest'
import { protocolSchemas } from './schemas.ts'

const folder = fileURLToPath(new URL('../../../docs/schemas/', import.meta.url))

describe('docs/schemas', () => {
  const schemas = Object.entries(protocolSchemas())

  it.each(schemas)('%s is what is generated; UPDATE_SCHEMAS=1 writes it anew', async (name, schema) => {
    if (process.env['UPDATE_SCHEMAS']) {
      writeFileSync(folder + name, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }))
    }
    expect(JSON.parse(readFileSync(folder + name, 'utf8'))).toEqual(schema)
  })

  it('holds nothing else', () => {
    expect(readdirSync(folder).sort()).toEqual(schemas.map(([name]) => name).sort())
  })

  it('names no address of ours', () => {
    for (const [name, schema] of schemas) {
      expect(schema['$id']).toBe(name)
      expect(JSON.stringify({ ...schema, $schema: '' })).not.toMatch(/https?:/)
    }
  })
})
