/** What the keys of the terminal do while a talk goes on. */
export interface TalkKeys {
  /** Space or Enter: the talk key, down and up again. */
  toggle(): void
  /** `q` or Ctrl-D. */
  end(): void
  /** Ctrl-C. @returns false when there is nothing to stop but the talk itself */
  interrupt(): boolean
}

/**
 * Listens to the keys of a terminal, and to SIGINT in any case: what `interrupt` does not take is what Ctrl-C does
 * everywhere. @returns an end to it
 */
export function watchKeys(keys: TalkKeys): () => void {
  const usual = process.listeners('SIGINT')
  const onInterrupt: NodeJS.SignalsListener = signal => {
    if (!keys.interrupt()) for (const listener of usual) listener(signal)
  }
  process.removeAllListeners('SIGINT').on('SIGINT', onInterrupt)
  const { stdin } = process
  const isTerminal = stdin.isTTY === true
  const onKey = (data: Buffer) => {
    for (const key of data.toString('utf8')) {
      if (key === '\u0003') process.emit('SIGINT', 'SIGINT')
      else if (key === ' ' || key === '\r') keys.toggle()
      else if (key === 'q' || key === '\u0004') keys.end()
    }
  }
  if (isTerminal) stdin.setRawMode(true).on('data', onKey).resume()
  return () => {
    if (isTerminal) stdin.off('data', onKey).setRawMode(false).pause()
    process.off('SIGINT', onInterrupt)
    for (const listener of usual) process.on('SIGINT', listener)
  }
}
