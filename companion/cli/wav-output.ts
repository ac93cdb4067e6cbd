import { wavFile, wavStream, type WavSink } from '../core/wav.ts'
import { fileOutput, isSpecialFile, pipeOutput } from './output-file.ts'

/** Where sound goes as WAV: `-` is the output, and a device or a named pipe is written to as it is. */
export async function wavOutput(path: string, sampleRate: number): Promise<WavSink> {
  if (path === '-') return wavStream(pipeOutput(), sampleRate)
  if (await isSpecialFile(path)) return wavStream(await fileOutput(path), sampleRate)
  return wavFile(path, sampleRate)
}
