import type { BrowserContext, Page } from 'playwright/test'

/** What the page sent to the speakers. */
export interface Output {
  readonly samples: Float32Array
  readonly sampleRate: number
}

/** What the script below keeps in the page. */
interface Recording {
  heard: boolean
  /** Ends what is recorded, and begins anew. @returns samples as 16-bit integers, base64 */
  take(): Promise<string>
}

const RATE = 48_000

/**
 * Records where the sound leaves the page: whatever is connected to an AudioContext's destination goes to a recorder,
 * too, which the browser runs beside the page, so that a busy page leaves no gaps. The product knows nothing of it.
 */
export async function recordOutput(context: BrowserContext): Promise<void> {
  await context.addInitScript(rate => {
    // A save dialog of the system can't be driven from here; downloads can.
    Reflect.deleteProperty(globalThis, 'showSaveFilePicker')
    interface Tap {
      readonly out: MediaStreamAudioDestinationNode
      readonly alarm: ScriptProcessorNode
      recorder: MediaRecorder
      parts: Blob[]
    }
    const taps = new Map<BaseAudioContext, Tap>()
    const connect = AudioNode.prototype.connect as (
      this: AudioNode,
      to: AudioNode | AudioParam,
      ...rest: number[]
    ) => AudioNode

    const record = (stream: MediaStream, parts: Blob[]) => {
      const recorder = new MediaRecorder(stream, { mimeType: 'audio/webm;codecs=pcm' })
      recorder.ondataavailable = ({ data }) => parts.push(data)
      recorder.start()
      return recorder
    }
    const open = (context: AudioContext): Tap => {
      const out = context.createMediaStreamDestination()
      out.channelCount = 1
      const alarm = context.createScriptProcessor(4096, 1, 1)
      alarm.onaudioprocess = ({ inputBuffer }) => {
        recording.heard ||= inputBuffer.getChannelData(0).some(sample => Math.abs(sample) > 0.01)
      }
      connect.call(alarm, context.destination)
      const parts: Blob[] = []
      return { out, alarm, parts, recorder: record(out.stream, parts) }
    }
    const samplesOf = async (tap: Tap): Promise<Float32Array> => {
      if (tap.recorder.state !== 'inactive') {
        const stopped = new Promise(resolve => tap.recorder.addEventListener('stop', resolve, { once: true }))
        tap.recorder.stop()
        await stopped
      }
      const file = new Blob(tap.parts)
      tap.parts = []
      if (tap.out.stream.active) tap.recorder = record(tap.out.stream, tap.parts)
      if (file.size === 0) return new Float32Array()
      const sound = await new OfflineAudioContext(1, 1, rate)
        .decodeAudioData(await file.arrayBuffer())
        .catch(() => undefined)
      return sound?.getChannelData(0) ?? new Float32Array()
    }

    const recording: Recording = {
      heard: false,
      async take() {
        recording.heard = false
        const all = await Promise.all([...taps.values()].map(samplesOf))
        // Contexts take turns: one that was silent meanwhile adds nothing.
        const sounding = all.filter(samples => samples.some(sample => sample !== 0))
        const ints = new Int16Array(sounding.reduce((sum, { length }) => sum + length, 0))
        let at = 0
        for (const samples of sounding) {
          for (const sample of samples) ints[at++] = Math.max(-32_768, Math.min(32_767, sample * 32_768))
        }
        const raw = new Uint8Array(ints.buffer)
        let text = ''
        for (let i = 0; i < raw.length; i += 0x8000) text += String.fromCharCode(...raw.subarray(i, i + 0x8000))
        return btoa(text)
      },
    }
    Object.assign(globalThis, { __recording: recording })
    Object.assign(AudioNode.prototype, {
      connect(this: AudioNode, to: AudioNode | AudioParam, ...rest: number[]) {
        const result = connect.call(this, to, ...rest)
        if (to instanceof AudioDestinationNode && to.context instanceof AudioContext) {
          let tap = taps.get(to.context)
          if (!tap) taps.set(to.context, (tap = open(to.context)))
          connect.call(this, tap.out)
          connect.call(this, tap.alarm)
        }
        return result
      },
    })
  }, RATE)
}

/** Whether anything but silence reached the speakers since the last take. */
export function isHeard(page: Page): Promise<boolean> {
  return page.evaluate(() => (globalThis as unknown as { __recording: Recording }).__recording.heard)
}

/** Takes what was recorded so far, and begins anew. */
export async function takeOutput(page: Page): Promise<Output> {
  const text = await page.evaluate(() => (globalThis as unknown as { __recording: Recording }).__recording.take())
  const raw = Buffer.from(text, 'base64')
  const ints = new Int16Array(raw.buffer, raw.byteOffset, raw.byteLength / 2)
  return { samples: Float32Array.from(ints, sample => sample / 32_768), sampleRate: RATE }
}

/** Loudness, root mean square of full scale. */
export function rms({ samples }: Output): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length))
}
