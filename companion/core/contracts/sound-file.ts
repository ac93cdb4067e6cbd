import { HEARING_RATE } from '#engine/transcribe/recogniser.ts'
import type { AudioData } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { openSound, type SoundSource } from '../sound/open.ts'
import { recordedSound } from '../talk/recorded.ts'
import { toPcm16, wavHeader } from '../wav.ts'
import { readSound } from './sound.ts'
import { MAX_ATTACHMENT } from './wire/limits.ts'

/**
 * A file of sound as plugins hear it: WAV, 16 kHz, mono, 16 bits.
 * @throws SeamError not-found, bad-input (no sound in it, or more than a call may carry), unsupported (ffmpeg is needed)
 */
export async function soundForCall(source: SoundSource, signal?: AbortSignal): Promise<AudioData> {
  const sound = await openSound(source, signal)
  const pieces: Buffer[] = []
  let size = 0
  try {
    for await (const samples of recordedSound(sound.chunks, HEARING_RATE)) {
      const piece = toPcm16(samples)
      pieces.push(piece)
      size += piece.length
      if (size > MAX_SOUND) {
        const minutes = Math.floor(MAX_SOUND / 2 / HEARING_RATE / 60)
        throw new SeamError(
          'bad-input',
          `One call carries ${minutes} minutes of sound, and this is more. Cut it first.`,
        )
      }
    }
  } finally {
    await sound.close()
  }
  return { mime: 'audio/wav', bytes: new Uint8Array(Buffer.concat([wavHeader(HEARING_RATE, size), ...pieces])) }
}

/** Bytes of samples that one call carries; the header has room beside them. */
export const MAX_SOUND = MAX_ATTACHMENT - 1024

/** Sound of a plugin, mono at its own rate, as it comes. */
export interface GivenSound {
  /** Hz. */
  readonly rate: number
  readonly samples: AsyncIterable<Float32Array<ArrayBuffer>>
}

/** Reads what a plugin gives as far as its rate is known. @throws SeamError bad-input, when there is no sound in it */
export async function openGiven(items: AsyncIterable<AudioData>, signal?: AbortSignal): Promise<GivenSound> {
  const chunks = readSound(items, signal)
  const first = await chunks.next()
  if (first.done) throw new SeamError('bad-input', 'There is nothing in the plugin’s sound.')
  const rate = first.value.sampleRate
  return { rate, samples: recordedSound(withFirst(first.value, chunks), rate) }
}

async function* withFirst(first: SoundChunk, rest: AsyncIterable<SoundChunk>): AsyncGenerator<SoundChunk> {
  yield first
  yield* rest
}
