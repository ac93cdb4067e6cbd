import { stringify } from 'smol-toml'
import { inlineEntries, statementsOf, type Span, type Statement } from './cr-statements.ts'
import { SeamError } from './errors.ts'

/** A node in the text: its `[[nodes]]` with the comments right above it, to the end of its last statement. */
interface Block extends Span {
  readonly id: string
  readonly statements: readonly Statement[]
}

const isPath = (statement: Statement, ...path: string[]) =>
  statement.path.length === path.length && path.every((part, at) => statement.path[at] === part)

/** The text of a valid `.cr` file, as places where something can be changed. Each change gives a new text. */
export class CrText {
  readonly #text: string
  readonly #statements: readonly Statement[]
  readonly #blocks: readonly Block[]
  readonly #newline: string

  constructor(text: string) {
    this.#text = text
    this.#newline = text.includes('\r\n') ? '\r\n' : '\n'
    this.#statements = statementsOf(text)
    this.#blocks = this.#findBlocks()
  }

  /** @throws SeamError unsupported, when the nodes are not written as `[[nodes]]` */
  nodeAt(id: string): number {
    const at = this.#blocks.findIndex(block => block.id === id)
    if (at < 0) throw new SeamError('unsupported', `The node “${id}” is not written as [[nodes]].`)
    return at
  }

  blockText(at: number): string {
    const { start, end } = this.#blocks[at]!
    return this.#text.slice(start, end)
  }

  withHead(key: string, value: string): string {
    const first = this.#statements.findIndex(({ kind }) => kind === 'header')
    const head = this.#statements.slice(0, first < 0 ? undefined : first).filter(({ kind }) => kind === 'pair')
    const there = head.find(statement => isPath(statement, key))
    if (there) return this.#replaced(there.value, valueText(value))
    const last = head.at(-1)
    return this.#inserted(last?.end ?? 0, `${keyText(key)} = ${valueText(value)}`)
  }

  withPlugin(node: number, plugin: string): string {
    const there = this.#blocks[node]!.statements.find(({ kind, path }) => kind === 'pair' && path[0] === 'plugin')
    return there ? this.#replaced(there.value, valueText(plugin)) : this.#text
  }

  /** @param value undefined takes the option away */
  withOption(node: number, name: string, value: unknown): string {
    const { statements, end } = this.#blocks[node]!
    const pairs = statements.filter(({ kind }) => kind === 'pair')
    const line = `${keyText(name)} = ${value === undefined ? '' : valueText(value)}`
    const header = statements.findIndex(
      statement => statement.kind === 'header' && isPath(statement, 'nodes', 'options'),
    )
    const own = header < 0 ? pairs : pairs.filter(({ start }) => start < statements[header]!.start)
    const inTable = header < 0 ? [] : section(statements, header)
    const dotted = own.filter(({ path }) => path.length === 2 && path[0] === 'options')
    const there =
      inTable.find(statement => isPath(statement, name)) ?? dotted.find(statement => isPath(statement, 'options', name))
    if (there) return value === undefined ? this.#replaced(there, '') : this.#replaced(there.value, valueText(value))
    const inline = own.find(statement => isPath(statement, 'options'))
    if (inline) return this.#withInline(inline.value, name, value)
    if (value === undefined) return this.#text
    if (header >= 0) return this.#inserted((inTable.at(-1) ?? statements[header]!).end, line, inTable.at(-1))
    const last = dotted.at(-1)
    if (last) return this.#inserted(last.end, `options.${line}`, last)
    return this.#inserted(end, `${this.#newline}[nodes.options]${this.#newline}${line}`)
  }

  /** @param block what stands there instead */
  withBlockText(at: number, block: string): string {
    return this.#replaced(this.#blocks[at]!, block)
  }

  withoutNode(at: number): string {
    const { start, end } = this.#blocks[at]!
    const rest = this.#text.slice(end)
    if (rest.trim() === '') return `${this.#text.slice(0, start).trimEnd()}${this.#newline}`
    // One of the two empty lines that would now meet.
    const blank = /^[ \t]*\r?\n/.exec(rest)?.[0] ?? ''
    return this.#text.slice(0, start) + rest.slice(blank.length)
  }

