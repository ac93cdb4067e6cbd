/** Rows of RFC 4180 text: commas (or semicolons or tabs, whichever the first line has), quotes doubled inside quotes. */
export function parseCsv(text: string): string[][] {
  const firstLine = text.slice(0, 2000).split('\n', 1)[0] ?? ''
  const separator = [',', ';', '\t'].find(mark => firstLine.includes(mark)) ?? ','
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  const field = (): string => {
    if (text[at] !== '"') {
      const from = at
      while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
      return text.slice(from, at)
    }
    let value = ''
    for (at++; at < text.length;) {
      const quote = text.indexOf('"', at)
      if (quote < 0) {
        value += text.slice(at)
        at = text.length
        break
      }
      value += text.slice(at, quote)
      at = quote + 1
      if (text[at] !== '"') break
      value += '"'
      at++
    }
    // Whatever stands between the closing quote and the separator is dropped.
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
    return value
  }
  while (at < text.length) {
    row.push(field())
    if (text[at] === separator) {
      at++
      if (at < text.length) continue
      row.push('')
    }
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    rows.push(row)
    row = []
  }
  return rows
}

export function writeCsv(rows: readonly (readonly string[])[]): string {
  const quoted = (value: string) => (/[",;\t\r\n]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  return rows.map(row => row.map(quoted).join(',') + '\r\n').join('')
}
