import { frameBytes, samplesOf, type PcmFormat } from './pcm.ts'

/** Seconds of one buffer: short enough to begin soon, long enough to cost little. */
const PIECE = 0.25
/** Seconds that are scheduled ahead of the listener; the rest waits at the companion. */
const AHEAD = 5
/** Milliseconds between two looks at how far the listener is. */
const LOOK_EVERY = 200

/**
 * Plays raw samples while they come, beside the player of the rooms: it holds whatever is being narrated.
 * @param context closed by whoever made it, which stops the sound
 * @returns when all of it was heard, or `signal` said that nobody listens any more
 */
export async function playPcm(
  context: AudioContext,
  format: PcmFormat,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<void> {
  const piece = Math.max(1, Math.round(format.rate * PIECE)) * frameBytes(format)
  const reader = body.getReader()
  let rest = new Uint8Array()
  let at = 0

  function schedule(bytes: Uint8Array): void {
    const channels = samplesOf(format, bytes)
    const frames = channels[0]?.length ?? 0
    if (frames === 0) return
    const buffer = context.createBuffer(format.channels, frames, format.rate)
    for (const [channel, samples] of channels.entries()) buffer.copyToChannel(samples, channel)
    const source = new AudioBufferSourceNode(context, { buffer })
    source.connect(context.destination)
    at = Math.max(at, context.currentTime + 0.05)
    source.start(at)
    at += buffer.duration
  }
  const until = async (ahead: number) => {
    while (!signal.aborted && at - context.currentTime > ahead) {
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY))
    }
  }

  try {
    while (!signal.aborted) {
      const { done, value } = await reader.read()
      if (done) break
      const all = new Uint8Array(rest.length + value.length)
      all.set(rest)
      all.set(value, rest.length)
      let used = 0
      for (; all.length - used >= piece && !signal.aborted; used += piece) {
        schedule(all.subarray(used, used + piece))
        await until(AHEAD)
      }
      rest = all.slice(used)
    }
    if (!signal.aborted) schedule(rest)
    await until(0)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
