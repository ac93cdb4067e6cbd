import type { Json } from './contracts.ts'

/** A call of a contract plugin from outside. Bytes in `params` are `{ encoding: 'base64', mime, data }`. */
export interface ContractCall {
  readonly name: string
  readonly method: string
  readonly params: Readonly<Record<string, Json>>
}

/** The same call for a terminal. Bytes are a file there. */
export function commandLine({ name, method, params }: ContractCall, isStream = false): string {
  const words = ['voxloom', 'contracts', 'call', name, shellWord(method)]
  const others: Record<string, Json> = {}
  for (const [key, value] of Object.entries(params)) {
    const option = `--${key.replaceAll('_', '-')}`
    if (!/^[a-z][a-z0-9_]*$/i.test(key)) others[key] = value
    else if (isBytes(value)) words.push(option, `FILE`)
    else if (typeof value === 'string') words.push(option, shellWord(value))
    else if (typeof value === 'number' || typeof value === 'boolean') words.push(option, String(value))
    else others[key] = value
  }
  if (Object.keys(others).length > 0) words.push('--params', shellWord(JSON.stringify(others)))
  if (isStream) words.push('--stream')
  return words.join(' ')
}

const isBytes = (value: Json) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'encoding' in value

/** As POSIX shells read it: whatever stands between single quotes. */
function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) && !text.startsWith('-')
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
