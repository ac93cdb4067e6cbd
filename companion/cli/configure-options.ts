import type { OptionValue, PluginOption } from '#protocol/plugins.ts'
import type { PipelineNode } from '../core/pipelines/cr.ts'
import { readOption } from '../core/plugins/options.ts'
import type { Asker } from './asker.ts'
import { missingOptions, optionHint, valueFault } from './configure-choices.ts'

/** The options that are set afterwards. Asks only for those that must be set, or that are chosen. */
export async function askOptions(
  ask: Asker,
  options: Readonly<Record<string, PluginOption>>,
  given: PipelineNode['options'],
): Promise<Record<string, unknown>> {
  const set: Record<string, unknown> = { ...given }
  const missing = missingOptions(options, given)
  const others = Object.entries(options).filter(([name]) => !missing.includes(name))
  const chosen =
    others.length === 0
      ? []
      : await ask.several(
          'Which options should be changed? The others stay as they are.',
          others.map(([name, option]) => ({
            value: name,
            label: option.description ? `${name}: ${option.description}` : name,
            hint: optionHint(option, given[name]),
          })),
        )
  for (const name of [...missing, ...chosen]) {
    const value = await askValue(ask, name, options[name]!, given[name])
    if (value === undefined) delete set[name]
    else set[name] = value
  }
  return set
}

/** @returns undefined for the default */
async function askValue(
  ask: Asker,
  name: string,
  option: PluginOption,
  now: unknown,
): Promise<OptionValue | undefined> {
  const { type, description, default: standard } = option
  const mayBeOpen = !option.required || standard !== undefined
  const values = option.enum ?? (type === 'boolean' ? [true, false] : undefined)
  const message = description ? `${name}: ${description}` : name
  if (values) {
    const label = standard === undefined ? 'not set' : `the default, ${String(standard)}`
    const open = mayBeOpen ? [{ value: undefined, label }] : []
    const all = values.map(value => ({ value, label: String(value) }))
    return ask.select<OptionValue | undefined>(message, [...open, ...all], now as OptionValue | undefined)
  }
  const hint = mayBeOpen ? ` (empty: ${standard === undefined ? 'not set' : `the default, ${String(standard)}`})` : ''
  const text = await ask.text(`${message}${hint}`, now === undefined ? '' : String(now), given =>
    given === '' && mayBeOpen ? undefined : valueFault(name, option, readOption(option, given)),
  )
  return text === '' && mayBeOpen ? undefined : (readOption(option, text) as OptionValue)
}
