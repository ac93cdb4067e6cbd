import { MixDown } from '#dsp/mix-down.ts'
import type { SpeakerPlayer } from '../../audio/sink.ts'
import { pause } from './pause.ts'
import { frameBytes, samplesOf, type PcmFormat } from './pcm.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Seconds of sound that are fetched ahead of the listener; the rest waits at the companion. */
export const AHEAD = 5
/** Seconds of live sound that wait to be heard: the companion looks ten times a second whether there is more. */
export const RESERVE = 0.5
/** Milliseconds without a byte after which what was kept of live sound has come; shorter than between those looks. */
const CAUGHT_UP = 50

/** Channels of the player: more than two are mixed down. */
const playable = ({ channels }: PcmFormat) => (channels === 1 ? 1 : 2)

/**
 * A player beside that of the rooms, which holds whatever is being narrated. Whoever opens it closes it.
 * @throws SeamError unsupported
 */
export async function openPcmPlayer(format: PcmFormat): Promise<SpeakerPlayer> {
  const { createPlayer } = await import('../../audio/player.ts')
  return createPlayer({
    sampleRate: format.rate,
    channels: playable(format),
    buffer: AHEAD,
    ...(format.live ? { live: RESERVE } : {}),
  })
}

/** Seconds, in tenths, that a player of live sound has left out because nothing had come for a while. */
export function leftOut({ underruns, slipped }: Pick<SpeakerPlayer, 'underruns' | 'slipped'>): number {
  return underruns > 0 ? Math.max(0, Math.round(slipped * 10) / 10) : 0
}

/**
 * Plays raw samples while they come. Live ones begin where the sound is now; any other from their start, and no faster
 * than they are heard.
 * @returns when all of it was heard, or `signal` said that nobody listens any more
 * @throws whatever breaks the stream off, SeamError of the player
 */
export async function playPcm(
  player: SpeakerPlayer,
  format: PcmFormat,
  body: ReadableStream<Bytes>,
  signal: AbortSignal,
): Promise<void> {
  const reader = body.getReader()
  const leave = () => {
    player.interrupt()
    void reader.cancel().catch(() => undefined)
  }
  signal.addEventListener('abort', leave, { once: true })
  try {
    const pieces = wholeFrames(reader, frameBytes(format))
    const reserve = Math.round(RESERVE * format.rate) * frameBytes(format)
    const mix = new MixDown(format.channels, playable(format))
    let at = 0
    for await (const bytes of format.live ? fromNow(pieces, reserve, signal) : pieces) {
      signal.throwIfAborted()
      const samples = mixed(mix, format, bytes)
      const channels = playable(format)
      await player.write({ samples, sampleRate: format.rate, channels, segment: 'output', at, last: false })
      at += samples.length / channels / format.rate
    }
    signal.throwIfAborted()
    await player.flush()
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', leave)
    await reader.cancel().catch(() => undefined)
  }
}

function mixed(mix: MixDown, format: PcmFormat, bytes: Bytes): Float32Array<ArrayBuffer> {
  const frames = bytes.length / frameBytes(format)
  const samples = new Float32Array(frames * playable(format))
  mix.mix(samplesOf(format, bytes), 0, frames, samples, 0)
  return samples
}

/** What a stream brings, as it comes, cut between frames. Half a frame at its end is nothing. */
async function* wholeFrames(
  reader: ReadableStreamDefaultReader<Bytes>,
  frame: number,
): AsyncGenerator<Bytes, undefined> {
  let rest: Bytes = new Uint8Array()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const all = new Uint8Array(rest.length + value.length)
    all.set(rest)
    all.set(value, rest.length)
    const whole = all.length - (all.length % frame)
    rest = all.slice(whole)
    if (whole > 0) yield all.subarray(0, whole)
  }
}

/** Of what lies ready only the last `keep` bytes, a whole number of frames; then all that comes. */
async function* fromNow(pieces: AsyncGenerator<Bytes, undefined>, keep: number, signal: AbortSignal) {
  let kept: Bytes = new Uint8Array()
  let next = pieces.next()
  for (;;) {
    // Whoever leaves before it comes is not told that it never did.
    next.catch(() => undefined)
    const piece = await Promise.race([next, pause(CAUGHT_UP, signal)])
    // An end is no news here: what was kept is heard before it.
    if (!piece || piece.done) break
    const all = new Uint8Array(kept.length + piece.value.length)
    all.set(kept)
    all.set(piece.value, kept.length)
    kept = all.subarray(Math.max(0, all.length - keep))
    next = pieces.next()
  }
  if (kept.length > 0) yield kept
  for (let piece = await next; !piece.done; piece = await pieces.next()) yield piece.value
}
