import { Intake } from '#dsp/intake.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { wavFile } from '../../export/encode/wav-file.ts'
import type { KeptSound, SoundWriter } from '../../storage/types.ts'
import type { TranscriptSource } from '../../storage/transcripts-types.ts'
import { SOUND_ENDINGS } from '../../ui/incoming.ts'

/** For a file input's `accept`. */
export const ACCEPTED = ['audio/*', 'video/*', ...SOUND_ENDINGS.map(ending => `.${ending}`)].join(',')

/** Containers with an index, in which players find every place exactly. In others a place is guessed from the bytes. */
const EXACT = /\.(wav|m4a|mp4|m4v|mov|webm|flac|ogg|oga|opus)$/i

/** Whether a copy in plain samples is needed so that a clicked word is where the sound goes on. */
export const needsCopy = ({ kind, name, ffmpeg }: TranscriptSource): boolean =>
  kind === 'file' && (ffmpeg === true || !EXACT.test(name))

/** Hz of such a copy: all that speech has, in half the room. */
export const COPY_RATE = 24_000

/** Sound as a file that players and decoders read. The samples stay on the disk. */
export const wavOf = ({ samples, sampleRate }: NonNullable<KeptSound['pcm']>): Blob => wavFile(sampleRate, [samples])

/** Writes sound of any rate to `writer`, which has COPY_RATE. */
export function copyTo(writer: SoundWriter): { take(chunk: SoundChunk): Promise<void>; end(): Promise<void> } {
  const intake = new Intake(COPY_RATE, 1)
  const write = ({ samples, frames }: { samples: Float32Array; frames: number }) =>
    writer.write({ samples: new Float32Array(samples.subarray(0, frames)), sampleRate: COPY_RATE, channels: 1 })
  return {
    take: ({ samples, sampleRate, channels }) => write(intake.take(samples, sampleRate, channels)),
    async end() {
      await write(intake.finish())
      await writer.flush()
    },
  }
}
