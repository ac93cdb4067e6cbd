import type { Message } from '#protocol/language.ts'
import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import { listed, parseDecorators, type Decorated } from './decorators.ts'
import { findsAny, scanned, type Scanned } from './keys.ts'
import { searchBudget, type SearchBudget } from './pattern.ts'
import { estimateTokens } from './tokens.ts'

/** An entry that the talk called up, ready to be told. */
export interface ToldLore extends Decorated {
  readonly entry: LoreEntry
}

export interface LoreSetting {
  /** Which greeting the talk began with, from 0. */
  readonly greeting: number
  /** Replaces macros. `keys`: the text is only searched, so that hidden keys count. */
  readonly expand: (text: string, keys?: boolean) => string
  readonly budget?: SearchBudget
}

/** How often told entries may call up others in turn. */
export const MAX_RECURSION = 10
/** UTF-16 units of one message that are searched: its end, which was said last. */
export const MAX_SCANNED = 20_000
/** Turns that are looked back at for decorators that ask what was told before. */
export const MAX_LOOK_BACK = 50

/**
 * The entries that the talk calls up, within the book's budget, in the order in which they stand in the prompt. An entry
 * marked constant, or with second keys, is that even where it has regular expressions: the specification would have both
 * ignored then, but the programs that write such cards do not.
 */
export function activeLore(book: Lorebook, history: readonly Message[], setting: LoreSetting): ToldLore[] {
  const budget = setting.budget ?? searchBudget()
  const turns = history.filter(({ role }) => role === 'assistant').length
  const windows = new Map<number, Scanned>()
  const windowOf = (depth: number): Scanned => {
    let window = windows.get(depth)
    if (!window) windows.set(depth, (window = scanned(latest(history, depth))))
    return window
  }
  let waiting: ToldLore[] = book.entries.flatMap(entry =>
    entry.enabled && entry.content.trim() !== '' ? [{ entry, ...parseDecorators(entry.content) }] : [],
  )
  const told: ToldLore[] = []

  const round = (called: (candidate: ToldLore) => boolean): ToldLore[] => {
    const found = new Set(waiting.filter(called))
    waiting = waiting.filter(candidate => !found.has(candidate))
    told.push(...found)
    return [...found]
  }
  const allowed = ({ decorators }: ToldLore) => conditionsMet(decorators, turns, setting.greeting)
  let fresh = round(candidate => {
    if (candidate.decorators.has('activate')) return true
    if (candidate.decorators.has('dont_activate') || !allowed(candidate)) return false
    const before = remembers(candidate) && toldBefore(candidate, book, history, budget)
    if (before) return candidate.decorators.has('keep_activate_after_match')
    return calledBy(candidate, windowOf(depthOf(candidate, book)), budget)
  })
  for (let count = 0; book.recursive && fresh.length > 0 && count < MAX_RECURSION; count++) {
    const text = scanned(told.map(({ content }) => setting.expand(content, true)).join('\n'))
    fresh = round(
      candidate =>
        !candidate.decorators.has('dont_activate') &&
        !remembers(candidate) &&
        allowed(candidate) &&
        calledBy(candidate, text, budget),
    )
  }
  const expanded = told.map(({ content, ...rest }) => ({ ...rest, content: setting.expand(content).trim() }))
  return withinBudget(
    expanded.filter(({ content }) => content !== ''),
    book.tokenBudget,
  )
}

function latest(history: readonly Message[], depth: number): string {
  const messages = depth > 0 ? history.slice(-depth) : []
  return messages.map(({ text }) => text.slice(-MAX_SCANNED)).join('\n')
}

function depthOf({ decorators }: ToldLore, book: Lorebook): number {
  return Number(decorators.get('scan_depth') ?? book.scanDepth)
}

function conditionsMet(decorators: ReadonlyMap<string, string>, turns: number, greeting: number): boolean {
  const after = decorators.get('activate_only_after')
  const every = decorators.get('activate_only_every')
  const only = decorators.get('is_greeting')
  return (
    (after === undefined || turns >= Number(after)) &&
    (every === undefined || turns % Number(every) === 0) &&
    (only === undefined || greeting === Number(only))
  )
}

function calledBy({ entry, decorators }: ToldLore, text: Scanned, budget: SearchBudget): boolean {
  const finds = (keys: readonly string[]) => findsAny(entry, keys, text, budget)
  const more = decorators.get('additional_keys')
  const none = decorators.get('exclude_keys')
  return (
    (entry.constant || finds(entry.keys)) &&
    (entry.constant || entry.secondaryKeys.length === 0 || finds(entry.secondaryKeys)) &&
    (more === undefined || finds(listed(more))) &&
    (none === undefined || !finds(listed(none)))
  )
}

const remembers = ({ decorators }: ToldLore) =>
  decorators.has('keep_activate_after_match') || decorators.has('dont_activate_after_match')

/** Whether an earlier message of the user called the entry up. */
function toldBefore(candidate: ToldLore, book: Lorebook, history: readonly Message[], budget: SearchBudget): boolean {
  const asked = history.flatMap(({ role }, at) => (role === 'user' ? [at] : [])).slice(0, -1)
  return asked
    .slice(-MAX_LOOK_BACK)
    .some(at => calledBy(candidate, scanned(latest(history.slice(0, at + 1), depthOf(candidate, book))), budget))
}

/** Keeps those that matter most; what is kept stands by its order. */
function withinBudget(told: readonly ToldLore[], tokens: number): ToldLore[] {
  let left = tokens
  const kept = told
    .toSorted((a, b) => b.entry.priority - a.entry.priority || b.entry.order - a.entry.order)
    .filter(({ content }) => {
      const need = estimateTokens(content)
      if (need > left) return false
      left -= need
      return true
    })
  return kept.sort((a, b) => a.entry.order - b.entry.order)
}
