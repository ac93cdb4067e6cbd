import { AppendOnlyStreamTarget, Mp3OutputFormat } from 'mediabunny'
import { registerMp3Encoder } from '@mediabunny/mp3-encoder'
import { encodeBuiltin } from '../sdk/typescript/builtin-encoder.ts'
import type { Sound } from '../sdk/typescript/ffmpeg.ts'

/** LAME in WebAssembly. The file is written from front to back, without the header that needs its length. */
export async function encodeMp3(
  sound: Sound,
  bitrate: number,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  registerMp3Encoder()
  await encodeBuiltin(sound, {
    name: 'an MP3',
    codec: 'mp3',
    bitrate,
    format: new Mp3OutputFormat({ xingHeader: false }),
    target: new AppendOnlyStreamTarget(new WritableStream({ write: bytes => write(bytes.slice()) })),
  })
}
