// Decorators of Character Card V3: lines at the beginning of an entry's content that say when and where it is told.

export interface Decorated {
  /** What is left for the model. */
  readonly content: string
  readonly decorators: ReadonlyMap<string, string>
}

const wholeNumber = (value: string) => /^\d{1,9}$/.test(value)
const nothing = (value: string) => value === ''
const words = (value: string) => value !== ''
const oneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value)

/**
 * Those that make sense where people talk, and which values they take. Left out, so that their fall-backs count: what
 * counts tokens of a text without messages (`instruct_…`), user icons, and prompts of a program's own settings.
 */
const KNOWN: Readonly<Record<string, (value: string) => boolean>> = {
  activate: nothing,
  dont_activate: nothing,
  activate_only_after: wholeNumber,
  activate_only_every: value => wholeNumber(value) && Number(value) > 0,
  keep_activate_after_match: nothing,
  dont_activate_after_match: nothing,
  is_greeting: wholeNumber,
  additional_keys: words,
  exclude_keys: words,
  scan_depth: wholeNumber,
  depth: wholeNumber,
  role: oneOf('assistant', 'system', 'user'),
  position: oneOf('after_desc', 'before_desc', 'personality', 'scenario'),
  ignore_on_max_context: nothing,
}

const LINE = /^(@@@?)([A-Za-z_]+)(?:[ \t]+(.*))?$/

/** Takes the decorators off. A fall-back (`@@@`) counts where the one before it is not known, or its value not valid. */
export function parseDecorators(text: string): Decorated {
  const decorators = new Map<string, string>()
  const lines = text.split(/\r?\n/)
  let taken = false
  let at = 0
  for (; at < lines.length; at++) {
    const line = lines[at]!.trim()
    if (line === '') continue
    const [, marks, name, value = ''] = LINE.exec(line) ?? []
    if (marks === undefined) break
    if (marks === '@@') taken = false
    if (taken) continue
    const key = name!.toLowerCase()
    taken = Object.hasOwn(KNOWN, key) && KNOWN[key]!(value.trim())
    if (taken && !decorators.has(key)) decorators.set(key, value.trim())
  }
  return decorators.size === 0 && at === 0
    ? { content: text, decorators }
    : { content: lines.slice(at).join('\n'), decorators }
}

export const contentWithoutDecorators = (text: string): string =>
  text.trimStart().startsWith('@@') ? parseDecorators(text).content : text

/** The parts of a value that lists several. */
export const listed = (value: string): string[] => value.split(',').flatMap(part => part.trim() || [])
