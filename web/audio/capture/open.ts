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
  /** Seconds of shared memory: for so long the page may be kept from reading before sound is lost. */
  readonly room?: number
}

/** A dialogue of the browser may keep the page from reading, for example. */
const ROOM = 30
/** Hz of most devices, and of whatever the browser has taken echo or noise out of. */
const USUAL_RATE = 48_000

/**
 * Asks for a microphone and begins to listen. Best called from a click: the browser may want one, and asks the user.
 * All that is heard since is kept for the first reader.
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
    // Before the device is opened: until the worklet is there nobody hears what is said into it.
    const prepared = await load(newContext(USUAL_RATE))
    try {
      const stream = await ask(wish)
      try {
        microphone = await listen(stream, prepared, settings, release)
      } catch (error) {
        for (const track of stream.getTracks()) track.stop()
        throw error
      }
    } catch (error) {
      await closeContext(prepared)
      throw error
    }
    if (isLost) microphone.giveUp()
    return microphone
  } catch (error) {
    release()
    throw error
  }
}

function newContext(sampleRate?: number): AudioContext {
  return new AudioContext({ latencyHint: 'interactive', ...(sampleRate && { sampleRate }) })
}

/** Loads the worklet; a context that does not take it is closed. */
async function load(context: AudioContext): Promise<AudioContext> {
  try {
    await context.audioWorklet.addModule(workletUrl)
    return context
  } catch (cause) {
    await context.close()
    throw new SeamError('unsupported', 'This browser can’t listen from the page: its audio worklet did not load.', {
      cause,
    })
  }
}

/** Also one that is closed already. */
const closeContext = (context: AudioContext) => context.close().catch(() => undefined)

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

/**
 * The device at its own rate where the browser allows it, so that sound is converted once, by who reads it.
 * @param prepared is used, or closed
 */
async function connect(stream: MediaStream, prepared: AudioContext): Promise<MediaStreamAudioSourceNode> {
  const { sampleRate = USUAL_RATE } = stream.getAudioTracks()[0]!.getSettings()
  for (const rate of [sampleRate, undefined]) {
    const context = rate === prepared.sampleRate ? prepared : newContext(rate)
    let source: MediaStreamAudioSourceNode
    try {
      source = context.createMediaStreamSource(stream)
    } catch (error) {
      // Firefox connects a device only to a context of its default rate.
      void closeContext(context)
      if (rate === undefined) throw error
      continue
    }
    if (context === prepared) return source
    await load(context)
    void closeContext(prepared)
    return source
  }
  throw new SeamError('internal', 'No audio context took the microphone.')
}

async function listen(
  stream: MediaStream,
  prepared: AudioContext,
  { shared = true, room = ROOM }: CaptureSettings,
  release: () => void,
): Promise<OpenMicrophone> {
  const source = await connect(stream, prepared)
  const context = source.context as AudioContext
  const inlet = createInlet(context.sampleRate, shared, room)
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
