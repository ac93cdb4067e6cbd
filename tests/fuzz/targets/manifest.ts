import { posix } from 'node:path'
import { parse, stringify } from 'smol-toml'
import { SeamError } from '#protocol/errors.ts'
import { handshakeSchema } from '#protocol/plugin-manifest.ts'
import { parseManifest, type Manifest } from '../../../companion/core/plugins/manifest.ts'
import { formatMediaType, isSettled, parseMediaType } from '../../../companion/core/plugins/media-type.ts'
import { settleOptions } from '../../../companion/core/plugins/options.ts'
import { parseHandshake } from '../../../plugins/sdk/typescript/handshake.ts'
import { judged, must, same } from '../judge.ts'

// Input: the text of a plugin.toml.

const isRefusal = (error: Error) => error instanceof SeamError && ['bad-input', 'unsupported'].includes(error.code)

const isInside = (path: string) => /^\/plugin(\/|$)/.test(posix.resolve('/plugin', path))

/** A plugin that is started as its manifest says gets a handshake that it can read. */
function handshakeOf({ protocol, input, output, options }: Manifest): void {
  const { config, problems } = settleOptions(options, {}, 'It')
  must(
    problems.every(problem => problem.endsWith('must be set.')),
    `A default is refused: ${problems.join(' ')}`,
  )
  same('Options given as they are', settleOptions(options, config, 'It').config, config)
  for (const type of [...input, ...output]) same('A type once more', parseMediaType(formatMediaType(type)), type)
  const [read, written] = [input.find(isSettled), output.find(isSettled)]
  if (!read || !written) return
  const message = { protocol, input_type: formatMediaType(read), output_type: formatMediaType(written), config }
  must(handshakeSchema.safeParse(message).success, 'A handshake is made that the schema refuses.')
  const told = parseHandshake(Buffer.from(JSON.stringify(message)))
  same('What the plugin is told', [told.input, told.output], [read, written])
}

export function fuzz(data: Buffer): void {
  const text = data.toString('utf8')
  const manifest = judged(() => parseManifest(text, 'It'), isRefusal)
  if (!manifest) return
  const { entrypoint, test, startupTimeout, idleTimeout, maxInputBytes } = manifest
  must(isInside(entrypoint) && isInside(test.input ?? ''), 'A path leaves the folder.')
  must(Math.min(startupTimeout, idleTimeout) >= 1000 && Math.max(startupTimeout, idleTimeout) <= 3_600_000, 'Time.')
  must(maxInputBytes >= 1 && maxInputBytes <= 1_073_741_824, 'A limit is none.')
  // What stands under “x” is the plugin's own, and may be what can't be written.
  const { x: _, ...rest } = parse(text)
  const again = parseManifest(stringify(rest), 'It', manifest.name)
  must(JSON.stringify(again) === JSON.stringify(manifest), 'Written and read, it is another.')
  handshakeOf(manifest)
}

export const dictionary = [
  ...['name', 'version', 'protocol_version', 'entrypoint', 'interpreter', 'mode', 'input', 'output', 'stage', 'env'],
  ...['platform', 'permissions', 'network', 'gpu', 'read', 'models', 'startup_timeout', 'idle_timeout', 'build', 'x'],
  ...['max_input_bytes', 'options', 'type', 'default', 'required', 'enum', 'min', 'max', 'description', 'test'],
  ...['"0.1"', '"1.0.0"', '"batch"', '"streaming"', '"string"', '"integer"', '"audio/pcm;rate=8000;channels=1"'],
  ...['"../x"', '"a/../../b"', '"/x"', '["*/*"]', '["a/b;c=d"]', 'true', '-0.0', '0.5', '1e9'],
  ...['..', '/', '\\\\', '__proto__', 'constructor', '"""', "'''", ' = ', '{ ', ' }', '[', ']', '# ', '\r\n', 'nan'],
]
