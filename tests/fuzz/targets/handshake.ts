import { errorFrameSchema, handshakeSchema } from '#protocol/plugin-manifest.ts'
import { SeamError } from '#protocol/errors.ts'
import { parseErrorFrame } from '../../../companion/core/frames/error-frame.ts'
import {
  formatMediaType,
  isSettled,
  joinTypes,
  outputFor,
  parseMediaType,
  type MediaType,
} from '../../../companion/core/plugins/media-type.ts'
import { PluginError } from '../../../plugins/sdk/typescript/errors.ts'
import { parseHandshake } from '../../../plugins/sdk/typescript/handshake.ts'
import { parseMediaType as sdkMediaType } from '../../../plugins/sdk/typescript/media-type.ts'
import { judged, must, same } from '../judge.ts'

// Input: the content of one frame. It is read as all that such a frame may be: a handshake, an error, and (its lines)
// the types that a handshake is made of.

const MAX_SHOWN = 4096

const isBadInput = (error: Error) => error instanceof SeamError && error.code === 'bad-input'
const isBadHandshake = (error: Error) =>
  error instanceof PluginError && ['BAD_HANDSHAKE', 'BAD_TYPE'].includes(error.code)

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function errorFrame(content: Buffer, data: unknown): void {
  const error = judged(
    () => parseErrorFrame(content),
    () => false,
  )
  const formal = errorFrameSchema.safeParse(data)
  must(!formal.success || error !== undefined, 'The schema takes it for an error, and the host does not.')
  if (!error) return
  const { type, message, code, fatal } = data as Record<string, unknown>
  must(type === 'error' && typeof message === 'string', 'It is taken for an error, and is none.')
  must(/^[A-Z][A-Z0-9_]{0,63}$/.test(error.code), 'Its code is none.')
  must(error.message.length <= MAX_SHOWN, 'Its message is too long.')
  must(error.message.isWellFormed() || !message.isWellFormed(), 'Its message was cut in the middle of a character.')
  must(message.length > MAX_SHOWN || error.message === message, 'Its message was changed.')
  if (formal.success) same('Code and weight', [error.code, error.fatal], [code ?? 'PLUGIN_ERROR', fatal ?? true])
  same('An error once more', parseErrorFrame(Buffer.from(JSON.stringify({ type, ...error }))), error)
}

function handshake(content: Buffer, data: unknown): void {
  const read = judged(() => parseHandshake(content), isBadHandshake)
  // The SDK takes the host at its word: what no host would send is not looked at any further.
  if (!read || !handshakeSchema.safeParse(data).success) return
  const { protocol, input, output, options } = read
  const shown = { protocol, input_type: formatMediaType(input), output_type: formatMediaType(output) }
  const again = parseHandshake(Buffer.from(JSON.stringify({ ...shown, config: options.values })))
  same('A handshake once more', [again.input, again.output], [input, output])
  must(JSON.stringify(again.options) === JSON.stringify(options), 'The options are others the second time.')
}

function types(text: string): void {
  const lines = text.split('\n', 3)
  const read = lines.map(line => judged(() => parseMediaType(line), isBadInput))
  for (const [at, type] of read.entries()) {
    if (!type) continue
    const shown = formatMediaType(type)
    same('A type once more', parseMediaType(shown), type)
    const keys = new Set(
      lines[at]!.split(';')
        .slice(1)
        .map(part => part.trim().split('=')[0]!.toLowerCase()),
    )
    keys.delete('charset')
    for (const key of keys) must(Object.hasOwn(type.parameters, key), `The parameter “${key}” is lost.`)
    if (!type.name.endsWith('*')) same('A type for the plugin', sdkMediaType(shown), type)
    same('A type joined with itself', joinTypes(type, type), type)
    same('A type joined with its name', joinTypes(type, { name: type.name, parameters: {} }), type)
    for (const other of read) if (other) pair(type, other)
  }
}

function pair(one: MediaType, other: MediaType): void {
  const joined = joinTypes(one, other)
  must((joinTypes(other, one) === undefined) === (joined === undefined), 'Two types match from one side alone.')
  if (joined) same('A type that was joined', joinTypes(joined, one), joined)
  const output = outputFor(one, other)
  if (output && isSettled(output) && isSettled(other)) {
    const message = {
      protocol: '0.1',
      input_type: formatMediaType(other),
      output_type: formatMediaType(output),
      config: {},
    }
    must(handshakeSchema.safeParse(message).success, 'A handshake is made that the schema refuses.')
    const { input, output: told } = parseHandshake(Buffer.from(JSON.stringify(message)))
    same('The types of a handshake', [input, told], [other, output])
  }
}

export function fuzz(data: Buffer): void {
  const text = data.toString('utf8')
  const json = jsonOf(text)
  errorFrame(data, json)
  handshake(data, json)
  types(text)
}

export const dictionary = [
  ...['type', 'error', 'message', 'fatal', 'code', 'protocol', 'input_type', 'output_type', 'config', '0.1'],
  ...['true', 'false', 'null', '\\u0065', '__proto__', 'constructor', 'audio/pcm', 'audio/*', '*/*', 'text/plain'],
  ...[';rate=', ';channels=', ';format=f32le', ';charset=utf-8', 'BAD_INPUT'],
]
