import { SeamError } from '#protocol/errors.ts'
import type { OptionValue } from '#protocol/plugins.ts'
import type { Pipeline, PipelineNode } from '../../companion/plugin-types.ts'
import { MAX_STEPS, NAME } from './steps.ts'

/** Characters of a `.cr` file, as the companion has it. */
export const MAX_CR = 1_048_576

type Table = Readonly<Record<string, unknown>>
const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

const isValue = (value: unknown): value is OptionValue => ['string', 'number', 'boolean'].includes(typeof value)

function nodeOf(raw: unknown, at: number, faults: string[]): PipelineNode {
  const { id, plugin, options = {} } = isTable(raw) ? raw : {}
  if (typeof id !== 'string' || !NAME.test(id)) faults.push(`Node ${at + 1} needs an “id” of letters and digits.`)
  if (typeof plugin !== 'string' || plugin === '') faults.push(`Node ${at + 1} needs a “plugin”.`)
  const known = Object.entries(isTable(options) ? options : {}).filter((pair): pair is [string, OptionValue] => {
    if (isValue(pair[1])) return true
    faults.push(`Node ${at + 1}: the option “${pair[0]}” must be text, a number, true or false.`)
    return false
  })
  return {
    id: String(id),
    plugin: String(plugin),
    ...(known.length > 0 ? { options: Object.fromEntries(known) } : {}),
  }
}

/**
 * A `.cr` file's pipeline. Which plugins there are, and whether they fit, the companion says later.
 * @param where the file's name, for the message
 * @throws SeamError bad-input
 */
export async function readCr(text: string, where: string): Promise<Pipeline> {
  if (text.length > MAX_CR) {
    throw new SeamError('bad-input', `“${where}” has ${text.length} characters; a pipeline may have ${MAX_CR}.`)
  }
  const { parse, TomlError } = await import('smol-toml')
  let data: Table
  try {
    data = parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = error.message.split('\n')[0]
    throw new SeamError('bad-input', `“${where}” can’t be read: line ${error.line}, column ${error.column}: ${why}`)
  }
  const faults: string[] = []
  const { name, version, description, nodes } = data
  if (typeof name !== 'string' || !NAME.test(name)) {
    faults.push('“name” must be 1 to 64 letters, digits, “.”, “_” and “-”, and begin with a letter or digit.')
  }
  const list = Array.isArray(nodes) ? (nodes as unknown[]) : []
  if (list.length === 0) faults.push('There are no nodes.')
  if (list.length > MAX_STEPS) faults.push(`There are ${list.length} nodes; ${MAX_STEPS} are allowed.`)
  const steps = list.slice(0, MAX_STEPS).map((node, at) => nodeOf(node, at, faults))
  if (new Set(steps.map(({ id }) => id)).size < steps.length) faults.push('Two nodes have the same id.')
  if (faults.length > 0) {
    throw new SeamError('bad-input', `“${where}” is no pipeline: ${faults.slice(0, 5).join(' ')}`)
  }
  return {
    name: String(name),
    version: typeof version === 'string' ? version : '1',
    ...(typeof description === 'string' && description !== '' ? { description } : {}),
    nodes: steps,
  }
}
