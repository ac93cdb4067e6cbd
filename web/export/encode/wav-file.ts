import { wavHeader } from './wav-header.ts'

/** A WAV file, mono, 16 bits. @param parts as `toPcm16` makes them, one after the other; blobs may stay on the disk */
export function wavFile(sampleRate: number, parts: readonly (Blob | Int16Array<ArrayBuffer>)[], title = ''): Blob {
  const samples = new Blob([...parts])
  return new Blob([wavHeader(sampleRate, Math.floor(samples.size / 2), { title }), samples], { type: 'audio/wav' })
}
