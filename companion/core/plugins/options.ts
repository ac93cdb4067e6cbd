import type { OptionValue, PluginOption } from '#protocol/plugins.ts'
import { nearest } from '../nearest.ts'

/** Problems told at once: the rest are mostly the same mistake again. */
const MAX_PROBLEMS = 20
/** Characters of one value. */
export const MAX_OPTION_TEXT = 65_536

/** Characters of the values that an option may have, where they are listed in a message. */
const MAX_CHOICES = 1000

type Options = Readonly<Record<string, PluginOption>>

/** What is wrong with one option, as a sentence without its subject: “must be a number”. Undefined when nothing is. */
function fault(option: PluginOption, value: unknown): string | undefined {
  switch (option.type) {
    case 'string':
      if (typeof value !== 'string') return 'must be text'
      if (value.length > MAX_OPTION_TEXT) return `may have at most ${MAX_OPTION_TEXT} characters`
      if (value.includes('\0')) return 'may not contain the character NUL'
      break
    case 'boolean':
      if (typeof value !== 'boolean') return 'must be true or false'
      break
    case 'integer':
      if (!Number.isSafeInteger(value)) return 'must be a whole number'
      break
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  }
  if (option.enum && !option.enum.includes(value as OptionValue))
    return `must be one of ${cut(option.enum.join(', '), MAX_CHOICES)}`
  const size = typeof value === 'string' ? [...value].length : value
  const unit = typeof value === 'string' ? ' characters' : ''
  if (typeof size === 'number') {
    if (option.min !== undefined && size < option.min) return `must be at least ${option.min}${unit}`
    if (option.max !== undefined && size > option.max) return `may be at most ${option.max}${unit}`
  }
  return undefined
}

/** Faults of the options themselves, as a manifest gives them. @returns sentences */
export function optionFaults(options: Options): string[] {
  return Object.entries(options).flatMap(([name, option]) => {
    const faults: string[] = []
    if (option.min !== undefined && option.max !== undefined && option.min > option.max) {
      faults.push(`The option “${name}” has a min of ${option.min} above its max of ${option.max}.`)
    }
    if (option.type === 'boolean' && (option.min !== undefined || option.max !== undefined)) {
      faults.push(`The option “${name}” is true or false: min and max have no meaning there.`)
    }
    const bare: PluginOption = { type: option.type }
    const strange = option.enum?.find(value => fault(bare, value) !== undefined)
    if (strange !== undefined)
      faults.push(`The option “${name}” lists ${cut(JSON.stringify(strange), 60)}, which is no ${option.type}.`)
    const wrong = option.default === undefined ? undefined : fault(option, option.default)
    if (wrong) faults.push(`The default of the option “${name}” ${wrong}.`)
    return faults
  })
}

/**
 * A plugin's options for one run, defaults filled in.
 * @param whose begins the sentences: “Node “tts” (kokoro-tts)”
 */
export function settleOptions(
  options: Options,
  given: Readonly<Record<string, unknown>>,
  whose: string,
): { readonly config: Readonly<Record<string, OptionValue>>; readonly problems: readonly string[] } {
  const problems: string[] = []
  const config: Record<string, OptionValue> = {}
  for (const [name, value] of Object.entries(given)) {
    if (problems.length >= MAX_PROBLEMS) break
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (!option) {
      const meant = nearest(name, Object.keys(options))
      const all = Object.keys(options)
      const there = all.length > 0 ? `There are ${all.join(', ')}.` : 'It has none.'
      problems.push(
        `${whose}: there is no option “${name.slice(0, 64)}”. ${meant ? `Did you mean “${meant}”?` : there}`,
      )
      continue
    }
    const wrong = fault(option, value)
    if (wrong) problems.push(`${whose}: the option “${name}” ${wrong}; it is ${show(value)}.`)
    else config[name] = value as OptionValue
  }
  for (const [name, option] of Object.entries(options)) {
    if (Object.hasOwn(given, name)) continue
    if (option.default !== undefined) config[name] = option.default
    else if (option.required) problems.push(`${whose}: the option “${name}” must be set.`)
  }
  return { config, problems }
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? `“${value}”` : String(JSON.stringify(value) ?? value)
  return cut(text, 60)
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)

/** Text of a form or a command line as the option's type; as it is when it can't be. */
export function readOption(option: PluginOption, text: string): unknown {
  if (option.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (option.type === 'string') return text
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
