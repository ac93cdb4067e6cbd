import type { BrowserContext, Page } from 'playwright/test'

/** What the page sent to the speakers. */
export interface Output {
  readonly samples: Float32Array
  readonly sampleRate: number
}

/**
 * Listens where the sound leaves the page: whatever is connected to an AudioContext's destination is recorded, too. The
 * product knows nothing of it.
 */
export async function recordOutput(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    // A save dialog of the system can't be driven from here; downloads can.
    Reflect.deleteProperty(globalThis, 'showSaveFilePicker')
    const recorded: Float32Array[] = []
    const taps = new WeakMap<BaseAudioContext, ScriptProcessorNode>()
    const connect = AudioNode.prototype.connect as (
      this: AudioNode,
      to: AudioNode | AudioParam,
      ...rest: number[]
    ) => AudioNode
    Object.assign(globalThis, { __recorded: recorded, __rate: 0 })
    Object.assign(AudioNode.prototype, {
      connect(this: AudioNode, to: AudioNode | AudioParam, ...rest: number[]) {
        const result = connect.call(this, to, ...rest)
        if (to instanceof AudioDestinationNode) {
          let tap = taps.get(to.context)
          if (!tap) {
            tap = to.context.createScriptProcessor(4096, 1, 1)
            tap.onaudioprocess = event => recorded.push(event.inputBuffer.getChannelData(0).slice())
            connect.call(tap, to)
            taps.set(to.context, tap)
            Object.assign(globalThis, { __rate: to.context.sampleRate })
          }
          connect.call(this, tap)
        }
        return result
      },
    })
  })
}

/** Whether anything but silence reached the speakers since the last take. */
export function isHeard(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { __recorded } = globalThis as unknown as { __recorded: Float32Array[] }
    return __recorded.some(part => part.some(sample => Math.abs(sample) > 0.01))
  })
}

/** Takes what was recorded so far, and begins anew. */
export async function takeOutput(page: Page): Promise<Output> {
  const { text, sampleRate } = await page.evaluate(() => {
    const { __recorded, __rate } = globalThis as unknown as { __recorded: Float32Array[]; __rate: number }
    const length = __recorded.reduce((sum, part) => sum + part.length, 0)
    const bytes = new Int16Array(length)
    let at = 0
    for (const part of __recorded)
      for (const sample of part) bytes[at++] = Math.max(-32768, Math.min(32767, sample * 32768))
    __recorded.length = 0
    let text = ''
    const raw = new Uint8Array(bytes.buffer)
    for (let i = 0; i < raw.length; i += 0x8000) text += String.fromCharCode(...raw.subarray(i, i + 0x8000))
    return { text: btoa(text), sampleRate: __rate }
  })
  const raw = Buffer.from(text, 'base64')
  const ints = new Int16Array(raw.buffer, raw.byteOffset, raw.byteLength / 2)
  return { samples: Float32Array.from(ints, sample => sample / 32_768), sampleRate }
}

/** Loudness, root mean square of full scale. */
export function rms({ samples }: Output): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length))
}
