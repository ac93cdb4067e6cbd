import tapUrl from './tap.worklet.ts?worker&url'

/** Records what a node gives out. */
export interface Tap {
  /** Hz. */
  readonly sampleRate: number
  /** Samples recorded so far, one channel. */
  readonly length: number
  /** Everything recorded so far, one channel. */
  recorded(): Float32Array
  stop(): void
}

/**
 * Hands on what `node` gives out, one channel at its context's rate, as it does. Nothing that sounds changes by it.
 * @returns an end to it
 */
export async function listenIn(node: AudioNode, take: (samples: Float32Array) => void): Promise<() => void> {
  const context = node.context as AudioContext
  await context.audioWorklet.addModule(tapUrl)
  const listener = new AudioWorkletNode(context, 'voxloom-tap', { numberOfOutputs: 0, channelCount: 1 })
  listener.port.onmessage = ({ data }: MessageEvent<Float32Array>) => take(data)
  node.connect(listener)
  return () => {
    node.disconnect(listener)
    listener.port.close()
  }
}

/** Begins to record what `node` gives out. */
export async function tap(node: AudioNode): Promise<Tap> {
  const parts: Float32Array[] = []
  let length = 0
  const stop = await listenIn(node, samples => {
    parts.push(samples)
    length += samples.length
  })
  return {
    sampleRate: node.context.sampleRate,
    get length() {
      return length
    },
    recorded() {
      const all = new Float32Array(length)
      let at = 0
      for (const part of parts) {
        all.set(part, at)
        at += part.length
      }
      return all
    },
    stop,
  }
}
