import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Peer } from '#protocol/peer.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment } from '#protocol/speech.ts'
import { connect } from '../rpc/peer.ts'
import type { SocketPort } from '../rpc/socket-port.ts'

/** What a chunk says of itself before its samples come. */
type Head = Omit<PcmChunk, 'samples'> & {
  /** Bytes of samples that follow, f32le. */
  readonly bytes: number
}

interface SpeechCalls {
  'speech.speak': { input: Segment; item: Head | Uint8Array<ArrayBuffer> }
}

/** The voice that the companion speaks with. */
export interface CompanionSpeech {
  /** The chunks of one sentence, as they are made. @throws SeamError offline when the companion goes away, not-found (weights), engine, bad-input */
  speak(segment: Segment, run?: Run): AsyncIterable<PcmChunk>
  /** Seconds of work a second of sound, as seen from here; undefined before the first sentence that had it to itself. */
  readonly realTimeFactor: number | undefined
  close(): void
}

export interface CompanionSpeechOptions {
  /** Opens the socket; a new one when the last has closed. */
  readonly open: () => SocketPort | Promise<SocketPort>
}

interface Opened {
  readonly port: SocketPort
  readonly peer: Peer<SpeechCalls>
}

export function createCompanionSpeech({ open }: CompanionSpeechOptions): CompanionSpeech {
  let line: Promise<Opened> | undefined
  let speaking = 0
  let realTimeFactor: number | undefined

  /** The socket that is open, or being opened, else a new one. */
  function link(): Promise<Opened> {
    return (line ??= begin())
  }

  function begin(): Promise<Opened> {
    const begun = opened()
    const forget = () => void (line === begun && (line = undefined))
    begun.then(({ port }) => port.addEventListener('close', forget), forget)
    return begun
  }

  async function opened(): Promise<Opened> {
    const port = await open()
    return { port, peer: connect<SpeechCalls>(port) }
  }

  async function* speak(segment: Segment, run: Run = {}): AsyncGenerator<PcmChunk> {
    const { port: mine, peer: far } = await link().catch((cause: unknown) => {
      throw new SeamError('offline', 'The companion can’t be reached by its socket.', { cause })
    })
    const started = performance.now()
    let alone = ++speaking === 1
    let seconds = 0
    try {
      for await (const chunk of chunksOf(far.stream('speech.speak', segment, run))) {
        seconds += chunk.samples.length / chunk.sampleRate
        alone &&= speaking === 1
        yield chunk
      }
      if (alone && seconds > 0) realTimeFactor = (performance.now() - started) / 1000 / seconds
    } catch (error) {
      // What the port says of a worker that died is said here of a companion that went away.
      if (mine.open || toSeamError(error).code === 'cancelled') throw error
      throw new SeamError('offline', 'The companion went away in the middle of a sentence.', { cause: error })
    } finally {
      speaking--
    }
  }

  return {
    speak,
    get realTimeFactor() {
      return realTimeFactor
    },
    close() {
      line?.then(
        ({ peer }) => peer.close(),
        () => undefined,
      )
      line = undefined
    },
  }
}

/** Puts heads and samples together again: samples come in as many pieces as the far side likes. */
async function* chunksOf(items: AsyncIterable<Head | Uint8Array<ArrayBuffer>>): AsyncGenerator<PcmChunk> {
  let head: Head | undefined
  let bytes = new Uint8Array(0)
  let filled = 0
  for await (const item of items) {
    if (item instanceof Uint8Array) {
      bytes.set(item.subarray(0, bytes.length - filled), filled)
      filled += item.length
    } else {
      head = item
      bytes = new Uint8Array(item.bytes)
      filled = 0
    }
    if (!head || filled < head.bytes) continue
    const { bytes: _, ...rest } = head
    head = undefined
    yield { ...rest, samples: new Float32Array(bytes.buffer) }
  }
}
