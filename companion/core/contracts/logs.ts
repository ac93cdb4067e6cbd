import { join } from 'node:path'
import { openLog, type Log } from '../log.ts'

/** Lines of each plugin that are kept for whoever looks. */
export const LINES_KEPT = 500
/** Lines that one plugin may say in a second: one that says more would hold up everybody else. */
export const LINES_A_SECOND = 1000
/** Characters of a line that are kept. */
export const LONGEST_LINE = 4_000
/** Of a secret that is shorter nothing would be left to read. */
const SHORTEST_SECRET = 4

export interface LogLine {
  readonly at: string
  readonly text: string
}

/**
 * What plugins say and what becomes of them: `plugins.log` and `launcher.log`, rotated, and the last lines of each. What
 * a plugin was given as a secret is struck out.
 */
export class ContractLogs {
  readonly #lines = new Map<string, LogLine[]>()
  readonly #secrets = new Map<string, readonly string[]>()
  /** Why each went wrong last, so that the same sentence stands there once. */
  readonly #reasons = new Map<string, string>()
  readonly #plugins: LateLog
  readonly #launcher: LateLog
  readonly #onLine: (name: string, line: LogLine) => void
  readonly #now: () => number
  /** What each has said in the second that is counted. */
  readonly #paces = new Map<string, { readonly since: number; lines: number }>()

  /** @param now milliseconds */
  constructor(
    stateFolder: string,
    onLine: (name: string, line: LogLine) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#now = now
    this.#plugins = new LateLog(join(stateFolder, 'logs', 'plugins.log'))
    this.#launcher = new LateLog(join(stateFolder, 'logs', 'launcher.log'))
    this.#onLine = onLine
  }

  /** What the plugin must not say aloud from now on; what it was given before stays hidden. */
  hide(name: string, secrets: readonly string[]): void {
    const before = this.#secrets.get(name) ?? []
    // A log has lines: a key of several stands in as many.
    const parts = secrets.flatMap(secret => [secret, ...secret.split('\n').map(line => line.trim())])
    const long = parts.filter(({ length }) => length >= SHORTEST_SECRET)
    // The host shows what it was sent as JSON, too.
    const written = long.flatMap(part => [part, JSON.stringify(part).slice(1, -1)])
    // The longest first: struck out after a part of itself, the rest of it would stay.
    const all = [...new Set([...before, ...written])].sort((one, other) => other.length - one.length)
    this.#secrets.set(name, all)
  }

  /** The plugin wrote it to its standard error. */
  said(name: string, text: string): void {
    const lines = this.#linesOfSecond(name)
    if (lines > LINES_A_SECOND + 1) return
    const more = `It says more than ${LINES_A_SECOND} lines in a second: the others are left out.`
    const shown = lines > LINES_A_SECOND ? more : this.#shown(name, text)
    this.#keep(name, shown)
    this.#plugins.write(name, shown)
  }

  /** This one included. */
  #linesOfSecond(name: string): number {
    const now = this.#now()
    const known = this.#paces.get(name)
    const pace = known && now - known.since < 1000 ? known : { since: now, lines: 0 }
    this.#paces.set(name, pace)
    return ++pace.lines
  }

  /** The host did something with it. @param why it went wrong */
  happened(name: string, text: string, why?: string): void {
    const isKnown = why !== undefined && this.#reasons.get(name) === why
    if (why !== undefined) this.#reasons.set(name, why)
    const shown = this.#shown(name, why === undefined ? text : isKnown ? `${text} (see above)` : `${text}: ${why}`)
    this.#keep(name, `voxloom: ${shown}`)
    this.#launcher.write(name, shown)
  }

  /** It works: what goes wrong from now on is told in full. */
  works(name: string): void {
    this.#reasons.delete(name)
  }

  /** The oldest first. */
  lines(name: string): readonly LogLine[] {
    return [...(this.#lines.get(name) ?? [])]
  }

  /** The plugin is gone. */
  forget(name: string): void {
    this.#lines.delete(name)
    this.#secrets.delete(name)
    this.#reasons.delete(name)
    this.#paces.delete(name)
  }

  async close(): Promise<void> {
    await Promise.all([this.#plugins.close(), this.#launcher.close()])
  }

  /** A text without what the plugin was given as a secret. */
  discreet(name: string, text: string): string {
    const secrets = this.#secrets.get(name) ?? []
    const shown = secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
    // It may have been cut before it came here: half a secret is one, too.
    return secrets.reduce((rest, secret) => withoutEnd(withoutBeginning(rest, secret), secret), shown)
  }

  #shown(name: string, text: string): string {
    // Struck out before the line is cut: half a secret is one, too.
    return this.discreet(name, text).slice(0, LONGEST_LINE)
  }

  #keep(name: string, text: string): void {
    const lines = this.#lines.get(name) ?? []
    this.#lines.set(name, lines)
    const line = { at: new Date().toISOString(), text }
    lines.push(line)
    if (lines.length > LINES_KEPT) lines.shift()
    this.#onLine(name, line)
  }
}

/** A text without what a secret begins with, where the text was cut: before “…”, or at its end. */
function withoutBeginning(text: string, secret: string): string {
  const head = secret.slice(0, SHORTEST_SECRET)
  for (let at = text.indexOf(head); at !== -1; at = text.indexOf(head, at + 1)) {
    let end = at + head.length
    while (end < text.length && text[end] === secret[end - at]) end++
    if (end === text.length || text[end] === '…') text = `${text.slice(0, at)}…${text.slice(end + 1)}`
  }
  return text
}

/** A text without what a secret ends with, where the beginning of the text was cut off. */
function withoutEnd(text: string, secret: string): string {
  if (!text.startsWith('…')) return text
  for (let from = 1; from <= secret.length - SHORTEST_SECRET; from++) {
    const tail = secret.slice(from)
    if (text.startsWith(tail, 1)) return `…${text.slice(1 + tail.length)}`
  }
  return text
}

/** A log file that is opened with its first line: without plugins there is none. One that can't be written is none. */
class LateLog {
  readonly #file: string
  #log: Promise<Log | undefined> | undefined

  constructor(file: string) {
    this.#file = file
  }

  write(plugin: string, text: string): void {
    this.#log ??= openLog({ level: 'info', file: this.#file }).catch(() => undefined)
    void this.#log.then(log => log?.logger.info({ plugin }, text))
  }

  async close(): Promise<void> {
    const log = await this.#log
    await log?.close()
  }
}
