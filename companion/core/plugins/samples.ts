import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import type { Manifest } from './manifest.ts'
import type { MediaType } from './media-type.ts'

/** Bytes of a `[test] input`. */
const MAX_SAMPLE = 1024 * 1024
const SENTENCE = 'The quick brown fox jumps over the lazy dog — “naïve café”, he said. It costs £5.\n'

/**
 * A tiny input of a type. docs/plugin-protocol.md, 12.
 * @throws SeamError bad-input when only the plugin could know one and names none
 */
export async function sampleInput(type: MediaType, manifest: Manifest, folder: string): Promise<Uint8Array> {
  const { input } = manifest.test
  if (input !== undefined) {
    const bytes = await readFile(join(folder, input)).catch(() => undefined)
    if (!bytes)
      throw new SeamError(
        'bad-input',
        `The plugin “${manifest.name}” names ${input} as its test input, and there is no such file.`,
      )
    if (bytes.length > MAX_SAMPLE)
      throw new SeamError('bad-input', `${input} has ${bytes.length} bytes; a test input may have ${MAX_SAMPLE}.`)
    return bytes
  }
  if (type.name === 'audio/pcm') return tone(type)
  if (type.name === 'audio/wav') return wav(tone(type))
  if (type.name === 'application/json') return Buffer.from('{}')
  if (type.name === 'application/jsonl') return Buffer.from('{}\n')
  if (type.name === 'text/html') return Buffer.from(`<p>${SENTENCE.trim()}</p>\n`)
  if (type.name.startsWith('text/')) return Buffer.from(SENTENCE)
  throw new SeamError(
    'bad-input',
    `The plugin “${manifest.name}” reads ${type.name}, of which no sample is known. Name one in plugin.toml: [test] input = "sample.bin".`,
  )
}

/** A tenth of a second of 440 Hz at half of full scale. */
function tone({ parameters }: MediaType): Buffer {
  const rate = Number(parameters['rate'] ?? 24_000)
  const channels = Number(parameters['channels'] ?? 1)
  const isFloat = parameters['format'] === 'f32le'
  const frames = Math.round(rate / 10)
  const bytes = Buffer.alloc(frames * channels * (isFloat ? 4 : 2))
  for (let at = 0; at < frames * channels; at++) {
    const level = 0.5 * Math.sin((2 * Math.PI * 440 * Math.floor(at / channels)) / rate)
    if (isFloat) bytes.writeFloatLE(level, at * 4)
    else bytes.writeInt16LE(Math.round(level * 32_767), at * 2)
  }
  return bytes
}

function wav(pcm: Buffer): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(36 + pcm.length, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(24_000, 24)
  header.writeUInt32LE(48_000, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(pcm.length, 40)
  return Buffer.concat([header, pcm])
}

const starts = (bytes: Uint8Array, text: string, at = 0) =>
  Buffer.from(bytes.subarray(at, at + text.length)).toString('latin1') === text

/** What a container of sound begins with. */
const HEADERS: Readonly<Record<string, (bytes: Uint8Array) => boolean>> = {
  'audio/wav': bytes => starts(bytes, 'RIFF') && starts(bytes, 'WAVE', 8),
  'audio/mpeg': bytes => starts(bytes, 'ID3') || (bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0),
  'audio/ogg': bytes => starts(bytes, 'OggS'),
  'audio/flac': bytes => starts(bytes, 'fLaC'),
  'audio/mp4': bytes => starts(bytes, 'ftyp', 4),
}

/** What is wrong with output that should be of `type`, as a sentence without its subject; undefined when nothing is. */
export function outputFault(type: MediaType, bytes: Uint8Array): string | undefined {
  const { name, parameters } = type
  if (name === 'audio/pcm') {
    const frame = Number(parameters['channels'] ?? 1) * (parameters['format'] === 'f32le' ? 4 : 2)
    return bytes.length % frame === 0
      ? undefined
      : `wrote ${bytes.length} bytes, which is no whole number of sample frames of ${frame} bytes.`
  }
  if (name.startsWith('text/') || name === 'application/json' || name === 'application/jsonl') {
    try {
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      if (name === 'application/json') JSON.parse(text)
      if (name === 'application/jsonl') for (const line of text.split('\n')) if (line.trim()) JSON.parse(line)
      return undefined
    } catch (error) {
      return error instanceof SyntaxError
        ? `wrote what is not JSON: ${error.message}.`
        : 'wrote text that is not UTF-8.'
    }
  }
  const header = HEADERS[name]
  if (!header) return undefined
  if (bytes.length === 0) return `wrote nothing, where a file of ${name} was expected.`
  return header(bytes) ? undefined : `wrote what does not begin as ${name} does.`
}
