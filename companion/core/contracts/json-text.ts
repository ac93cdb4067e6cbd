/** Why a text is not JSON, with the line and the column where they are told. @param error of `JSON.parse` */
export function jsonFault(text: string, error: unknown): string {
  const said = (error instanceof Error ? error.message : String(error)).replace(/ in JSON at position \d+.*$/s, '')
  const at = /at position (\d+)/.exec(String(error))
  const end = /end of JSON/.test(said) ? text.length : undefined
  const position = at ? Number(at[1]) : end
  if (position === undefined) return `${said}.`
  const before = text.slice(0, position).split('\n')
  return `line ${before.length}, column ${before.at(-1)!.length + 1}: ${said}.`
}

/** Every text in a value, keys aside. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : []
}

/** Levels of objects and lists, counted no further than one past `most`. A number or a text has none. */
export function depthOf(value: unknown, most: number): number {
  let level: readonly unknown[] = [value]
  for (let depth = 0; depth <= most; depth++) {
    level = level.filter(inner => inner !== null && typeof inner === 'object')
    if (level.length === 0) return depth
    level = level.flatMap(inner => Object.values(inner as object))
  }
  return most + 1
}
