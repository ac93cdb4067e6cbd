import { listMicrophones, microphonePermission, watchPermission } from '../../../web/audio/capture/devices.ts'
import { openMicrophone } from '../../../web/audio/capture/open.ts'
import type { Microphone, MicrophoneWish } from '../../../web/audio/capture/types.ts'

/** A microphone as it is, with nothing taken out of its sound. */
const plain: MicrophoneWish = { echoCancellation: false, noiseSuppression: false, autoGain: false }

export interface Recorded {
  readonly sampleRate: number
  readonly label: string
  /** 32-bit floats, base64. */
  readonly samples: string
  /** Times that the page was kept from reading. */
  readonly blocks: number
  readonly trouble: string | undefined
}

/** Records while the main thread is blocked for `block` ms in each second. */
export async function record(seconds: number, block: number, shared: boolean): Promise<Recorded> {
  const microphone = await openMicrophone(plain, { shared })
  const parts: Float32Array[] = []
  let frames = 0
  let blocks = 0
  const blocking = setInterval(() => {
    blocks += 1
    const until = performance.now() + block
    while (performance.now() < until);
  }, 1000)
  for await (const { samples, sampleRate } of microphone.sound()) {
    parts.push(samples)
    frames += samples.length
    if (frames >= seconds * sampleRate) break
  }
  clearInterval(blocking)
  const { label, sampleRate, trouble } = microphone
  await microphone.close()
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return { sampleRate, label, samples: btoa(text), blocks, trouble }
}

let held: Microphone | undefined
let reading: Promise<number> | undefined

/** Opens the microphone and keeps it open. @returns what went wrong, or nothing */
export async function hold(wish: MicrophoneWish = {}): Promise<{ code: string; details: object } | undefined> {
  try {
    held = await openMicrophone({ ...plain, ...wish })
    reading = count(held)
    return undefined
  } catch (error) {
    const { code, details } = error as { code: string; details: object }
    return { code, details }
  }
}

async function count(microphone: Microphone): Promise<number> {
  let chunks = 0
  for await (const _chunk of microphone.sound()) chunks += 1
  return chunks
}

export const troubleNow = () => held?.trouble ?? null

/** Waits for the end of the sound. @returns how many chunks came */
export const ended = () => reading

export async function release(): Promise<void> {
  await held?.close()
  held = undefined
}

export const microphones = listMicrophones
export const permission = microphonePermission

const changes: string[] = []
let unwatch: (() => void) | undefined

/** @returns what the permission changed to since this was last called; the first call begins to watch */
export function permissionChanges(): string[] {
  unwatch ??= watchPermission(state => changes.push(state))
  return changes.splice(0)
}
