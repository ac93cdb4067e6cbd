import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { pythonErrorCodes, yamlErrorCodes } from './error-codes.ts'
import { pythonMethods } from './python-methods.ts'

const folder = fileURLToPath(new URL('../../../plugins/sdk/python/', import.meta.url))

describe('files of the Python SDK that repeat the protocol', () => {
  it.each([
    ['config/error_codes.yaml', yamlErrorCodes],
    ['plugins/_host/error_codes.py', pythonErrorCodes],
    ['plugins/_host/methods.py', pythonMethods],
  ])('%s is what is generated; UPDATE_SCHEMAS=1 writes it anew', (name, generate) => {
    if (process.env['UPDATE_SCHEMAS']) writeFileSync(folder + name, generate())
    expect(readFileSync(folder + name, 'utf8')).toBe(generate())
  })

  it('name every code once', () => {
    expect(pythonErrorCodes()).toContain('TTS_VOICE_NOT_FOUND = 1001')
    expect(yamlErrorCodes()).toContain('code: 1201\n    name: LLM_MODEL_NOT_AVAILABLE')
  })
})
