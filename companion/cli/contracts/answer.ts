import { extname } from 'node:path'
import type { AudioData, Json, WireValue } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { openGiven } from '../../core/contracts/sound-file.ts'
import { isAudio } from '../../core/contracts/wire/values.ts'
import { encodeSound, FORMAT_TYPES, SPEECH_FORMATS, type SpeechFormat } from '../../core/sound/encode.ts'
import { fileOutput, pipeOutput } from '../output-file.ts'
import { plainJson, plainLines } from '../plain.ts'
import { wavOutput } from '../wav-output.ts'

/** Where an answer goes. */
export interface AnswerPlace {
  /** A file, `-` for the output, undefined for a terminal. */
  readonly output: string | undefined
  readonly signal: AbortSignal
}

/** What was written. */
export interface Answered {
  /** What was told before the end, the last one included. */
  readonly items: number
  /** Of what was written, where it is no text. */
  readonly mime?: string
}

/** Writes what a plugin answers as it comes: words and JSON as text, bytes as bytes. @throws SeamError */
export async function writeAnswer(values: AsyncIterable<WireValue>, place: AnswerPlace): Promise<Answered> {
  const source = values[Symbol.asyncIterator]()
  try {
    const first = await source.next()
    if (first.done) return { items: 0 }
    if (!isAudio(first.value)) return await writeText(first.value, source, place)
    if (place.output === undefined) throw noPlace()
    return await writeBytes(first.value, source, { ...place, output: place.output })
  } finally {
    await source.return?.()
  }
}

export const noPlace = () =>
  new SeamError('bad-input', 'It answers with sound. Say where that goes: -o hello.wav, or -o - for a pipe.')

async function writeText(first: WireValue, rest: AsyncIterator<WireValue>, place: AnswerPlace): Promise<Answered> {
  const sink = place.output === undefined || place.output === '-' ? pipeOutput() : await fileOutput(place.output)
  const shown = process.stdout.isTTY && place.output === undefined
  const write = (text: string) => sink.write(Buffer.from(shown ? plainLines(text) : text))
  let items = 0
  let isOpen = false
  try {
    for (let next: IteratorResult<WireValue> = { value: first }; !next.done; next = await rest.next()) {
      items++
      const value = wordsOf(next.value)
      // Pieces of one text follow each other without anything between them.
      if (typeof value === 'string') await write(value)
      else if (value !== null)
        await write(`${isOpen ? '\n' : ''}${plainJson(JSON.stringify(briefly(value), null, shown ? 2 : 0))}\n`)
      isOpen = typeof value === 'string' && !value.endsWith('\n')
    }
    if (isOpen) await write('\n')
    await sink.finish()
    return { items }
  } catch (error) {
    await sink.keep()
    throw error
  }
}

/** An answer that is nothing but words may stand in an object: `{ "text" }`, `{ "message": { "content" } }`. */
function wordsOf(value: WireValue): WireValue {
  if (value === null || typeof value !== 'object' || Array.isArray(value) || isAudio(value)) return value
  const { text, content, message, role: _, ...more } = value as Readonly<Record<string, WireValue>>
  const said = [text, content, message].filter(each => each !== undefined)
  if (said.length !== 1 || Object.keys(more).length > 0) return value
  const words = message === undefined ? said[0]! : wordsOf(message)
  return typeof words === 'string' ? words : value
}

/** JSON for people: of bytes it says how many there are. */
function briefly(value: WireValue): Json {
  if (value === null || typeof value !== 'object') return value
  if (isAudio(value)) return { mime: value.mime, bytes: value.bytes.length }
  if (Array.isArray(value)) return value.map(each => briefly(each as WireValue))
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, briefly(each as WireValue)]))
}

type BytesPlace = AnswerPlace & { readonly output: string }

async function writeBytes(first: AudioData, rest: AsyncIterator<WireValue>, place: BytesPlace): Promise<Answered> {
  const counted = { items: 0 }
  const items = bytesOnly(first, rest, counted)
  const format = formatFor(first, place.output)
  if (format === undefined) await writeRaw(items, place.output)
  else if (format === 'wav') await writeWav(items, place)
  else await writeEncoded(items, format, place)
  return { items: counted.items, mime: format === undefined ? first.mime : FORMAT_TYPES[format] }
}

async function* bytesOnly(
  first: AudioData,
  rest: AsyncIterator<WireValue>,
  counted: { items: number },
): AsyncGenerator<AudioData> {
  for (let next: IteratorResult<WireValue> = { value: first }; !next.done; next = await rest.next()) {
    if (!isAudio(next.value))
      throw new SeamError('engine', 'The plugin answered with bytes, and then with something else.')
    counted.items++
    yield next.value
  }
}

/** What a file is made of: undefined for the bytes as they come. Samples without a header are heard by no player. */
function formatFor({ mime }: AudioData, output: string): SpeechFormat | undefined {
  const given = mime.split(';')[0]!.trim().toLowerCase()
  if (!given.startsWith('audio/')) return undefined
  if (output === '-') return given === 'audio/pcm' ? 'wav' : undefined
  const extension = extname(output).slice(1).toLowerCase()
  const format = SPEECH_FORMATS.find(each => each === extension)
  return format === undefined || FORMAT_TYPES[format] === given ? undefined : format
}

async function writeRaw(items: AsyncIterable<AudioData>, output: string): Promise<void> {
  const sink = output === '-' ? pipeOutput() : await fileOutput(output)
  try {
    for await (const { bytes } of items) await sink.write(bytes)
    await sink.finish()
  } catch (error) {
    await sink.keep()
    throw error
  }
}

async function writeWav(items: AsyncIterable<AudioData>, { output, signal }: BytesPlace): Promise<void> {
  const { rate, samples } = await openGiven(items, signal)
  const sink = await wavOutput(output, rate)
  try {
    for await (const piece of samples) await sink.write(piece)
    await sink.finish()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

async function writeEncoded(items: AsyncIterable<AudioData>, format: SpeechFormat, place: BytesPlace): Promise<void> {
  const { rate, samples } = await openGiven(items, place.signal)
  const encoded = encodeSound(samples, { format, rate, signal: place.signal })
  const sink = await fileOutput(place.output)
  try {
    for await (const bytes of encoded) await sink.write(bytes)
    await sink.finish()
  } catch (error) {
    await sink.keep()
    throw error
  }
}
