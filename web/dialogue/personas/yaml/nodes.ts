import { isMap, isScalar, isSeq, type LineCounter, type ParsedNode } from 'yaml'

/** A value of a YAML file, and where it stands. */
export interface Place {
  readonly node: ParsedNode | null
  /** What it is called in a sentence: `speed`. */
  readonly name: string
  readonly line: number
}

type Range = { readonly min: number; readonly max: number }

/** Reads values of a YAML file. Whatever is wrong becomes a sentence with its line. */
export interface YamlReader {
  /** The values of a map by key; keys that are not `allowed` are wrong. */
  fields(place: Place, allowed: readonly string[]): ReadonlyMap<string, Place>
  /** The parts of a list; a single value counts as one. */
  list(place: Place, most: number): readonly Place[]
  text(place: Place, most: number): string
  number(place: Place, range: Range): number
  flag(place: Place): boolean
  wrong(place: Pick<Place, 'line'>, sentence: string): void
}

export function yamlReader(lines: LineCounter, wrong: YamlReader['wrong']): YamlReader {
  const lineOf = (node: ParsedNode | null, otherwise: number) => (node ? lines.linePos(node.range[0]).line : otherwise)

  return {
    wrong,
    fields(place, allowed) {
      const { node, name } = place
      const fields = new Map<string, Place>()
      if (!isMap(node)) {
        wrong(place, `${name} must be written as “key: value”.`)
        return fields
      }
      for (const { key, value } of node.items) {
        const word = isScalar(key) ? String(key.value) : ''
        const at = { node: value, name: `“${word.slice(0, 80)}”`, line: lineOf(key, place.line) }
        if (allowed.includes(word)) fields.set(word, at)
        else wrong(at, `${at.name} is not known here. There may be: ${allowed.join(', ')}.`)
      }
      return fields
    },
    list(place, most) {
      const { node, name, line } = place
      if (!isSeq(node)) return [place]
      if (node.items.length > most) wrong(place, `${name} has ${node.items.length} parts; at most ${most} are taken.`)
      return node.items.slice(0, most).map(item => ({ node: item, name, line: lineOf(item, line) }))
    },
    text(place, most) {
      const value = isScalar(place.node) ? place.node.value : undefined
      if (typeof value !== 'string') {
        wrong(place, `${place.name} must be text; put quotes around what looks like a number or a yes.`)
        return ''
      }
      if (value.length > most) wrong(place, `${place.name} has ${value.length} characters; at most ${most} are taken.`)
      return value
    },
    number(place, { min, max }) {
      const value = isScalar(place.node) ? place.node.value : undefined
      if (typeof value === 'number' && value >= min && value <= max) return value
      const range = max === Infinity || min === -Infinity ? '' : ` from ${min} to ${max}`
      wrong(place, `${place.name} must be a number${range}.`)
      return min
    },
    flag(place) {
      const value = isScalar(place.node) ? place.node.value : undefined
      if (typeof value === 'boolean') return value
      wrong(place, `${place.name} must be true or false.`)
      return false
    },
  }
}
