import type { OptionValue, PluginOption } from '#protocol/plugins.ts'

/** What is wrong with a value: a message key under `plugins.fault`, and what its sentence is filled with. */
export interface Fault {
  readonly key: 'number' | 'integer' | 'text' | 'choice' | 'switch' | 'min' | 'max' | 'short' | 'long' | 'required'
  readonly values: Readonly<Record<string, string | number>>
}

const fault = (key: Fault['key'], values: Fault['values'] = {}): Fault => ({ key, values })

/** What is wrong with `value`; undefined is an option that nobody set. The companion judges by the same rules. */
export function faultOf(option: PluginOption, value: OptionValue | undefined): Fault | undefined {
  if (value === undefined) {
    return option.required && option.default === undefined ? fault('required') : undefined
  }
  switch (option.type) {
    case 'string':
      if (typeof value !== 'string') return fault('text')
      break
    case 'boolean':
      if (typeof value !== 'boolean') return fault('switch')
      break
    case 'integer':
      if (!Number.isSafeInteger(value)) return fault('integer')
      break
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return fault('number')
  }
  if (option.enum && !option.enum.includes(value)) return fault('choice', { choices: option.enum.join(', ') })
  const isText = typeof value === 'string'
  const size = isText ? [...value].length : Number(value)
  const { min, max } = option
  if (min !== undefined && size < min) return fault(isText ? 'short' : 'min', { n: min })
  if (max !== undefined && size > max) return fault(isText ? 'long' : 'max', { n: max })
  return undefined
}

const NUMBER = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)$/

/**
 * What a field holds as the option's value. What can't be one stays text, so that nobody's typing is lost and the fault
 * can be told.
 */
export function readField(option: PluginOption, text: string): OptionValue {
  if (option.type === 'string') return text
  if (option.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  const trimmed = text.trim()
  return NUMBER.test(trimmed) ? Number(trimmed.replace(',', '.')) : text
}

/** A step for the arrow keys and the slider: fine for a factor, whole for a count. */
export function stepOf({ type, min, max }: PluginOption): number {
  if (type === 'integer' || min === undefined || max === undefined) return 1
  const range = max - min
  return range <= 5 ? 0.05 : range <= 50 ? 0.5 : 1
}
