import { PluginError } from './errors.ts'
import { parseMediaType, type MediaType } from './media-type.ts'

export type OptionValue = string | number | boolean

/** What the host asks for. docs/plugin-protocol.md, 3. */
export interface Handshake {
  readonly protocol: string
  readonly input: MediaType
  readonly output: MediaType
  readonly options: Options
}

const PROTOCOL = '0.1'

/** @throws PluginError BAD_HANDSHAKE */
export function parseHandshake(bytes: Uint8Array): Handshake {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new PluginError('BAD_HANDSHAKE', 'The handshake is not JSON in UTF-8. Run this plugin with Voxloom.', {
      cause,
    })
  }
  const { protocol, input_type: input, output_type: output, config } = (value ?? {}) as Record<string, unknown>
  if (typeof protocol !== 'string' || typeof input !== 'string' || typeof output !== 'string' || !isRecord(config)) {
    throw new PluginError(
      'BAD_HANDSHAKE',
      'The handshake lacks its protocol, a type or the options. Run this plugin with Voxloom.',
    )
  }
  if (protocol !== PROTOCOL) {
    throw new PluginError(
      'BAD_HANDSHAKE',
      `The host speaks revision ${protocol.slice(0, 16)} of the protocol, and this plugin ${PROTOCOL}.`,
    )
  }
  return { protocol, input: parseMediaType(input), output: parseMediaType(output), options: new Options(config) }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The options of a run. The host has checked them against the manifest; here their types become known. */
export class Options {
  readonly values: Readonly<Record<string, unknown>>

  constructor(values: Readonly<Record<string, unknown>>) {
    this.values = values
  }

  /** @throws PluginError BAD_OPTION when it is no text, or is absent and has no fallback; so the other two */
  text(name: string, fallback?: string): string {
    return this.#read(name, 'string', 'text', fallback)
  }

  number(name: string, fallback?: number): number {
    return this.#read(name, 'number', 'a number', fallback)
  }

  flag(name: string, fallback?: boolean): boolean {
    return this.#read(name, 'boolean', 'true or false', fallback)
  }

  #read<T extends OptionValue>(name: string, type: string, words: string, fallback: T | undefined): T {
    const value = Object.hasOwn(this.values, name) ? this.values[name] : fallback
    if (value === undefined) throw new PluginError('BAD_OPTION', `The option “${name}” must be set.`)
    if (typeof value !== type) throw new PluginError('BAD_OPTION', `The option “${name}” must be ${words}.`)
    return value as T
  }
}
