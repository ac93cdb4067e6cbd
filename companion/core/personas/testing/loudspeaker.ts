import type { DialogueSink, Heard } from '#dialogue/types.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'

/** A loudspeaker that has played whatever it is given at once, but for the word at which somebody breaks in. */
export class QuickLoudspeaker implements DialogueSink {
  /** All that was played, by segment. */
  readonly played = new Map<string, Float32Array[]>()
  heard: Heard | undefined
  #stop: { readonly word: string; readonly reached: () => void } | undefined
  #cancel: ((error: SeamError) => void) | undefined

  /** Stands still when the last sound of `word` was heard, and calls back. */
  stopAt(word: string, reached: () => void): void {
    this.#stop = { word, reached }
  }

  write({ samples, sampleRate, segment, at, words = [] }: PcmChunk): Promise<void> {
    const end = at + samples.length / sampleRate
    const stop = this.#stop
    const word = words.find(each => each.text === stop?.word && each.end > at && each.end <= end)
    this.played.set(segment, [...(this.played.get(segment) ?? []), samples])
    this.heard = { segment, at: word?.end ?? end }
    if (!stop || !word) return Promise.resolve()
    this.#stop = undefined
    setTimeout(stop.reached)
    return new Promise((_, reject) => (this.#cancel = reject))
  }

  writeSilence = () => Promise.resolve()
  flush = () => Promise.resolve()

  interrupt(): Heard | undefined {
    this.#cancel?.(new SeamError('cancelled', 'Interrupted.'))
    this.#cancel = undefined
    return this.heard
  }

  duck(): void {}
  hold(): void {}
}
