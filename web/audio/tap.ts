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

/** Begins to record what `node` gives out. Nothing that sounds changes by it. */
export async function tap(node: AudioNode): Promise<Tap> {
  const context = node.context as AudioContext
  await context.audioWorklet.addModule(tapUrl)
  const recorder = new AudioWorkletNode(context, 'voxloom-tap', { numberOfOutputs: 0, channelCount: 1 })
  const parts: Float32Array[] = []
  let length = 0
  recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    parts.push(data)
    length += data.length
  }
  node.connect(recorder)
  return {
    sampleRate: context.sampleRate,
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
    stop() {
      node.disconnect(recorder)
      recorder.port.close()
    },
  }
}
