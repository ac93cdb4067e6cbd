/**
 * A reply up to the first of `sequences`, which is not given itself. Text that may be the beginning of one is held back
 * until that is known. Stopped, it takes no more of `pieces`.
 */
export async function* untilStop(
  pieces: AsyncIterable<string>,
  sequences: readonly string[] = [],
): AsyncGenerator<string, void> {
  const stops = sequences.filter(stop => stop !== '')
  let held = ''
  for await (const piece of pieces) {
    held += piece
    const found = stops.map(stop => held.indexOf(stop)).filter(at => at >= 0)
    if (found.length > 0) {
      const before = held.slice(0, Math.min(...found))
      if (before !== '') yield before
      return
    }
    const open = Math.max(0, ...stops.map(stop => overlap(held, stop)))
    const said = held.slice(0, held.length - open)
    held = held.slice(held.length - open)
    if (said !== '') yield said
  }
  if (held !== '') yield held
}

/** Characters at the end of `text` with which `stop` begins. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length
  }
  return 0
}
