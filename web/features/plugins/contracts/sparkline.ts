/** What was measured; undefined where nothing was told of it, `missed` where nobody answered. */
export type Measure = number | 'missed' | undefined

/** A small curve of what was measured. */
export interface Sparkline {
  /** For a polyline: runs of points, broken where nothing was measured. */
  readonly lines: readonly string[]
  /** The same closed down to the ground, for a polygon. */
  readonly areas: readonly string[]
  /** The last point, to be marked; undefined where there is none of the last measurement. */
  readonly last: { readonly x: number; readonly y: number } | undefined
  /** Where nobody answered. */
  readonly gaps: readonly number[]
}

/** Width and height that the points fill. */
export const SPARK = { width: 120, height: 28, margin: 2 } as const

/**
 * @param values oldest first
 * @param places for how many values there is room: fewer stand at the right, so that now is always at the same place
 */
export function sparkline(values: readonly Measure[], places: number): Sparkline {
  const { width, height, margin } = SPARK
  const room = Math.max(2, places)
  const shown = values.slice(-room)
  const top = Math.max(...measured(shown), 0)
  const step = (width - 2 * margin) / (room - 1)
  const ground = height - margin
  const round = (at: number) => Math.round(at * 10) / 10
  const x = (at: number) => round(margin + (room - shown.length + at) * step)
  const y = (value: number) => round(ground - (top > 0 ? value / top : 0) * (height - 2 * margin))

  const runs: { x: number; y: number }[][] = [[]]
  const gaps: number[] = []
  for (const [at, value] of shown.entries()) {
    if (value === 'missed') gaps.push(x(at))
    if (typeof value !== 'number') runs.push([])
    else runs.at(-1)!.push({ x: x(at), y: y(value) })
  }
  const drawn = runs.filter(run => run.length > 0)
  const points = (run: readonly { x: number; y: number }[]) => run.map(point => `${point.x},${point.y}`).join(' ')
  return {
    lines: drawn.map(points),
    areas: drawn.map(run => `${run[0]!.x},${ground} ${points(run)} ${run.at(-1)!.x},${ground}`),
    last: runs.at(-1)!.at(-1),
    gaps,
  }
}

/** The values that there are. */
export const measured = (values: readonly Measure[]): readonly number[] =>
  values.filter(value => typeof value === 'number')

/** The value in the middle; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}