  /** @param block of one node, as text @param at its place among the nodes */
  withBlock(block: string, at: number): string {
    const lines = block.replace(/\r?\n/g, this.#newline).replace(/\s*$/, this.#newline)
    const next = this.#blocks[at]
    if (next) return this.#text.slice(0, next.start) + lines + this.#newline + this.#text.slice(next.start)
    const before = this.#text.trimEnd()
    return `${before}${before === '' ? '' : this.#newline.repeat(2)}${lines}`
  }

  /** @param to the node's place afterwards */
  withMoved(from: number, to: number): string {
    return from === to ? this.#text : new CrText(this.withoutNode(from)).withBlock(this.blockText(from), to)
  }

  #withInline(table: Span, name: string, value: unknown): string {
    const entries = inlineEntries(this.#text, table)
    const at = entries.findIndex(({ path }) => path.length === 1 && path[0] === name)
    const there = entries[at]
    if (there && value !== undefined) return this.#replaced(there.value, valueText(value))
    if (there) {
      const next = entries[at + 1]
      const before = entries[at - 1]
      // With the comma behind it, or with that before the last one.
      return next
        ? this.#replaced({ start: there.start, end: next.start }, '')
        : this.#replaced({ start: before?.end ?? there.start, end: there.end }, '')
    }
    if (value === undefined) return this.#text
    const entry = `${keyText(name)} = ${valueText(value)}`
    const last = entries.at(-1)
    if (last) return this.#replaced({ start: last.end, end: last.end }, `, ${entry}`)
    return this.#replaced(table, `{ ${entry} }`)
  }

  #replaced({ start, end }: Span, text: string): string {
    return this.#text.slice(0, start) + text + this.#text.slice(end)
  }

  /** @param like a statement whose indentation the line takes over */
  #inserted(at: number, line: string, like?: Statement): string {
    const indent = like ? (/^[ \t]*/.exec(this.#text.slice(like.start, like.value.start))?.[0] ?? '') : ''
    const before = this.#text.slice(0, at)
    const open = before !== '' && !before.endsWith('\n') ? this.#newline : ''
    return `${before}${open}${indent}${line}${this.#newline}${this.#text.slice(at)}`
  }

  #findBlocks(): Block[] {
    const all = this.#statements
    const heads = all.flatMap((statement, at) => (statement.isList && isPath(statement, 'nodes') ? [at] : []))
    return heads.map((head, index) => {
      const inner = all.slice(head, heads[index + 1])
      const last = inner.findLastIndex(({ kind }) => kind === 'header' || kind === 'pair')
      let lead = head
      while (all[lead - 1]?.kind === 'comment') lead--
      const id = section(inner, 0).find(statement => isPath(statement, 'id'))
      return {
        id: id ? this.#readText(id.value) : '',
        start: all[lead]!.start,
        end: inner[last]!.end,
        statements: inner.slice(0, last + 1),
      }
    })
  }

  /** Only ids are read here, and they need no escapes. */
  #readText({ start, end }: Span): string {
    return this.#text.slice(start, end).replace(/^(?:"""|'''|["'])|(?:"""|'''|["'])$/g, '')
  }
}

/** Pairs between a header and the next. */
function section(statements: readonly Statement[], header: number): Statement[] {
  const next = statements.findIndex(({ kind }, at) => at > header && kind === 'header')
  return statements.slice(header + 1, next < 0 ? undefined : next).filter(({ kind }) => kind === 'pair')
}

/** A key as TOML writes it, in quotes where it needs them. */
export const keyText = (name: string) =>
  stringify({ [name]: 0 })
    .trim()
    .replace(/ = 0$/, '')

/** A value as TOML writes it in one line. @throws TypeError for what TOML does not have */
export function valueText(value: unknown): string {
  // As an integer it would lose its sign.
  if (Object.is(value, -0)) return '-0.0'
  // A whole number past 2^53 is no integer of TOML that could be read again; as a float it is.
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential()
  return stringify({ v: value }).trim().replace(/^v = /, '')
}
