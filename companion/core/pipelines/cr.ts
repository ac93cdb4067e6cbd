import { parse, TomlError } from 'smol-toml'
import { SeamError } from '#protocol/errors.ts'
import { nearest } from '../nearest.ts'

/** One step of a pipeline, as written. */
export interface PipelineNode {
  readonly id: string
  readonly plugin: string
  readonly options: Readonly<Record<string, unknown>>
}

/** A `.cr` file: plugins in a row. */
export interface Pipeline {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly nodes: readonly PipelineNode[]
}

/** One thing that is wrong with a pipeline as it is written. */
export interface PipelineFault {
  /** Id of the node that it is about; empty when it is about no one node, or one without an id. */
  readonly node: string
  readonly message: string
}

/** A pipeline that can't be used as it is written, with all that is wrong. */
export class FaultyPipeline extends SeamError {
  readonly faults: readonly PipelineFault[]

  constructor(where: string, faults: readonly PipelineFault[]) {
    super('bad-input', `${where}: ${faults.map(({ message }) => message).join(' ')}`)
    this.faults = faults
  }
}

/** Characters of a `.cr` file. */
export const MAX_PIPELINE = 1_048_576
/** Nodes of a pipeline: each is a process. */
export const MAX_NODES = 32

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const KEYS = ['name', 'version', 'description', 'nodes']
const NODE_KEYS = ['id', 'plugin', 'options']
const SCALARS = ['string', 'number', 'boolean']
/** Keys told of each kind of mistake: the first few are enough to find it. */
const MAX_TOLD = 5

/** @param where names the file in messages @throws SeamError bad-input, with all that is wrong */
export function parsePipeline(text: string, where: string): Pipeline {
  if (text.length > MAX_PIPELINE) {
    throw new SeamError('bad-input', `${where} has ${text.length} characters; a pipeline may have ${MAX_PIPELINE}.`)
  }
  let data: unknown
  try {
    data = parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = error.message.split('\n')[0]
    throw new SeamError('bad-input', `${where} can’t be read: line ${error.line}, column ${error.column}: ${why}`)
  }
  return checkPipeline(data, where)
}

/** The same for a pipeline that comes as JSON. @throws SeamError bad-input */
export function checkPipeline(data: unknown, where: string): Pipeline {
  const faults: PipelineFault[] = []
  const fault = (message: string, node = '') => faults.push({ node, message })
  if (!isTable(data)) throw new SeamError('bad-input', `${where} is not a table with “name” and “nodes”.`)
  for (const key of strangers(data, KEYS)) fault(unknownKey(key, KEYS))
  const { name, version = '1', description = '', nodes = [] } = data
  if (name === undefined) fault('“name” is missing: write name = "audiobook" at the top, or another name.')
  else if (typeof name !== 'string' || !NAME.test(name)) {
    fault('“name” must be 1 to 64 letters, digits, “.”, “_” and “-”, and begin with a letter or digit.')
  }
  if (typeof version !== 'string' || version.length > 64)
    fault('“version” must be text of at most 64 characters: version = "1".')
  if (typeof description !== 'string' || description.length > 2000)
    fault('“description” must be text of at most 2,000 characters.')
  if (!Array.isArray(nodes)) fault('“nodes” must be a list: write [[nodes]] before each.')
  const list = Array.isArray(nodes) ? (nodes as unknown[]) : []
  if (Array.isArray(nodes) && list.length === 0)
    fault('There are no nodes: add at least one [[nodes]] with “id” and “plugin”.')
  if (list.length > MAX_NODES) fault(`There are ${list.length} nodes; ${MAX_NODES} are allowed.`)
  const checked = list.slice(0, MAX_NODES).map((node, at) => checkNode(node, at, fault))
  const seen = new Set<string>()
  for (const { id } of checked) {
    if (id !== '' && seen.has(id))
      fault(
        `Two nodes have the id “${id.slice(0, 64)}”: an id may stand once, because a pipeline is a row without circles.`,
        id.slice(0, 64),
      )
    seen.add(id)
  }
  if (faults.length > 0) throw new FaultyPipeline(where, faults)
  return { name: name as string, version: version as string, description: description as string, nodes: checked }
}

function checkNode(node: unknown, at: number, fault: (message: string, node?: string) => void): PipelineNode {
  const which = `Node ${at + 1}`
  if (!isTable(node)) {
    fault(`${which} is not a table.`)
    return { id: '', plugin: '', options: {} }
  }
  const { id, plugin, options = {} } = node
  const tell = (message: string) => fault(message, typeof id === 'string' ? id.slice(0, 64) : '')
  for (const key of strangers(node, NODE_KEYS)) tell(`${which}: ${unknownKey(key, NODE_KEYS)}`)
  if (typeof id !== 'string' || !NAME.test(id))
    tell(`${which} needs an “id” of 1 to 64 letters, digits, “.”, “_” and “-”.`)
  if (typeof plugin !== 'string' || plugin === '') tell(`${which} needs a “plugin”: the name of one that is installed.`)
  if (!isTable(options)) tell(`${which}: “options” must be a table.`)
  else {
    // What no option can be is refused here, where it is read: a table in a table in a table has no end.
    const wrong = Object.keys(options).filter(key => !SCALARS.includes(typeof options[key]))
    for (const key of wrong.slice(0, MAX_TOLD))
      tell(`${which}: the option “${key.slice(0, 64)}” must be text, a number, or true or false.`)
  }
  return {
    id: typeof id === 'string' ? id : '',
    plugin: typeof plugin === 'string' ? plugin : '',
    options: isTable(options) ? options : {},
  }
}

/** Keys that have no meaning. */
const strangers = (table: object, known: readonly string[]) =>
  Object.keys(table)
    .filter(key => !known.includes(key))
    .slice(0, MAX_TOLD)

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  const pipelineWords = ['edges', 'next', 'input', 'inputs', 'from', 'to', 'after']
  if (pipelineWords.includes(key)) return `There is no “${key}”: nodes run in the order in which they are written.`
  return `There is no key “${key.slice(0, 64)}”.${meant ? ` Did you mean “${meant}”?` : ''}`
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}
