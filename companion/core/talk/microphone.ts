import { soundFailure, startSound } from './process.ts'
import type { SoundProgram } from './programs.ts'

/**
 * What the machine's microphone takes in, as it comes, until the iteration is left or `signal` is aborted.
 * @throws SeamError engine, when the program ends by itself
 */
export async function* microphone(
  program: SoundProgram,
  signal: AbortSignal,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  if (signal.aborted) return
  const child = startSound(program)
  child.stdin.end()
  const stop = () => child.signal('SIGTERM')
  signal.addEventListener('abort', stop, { once: true })
  let rest: Buffer = Buffer.alloc(0)
  try {
    for await (const piece of child.stdout as AsyncIterable<Buffer>) {
      const bytes = rest.length > 0 ? Buffer.concat([rest, piece]) : piece
      const whole = bytes.length - (bytes.length % 2)
      rest = bytes.subarray(whole)
      if (whole > 0) yield fromPcm16(bytes.subarray(0, whole))
    }
    await child.exited
    if (!signal.aborted) throw soundFailure(program, child, 'The microphone can’t be read')
  } finally {
    signal.removeEventListener('abort', stop)
    await child.end()
  }
}

function fromPcm16(bytes: Buffer): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(bytes.length / 2)
  for (let at = 0; at < samples.length; at++) samples[at] = bytes.readInt16LE(at * 2) / 32_768
  return samples
}
