import type { OptionValue } from '#protocol/plugins.ts'
import type { Pipeline } from '../../companion/plugin-types.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
}

/** A basic string of TOML 1.0. Half of a surrogate pair is nothing that UTF-8 has, and becomes U+FFFD. */
function quoted(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(
      /["\\\u0000-\u001f\u007f]/g,
      character => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
  return `"${escaped}"`
}

const key = (name: string) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted(name))

function value(of: OptionValue): string {
  if (typeof of === 'string') return quoted(of)
  if (typeof of === 'boolean') return String(of)
  if (Object.is(of, -0)) return '-0.0'
  // An integer of TOML has 64 bits; what JavaScript writes beyond 2^53 is a float with an exponent or none at all.
  if (Number.isSafeInteger(of)) return String(of)
  const text = String(of)
  return Number.isInteger(of) && !text.includes('e') ? `${text}.0` : text.replace('e+', 'e')
}

const pairs = (table: Readonly<Record<string, OptionValue | undefined>>) =>
  Object.entries(table)
    .flatMap(([name, of]) => (of === undefined ? [] : [`${key(name)} = ${value(of)}\n`]))
    .join('')

/** A pipeline as the text of a `.cr` file. */
export function writeCr({ name, version = '1', description, nodes }: Pipeline): string {
  const head = pairs({ name, version, description: description || undefined })
  const blocks = nodes.map(({ id, plugin, options = {} }) => {
    const table = Object.keys(options).length > 0 ? `\n[nodes.options]\n${pairs(options)}` : ''
    return `[[nodes]]\n${pairs({ id, plugin })}${table}`
  })
  return [head, ...blocks].join('\n')
}
