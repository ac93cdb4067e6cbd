import type { Progress } from '#protocol/run.ts'
import { plain, plainJson, plainLines } from './plain.ts'

/** Data for whoever reads standard output. A reader that went away (`| head`) has had enough: no error. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(plainJson(JSON.stringify(value, undefined, process.stdout.isTTY ? 2 : undefined)))
}

/** Words for the person at the terminal; never data. They may be somebody else's: a terminal obeys nothing in them. */
export function tell(text: string): void {
  process.stderr.write(`${plainLines(text)}\n`)
}

/** Columns, padded to the widest cell. A terminal obeys nothing in them. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(plain))
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, at) => (widths[at] = Math.max(widths[at] ?? 0, cell.length)))
  return rows
    .map(row =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function megabytes(bytes: number): string {
  return bytes === 0 ? '–' : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`
}

/** A line that grows on a terminal, and nothing at all in a pipe. */
export function progressLine(label: string): { update(progress: Progress): void; end(): void } {
  const live = process.stderr.isTTY === true
  let last = 0
  let shown = false
  return {
    update({ done, total }) {
      const now = performance.now()
      if (!live || (now - last < 100 && done !== total)) return
      last = now
      shown = true
      const share = total ? ` ${Math.floor((done / total) * 100)} %` : ''
      process.stderr.write(`\r\u001b[K${label}${share} (${megabytes(done)}${total ? ` of ${megabytes(total)}` : ''})`)
    },
    end() {
      if (shown) process.stderr.write('\r\u001b[K')
    },
  }
}
