/** One figure of the bench. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** The same work done by somebody else in the same run, in the same unit. */
  readonly peer?: number
  /** value ÷ peer */
  readonly ratio?: number
  readonly goal: string
  readonly pass: boolean
}

/** A figure against a peer: passes when its ratio is at most `goal`. */
export function against(name: string, value: number, unit: string, peer: number, goal: number): Row {
  const ratio = value / peer
  return { name, value, unit, peer, ratio, goal: `ratio ≤ ${goal}`, pass: ratio <= goal }
}

export const atMost = (name: string, value: number, unit: string, goal: number): Row => ({
  name,
  value,
  unit,
  goal: `≤ ${goal}`,
  pass: value <= goal,
})

export const atLeast = (name: string, value: number, unit: string, goal: number): Row => ({
  name,
  value,
  unit,
  goal: `≥ ${goal}`,
  pass: value >= goal,
})

/** A figure without a goal of its own: it explains others. */
export const reported = (name: string, value: number, unit: string): Row => ({
  name,
  value,
  unit,
  goal: '',
  pass: true,
})

/** A figure with its own goal, beside somebody else's. */
export const beside = (row: Row, peer: number): Row => ({ ...row, peer, ratio: row.value / peer })

/** The value that a share of all values does not exceed: nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new Error('Nothing was measured.')
  return value
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

const short = (value: number | undefined) => (value === undefined ? '' : Number(value.toPrecision(3)).toString())

export function table(rows: readonly Row[]): string {
  const cells = [
    ['figure', 'value', 'unit', 'peer', 'ratio', 'goal', ''],
    ...rows.map(row => [
      row.name,
      short(row.value),
      row.unit,
      short(row.peer),
      short(row.ratio),
      row.goal,
      row.pass ? 'ok' : 'MISSED',
    ]),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map(line => line[column]!.length)))
  return cells
    .map(line =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
