import { SeamError } from '#protocol/errors.ts'
import { microphonePermission } from './devices.ts'
import { createInlet } from './inlet.ts'
import { holdMicrophone } from './lock.ts'
import { OpenMicrophone } from './microphone.ts'
import workletUrl from './microphone.worklet.ts?worker&url'
import { insecure, refusal } from './refusal.ts'
import type { Microphone, MicrophoneWish } from './types.ts'

export interface CaptureSettings {
  /** false uses messages even where memory can be shared. */
  readonly shared?: boolean
}

/**
 * Asks for a microphone and begins to listen. Best called from a click: the browser may want one, and asks the user.
 * @throws SeamError refused (permission), not-found (none there), conflict (used by a program, or by another tab),
 * unsupported (an insecure page among others). Each has a `reason` in its details.
 */
export async function openMicrophone(wish: MicrophoneWish = {}, settings: CaptureSettings = {}): Promise<Microphone> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices) throw insecure(location.hostname)
  let microphone: OpenMicrophone | undefined
  let isLost = false
  const release = await holdMicrophone(wish.takeOver === true, () => {
    isLost = true
    microphone?.giveUp()
  })
  try {
    const stream = await ask(wish)
    try {
      microphone = await listen(stream, settings, release)
    } catch (error) {
      for (const track of stream.getTracks()) track.stop()
      throw error
    }
    if (isLost) microphone.giveUp()
    return microphone
  } catch (error) {
    release()
    throw error
  }
}

async function ask(wish: MicrophoneWish): Promise<MediaStream> {
  const { device, echoCancellation = true, noiseSuppression = true, autoGain = true } = wish
  const audio: MediaTrackConstraints = {
    echoCancellation,
    noiseSuppression,
    autoGainControl: autoGain,
    channelCount: 1,
    ...(device && { deviceId: { exact: device } }),
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio })
  } catch (cause) {
    throw refusal(cause, await microphonePermission(), navigator.userAgent)
  }
}

/** A context at the device's own rate where the browser allows it, so that sound is converted once, by who reads it. */
function contextOf(stream: MediaStream): { context: AudioContext; source: MediaStreamAudioSourceNode } {
  const { sampleRate } = stream.getAudioTracks()[0]!.getSettings()
  const rates = sampleRate ? [sampleRate, undefined] : [undefined]
  for (const rate of rates) {
    const context = new AudioContext({ latencyHint: 'interactive', ...(rate && { sampleRate: rate }) })
    try {
      return { context, source: context.createMediaStreamSource(stream) }
    } catch (error) {
      // Firefox connects a device only to a context of its default rate.
      void context.close()
      if (rate === undefined) throw error
    }
  }
  throw new SeamError('internal', 'No audio context took the microphone.')
}

async function listen(stream: MediaStream, { shared = true }: CaptureSettings, release: () => void) {
  const { context, source } = contextOf(stream)
  try {
    await context.audioWorklet.addModule(workletUrl)
  } catch (cause) {
    await context.close()
    throw new SeamError('unsupported', 'This browser can’t listen from the page: its audio worklet did not load.', {
      cause,
    })
  }
  const inlet = createInlet(context.sampleRate, shared)
  const node = new AudioWorkletNode(context, 'voxloom-microphone', {
    channelCount: 1,
    channelCountMode: 'explicit',
    processorOptions: inlet.options,
  })
  // Its output is silent; some browsers run only what leads to the speakers.
  source.connect(node).connect(context.destination)
  const microphone = new OpenMicrophone(stream.getAudioTracks()[0]!, context, node, inlet, release)
  try {
    await microphone.start()
  } catch (error) {
    await microphone.close()
    throw error
  }
  return microphone
}
