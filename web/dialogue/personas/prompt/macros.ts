import { shareOf } from './seed.ts'

/** What stands for the curly-braced macros of character cards. */
export interface MacroValues {
  readonly char: string
  readonly user: string
  /** 0…1, for `{{random}}` and `{{roll}}`. */
  readonly random: () => number
  /** Chooses for `{{pick}}`: the same for the same persona and text. */
  readonly seed: string
  /** What `{{original}}` stands for: the prompt that a card's own replaces. */
  readonly original?: string
  /** `{{hidden_key:…}}` shows: only where keys are looked for. */
  readonly hiddenKeys?: boolean
}

/** Macros within macros; deeper ones stay as they are written. */
export const MAX_NESTING = 16

/**
 * Text with its macros replaced, inner ones first. What is not known, or not closed, stays as it is written, and what a
 * macro stands for is never read as a macro itself: a name may hold braces.
 */
export function expandMacros(text: string, values: MacroValues): string {
  const open: string[] = []
  let out = ''
  let picks = 0
  for (const part of text.split(/(\{\{|\}\})/)) {
    if (part === '{{' && open.length < MAX_NESTING) {
      open.push(out)
      out = ''
    } else if (part === '}}' && open.length > 0) {
      out = open.pop()! + (expand(out, values, picks) ?? `{{${out}}}`)
      picks++
    } else {
      out += part
    }
  }
  while (open.length > 0) out = `${open.pop()!}{{${out}`
  return out.replace(/<(user|bot|char)>/gi, (_, name: string) =>
    name.toLowerCase() === 'user' ? values.user : values.char,
  )
}

function expand(inner: string, values: MacroValues, place: number): string | undefined {
  if (inner.trimStart().startsWith('//')) return ''
  const colon = inner.indexOf(':')
  const name = (colon < 0 ? inner : inner.slice(0, colon)).trim().toLowerCase()
  const argument = colon < 0 ? undefined : inner.slice(colon + 1)
  if (argument === undefined) {
    if (name === 'char') return values.char
    if (name === 'user') return values.user
    return name === 'original' ? (values.original ?? '') : undefined
  }
  switch (name) {
    case 'comment':
      return ''
    case 'hidden_key':
      return values.hiddenKeys ? argument : ''
    case 'reverse':
      return [...argument].reverse().join('')
    case 'random':
      return choose(choices(argument), values.random())
    case 'pick':
      return choose(choices(argument), shareOf(`${values.seed}\n${place}\n${argument}`))
    case 'roll':
      return roll(argument.trim(), values.random())
    default:
      return undefined
  }
}

/** `A,B` with `\,` for a comma that belongs to a choice, or `:A::B` as some programs write it. */
function choices(argument: string): string[] {
  const plain = argument.startsWith(':') ? argument.slice(1) : argument
  return plain.includes('::') ? plain.split('::') : plain.split(/(?<!\\),/).map(part => part.replaceAll('\\,', ','))
}

const choose = (parts: readonly string[], at: number): string =>
  parts[Math.min(parts.length - 1, Math.floor(at * parts.length))]!.trim()

function roll(dice: string, at: number): string | undefined {
  const sides = Number(/^d?(\d{1,9})$/i.exec(dice)?.[1] ?? 0)
  return sides > 0 ? String(1 + Math.min(sides - 1, Math.floor(at * sides))) : undefined
}
