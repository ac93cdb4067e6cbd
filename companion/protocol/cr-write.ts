import { parse, TomlError } from 'smol-toml'
import { CrText, keyText, valueText } from './cr-text.ts'
import { SeamError } from './errors.ts'

/** One step of a pipeline, as it is written. */
interface CrNode {
  readonly id: string
  readonly plugin: string
  readonly options?: Readonly<Record<string, unknown>>
}

/** What a `.cr` file says. */
interface CrPipeline {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly nodes: readonly CrNode[]
}

/** Options of one node that are changed where they stand; with more, the node is written anew. */
export const MAX_CHANGES_IN_PLACE = 64

/**
 * A pipeline as the text of a `.cr` file. Half of a surrogate pair is nothing that UTF-8 has, and becomes U+FFFD.
 * @throws TypeError for options that TOML does not have
 */
export function writeCr(pipeline: CrPipeline): string {
  const { name, version, description, nodes } = filledIn(pipeline)
  const head = { name, version, ...(description === '' ? {} : { description }) }
  return [linesOf(head), ...nodes.map(blockOf)].join('\n')
}

/**
 * The text of a `.cr` file, changed so that it says `pipeline`. Nodes are known again by their ids; what stays the same
 * keeps its place, its comments and its white space.
 * @returns undefined when that can't be: the text is none, or has its nodes in another form than `[[nodes]]`
 */
export function updateCr(text: string, pipeline: CrPipeline): string | undefined {
  const meant = filledIn(pipeline)
  return tried(() => {
    const before = readPlain(text)
    let now = text
    for (const key of ['name', 'version', 'description'] as const) {
      if (before[key] !== meant[key]) now = new CrText(now).withHead(key, meant[key])
    }
    now = withNodesInOrder(now, before.nodes, meant.nodes)
    for (const node of meant.nodes) {
      const old = before.nodes.find(({ id }) => id === node.id)
      if (!old || isEqual(old, node)) continue
      const file = new CrText(now)
      const at = file.nodeAt(node.id)
      now = file.withBlockText(at, changedBlock(file.blockText(at), old, node))
    }
    return isEqual(readPlain(now), meant) ? now : undefined
  })
}

/** A node as text. */
export function blockOf({ id, plugin, options = {} }: CrNode): string {
  const table = Object.keys(options).length === 0 ? '' : `\n[nodes.options]\n${linesOf(options)}`
  return `[[nodes]]\n${linesOf({ id, plugin })}${table}`
}

const linesOf = (table: Readonly<Record<string, unknown>>) =>
  Object.entries(table)
    .map(([key, value]) => `${keyText(key)} = ${valueText(value)}\n`)
    .join('')

/** Takes nodes out, puts new ones in, and moves the others to their places. */
function withNodesInOrder(text: string, before: readonly CrNode[], meant: readonly CrNode[]): string {
  const order = before.map(({ id }) => id)
  let now = text
  for (const id of order.filter(old => !meant.some(node => node.id === old))) {
    const file = new CrText(now)
    now = file.withoutNode(file.nodeAt(id))
    order.splice(order.indexOf(id), 1)
  }
  for (const [to, node] of meant.entries()) {
    const from = order.indexOf(node.id)
    if (from === to) continue
    const file = new CrText(now)
    if (from < 0) now = file.withBlock(blockOf(node), to)
    else now = file.withMoved(file.nodeAt(node.id), to)
    if (from >= 0) order.splice(from, 1)
    order.splice(to, 0, node.id)
  }
  return now
}

/** A node's text, changed where it can be, else written anew under its comments. */
function changedBlock(block: string, old: CrNode, node: CrNode): string {
  const { options: was = {} } = old
  const { options: is = {} } = node
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    name => !isEqual(own(was, name), own(is, name)),
  )
  const changed = tried(() => {
    if (names.length > MAX_CHANGES_IN_PLACE) return undefined
    let now = old.plugin === node.plugin ? block : new CrText(block).withPlugin(0, node.plugin)
    for (const name of names) now = new CrText(now).withOption(0, name, own(is, name))
    return isEqual(readPlain(now).nodes, [node]) ? now : undefined
  })
  return changed ?? `${/^(?:[ \t]*#.*\n)*/.exec(block)![0]}${blockOf(node)}`
}

const own = (table: Readonly<Record<string, unknown>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined

/** `work`, or undefined where the text is not what it would have to be. */
function tried<T>(work: () => T | undefined): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof TomlError || error instanceof SeamError) return undefined
    throw error
  }
}

/** What a text says; whether that is a pipeline is another question. @throws TomlError */
function readPlain(text: string) {
  const { nodes, ...head } = parse(text)
  return filledIn({ ...head, nodes: Array.isArray(nodes) ? nodes : [] } as unknown as CrPipeline)
}

/** With what may be left out, and with text that UTF-8 can hold. */
function filledIn({ name, version = '1', description = '', nodes }: CrPipeline) {
  return {
    name: wellFormed(name),
    version: wellFormed(version),
    description: wellFormed(description),
    nodes: nodes.map(({ id, plugin, options = {} }) => ({
      id: wellFormed(id),
      plugin: wellFormed(plugin),
      options: Object.fromEntries(Object.entries(options).map(([key, value]) => [wellFormed(key), wellFormed(value)])),
    })),
  }
}

const wellFormed = <T>(value: T): T => (typeof value === 'string' ? (value.toWellFormed() as T) : value)

/** Whether two values of TOML are the same. The order of keys does not count. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b || Object.is(a, b)) return true
  if (!isTable(a) || !isTable(b)) return false
  // A date says what it is in words alone.
  if (a instanceof Date || b instanceof Date) return String(a) === String(b)
  const keys = Object.keys(a)
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every(key => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  )
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
