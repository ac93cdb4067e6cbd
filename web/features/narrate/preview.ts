import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import type { Studio } from '../studio.ts'
import { segmentKey } from './script-hash.ts'

export interface Preview {
  /**
   * Speaks `sample` beside whatever the player holds, and keeps the sound, so that a second listen is instant.
   * Resolves when it was heard. @throws SeamError, `cancelled` when stopped
   */
  play(sample: Pick<Segment, 'text' | 'voice' | 'speed' | 'lang' | 'lexicon'>, begun: () => void): Promise<void>
  stop(): void
}

async function* only(segment: Segment) {
  yield segment
}

export function createPreview({ speech, pcm }: Pick<Studio, 'speech' | 'pcm'>): Preview {
  let context: AudioContext | undefined
  let abort: AbortController | undefined

  async function soundOf(segment: Segment, signal: AbortSignal) {
    const key = await segmentKey(segment, speech.infoOf(segment.voice))
    const kept = await pcm.get(key)
    if (kept) return kept
    const chunks: PcmChunk[] = []
    for await (const chunk of speech.speak(only(segment), { signal })) chunks.push(chunk)
    const sampleRate = chunks[0]?.sampleRate ?? speech.info.sampleRate
    const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.samples.length, 0))
    let at = 0
    for (const chunk of chunks) {
      samples.set(chunk.samples, at)
      at += chunk.samples.length
    }
    // A preview that can't be kept for want of room can still be heard; so can another voice than the one that was meant.
    if (!chunks.some(({ standIn }) => standIn)) await pcm.put(key, chunks).catch(() => undefined)
    return { samples, sampleRate }
  }

  return {
    async play(sample, begun) {
      abort?.abort()
      const mine = (abort = new AbortController())
      context ??= new AudioContext()
      // Asked for while the click still counts as a gesture.
      const awake = context.resume()
      const segment: Segment = { id: 'preview', pauseAfter: 0, ...sample }
      const { samples, sampleRate } = await soundOf(segment, mine.signal)
      await awake
      if (mine.signal.aborted) throw new SeamError('cancelled', 'The preview was stopped.')
      if (samples.length === 0) throw new SeamError('bad-input', 'There is nothing in this text that can be spoken.')
      const buffer = context.createBuffer(1, samples.length, sampleRate)
      buffer.copyToChannel(samples, 0)
      const source = new AudioBufferSourceNode(context, { buffer })
      source.connect(context.destination)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      source.onended = () => resolve()
      mine.signal.addEventListener('abort', () => {
        source.stop()
        reject(new SeamError('cancelled', 'The preview was stopped.'))
      })
      begun()
      source.start()
      await promise
    },
    stop: () => abort?.abort(),
  }
}
