import type { AudioData } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { parseMediaType } from '../plugins/media-type.ts'
import { ByteReader } from '../sound/byte-reader.ts'
import { openSound } from '../sound/open.ts'
import { isWav, wavSound } from '../sound/wav-reader.ts'

/** Bytes that tell whether a WAV file begins. */
const WAV_BEGIN = 12

/**
 * What a plugin sends as sound, in samples as they come. Items of one type are one run of bytes, and a WAV header begins
 * a new one: PCM and WAV are read here, everything else by ffmpeg.
 * @throws SeamError bad-input (it can't be read), unsupported (ffmpeg is needed), and whatever `items` throws
 */
export async function* readSound(items: AsyncIterable<AudioData>, signal?: AbortSignal): AsyncGenerator<SoundChunk> {
  const source = items[Symbol.asyncIterator]()
  let held: IteratorResult<AudioData, unknown> | undefined
  const peek = async () => (held ??= await source.next())
  const take = async (mime: string, isFirst: boolean): Promise<Uint8Array | undefined> => {
    const { done, value } = await peek()
    if (done || value.mime !== mime || (!isFirst && beginsWav(value.bytes))) return undefined
    held = undefined
    return value.bytes
  }
  try {
    for (;;) {
      const { done, value } = await peek()
      if (done) return
      yield* readRun(value.mime, run(value.mime, take), signal)
      // What stands behind the sound in a file is no sound.
      while (await take(value.mime, false));
    }
  } finally {
    await source.return?.()
  }
}

async function* run(
  mime: string,
  take: (mime: string, isFirst: boolean) => Promise<Uint8Array | undefined>,
): AsyncGenerator<Uint8Array> {
  for (let isFirst = true; ; isFirst = false) {
    const bytes = await take(mime, isFirst)
    if (!bytes) return
    yield bytes
  }
}

async function* readRun(
  mime: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<SoundChunk> {
  const { name, parameters } = parseMediaType(mime)
  if (name === 'audio/pcm') {
    const { rate, channels = '1', format } = parameters
    if (rate === undefined) {
      throw new SeamError('bad-input', `“${mime.slice(0, 80)}” does not say how fast it is: audio/pcm needs a rate.`)
    }
    const kind = format === 'f32le' ? 'f32' : 's16'
    yield* wavSound(new ByteReader(bytes), {
      sampleRate: Number(rate),
      channels: Number(channels),
      kind,
      bytes: undefined,
    })
    return
  }
  const sound = await openSound({ bytes }, signal)
  try {
    yield* sound.chunks
  } finally {
    await sound.close()
  }
}

const beginsWav = (bytes: Uint8Array) => isWav(Buffer.from(bytes.subarray(0, WAV_BEGIN)))
