import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'

/** Checks messages against asyncapi.json. @returns whether one is what the document says of messages of its name */
export function openMessageCheck(document: object): (name: string, message: object) => void {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('binary', true)
  ajv.addSchema(document, 'asyncapi.json')
  return (name, message) => {
    const validate = ajv.getSchema(`asyncapi.json#/components/messages/${encodeURIComponent(name)}/payload`)
    expect(validate, `the document has no message ${name}`).toBeDefined()
    void validate!(message)
    expect(validate!.errors ?? [], `${name}: ${JSON.stringify(message)}`).toEqual([])
  }
}
