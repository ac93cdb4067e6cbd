import type { BrowserContext, Page } from 'playwright/test'

interface Feed {
  say(samples: Float32Array, rate: number): Promise<void>
  echo(gain: number): void
}

/**
 * A microphone that hears what the test says, when it says it: everything behind `getUserMedia` is real. The browser's
 * own fake device plays one file from one start, so that nothing can be said in answer to what the page does.
 */
export async function giveMicrophone(context: BrowserContext): Promise<void> {
  await context.grantPermissions(['microphone'])
  await replaceMicrophone(context)
}

/** The same where the permission is there already, for one page if that is asked for: from when it is next loaded. */
export async function replaceMicrophone(to: BrowserContext | Page): Promise<void> {
  await to.addInitScript(() => {
    let made: { context: AudioContext; out: MediaStreamAudioDestinationNode } | undefined
    const open = () => {
      if (made) return made
      const context = new AudioContext()
      const out = context.createMediaStreamDestination()
      // A room is never quite silent.
      const hiss = context.createBuffer(1, context.sampleRate, context.sampleRate)
      const samples = hiss.getChannelData(0)
      for (let n = 0; n < samples.length; n++) samples[n] = (Math.random() - 0.5) * 2e-3
      const room = new AudioBufferSourceNode(context, { buffer: hiss, loop: true })
      room.connect(out)
      room.start()
      return (made = { context, out })
    }
    // What goes to the speakers of any context goes to a stream, too.
    const speakers: MediaStreamAudioDestinationNode[] = []
    const connect = AudioNode.prototype.connect as (
      this: AudioNode,
      to: AudioNode | AudioParam,
      ...rest: number[]
    ) => AudioNode
    Object.assign(AudioNode.prototype, {
      connect(this: AudioNode, to: AudioNode | AudioParam, ...rest: number[]) {
        if (to instanceof AudioDestinationNode) {
          let also = speakers.find(({ context }) => context === to.context)
          if (!also) speakers.push((also = new MediaStreamAudioDestinationNode(to.context as AudioContext)))
          connect.call(this, also)
        }
        return connect.call(this, to, ...rest)
      },
    })
    navigator.mediaDevices.getUserMedia = async () => open().out.stream.clone()
    const feed: Feed = {
      async say(samples, rate) {
        const { context, out } = open()
        const buffer = context.createBuffer(1, samples.length, rate)
        buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0)
        const source = new AudioBufferSourceNode(context, { buffer })
        source.connect(out)
        source.start()
        await new Promise(resolve => (source.onended = resolve))
      },
      echo(gain) {
        const { context, out } = open()
        const volume = new GainNode(context, { gain })
        volume.connect(out)
        for (const { stream } of speakers) context.createMediaStreamSource(stream).connect(volume)
      },
    }
    Object.assign(globalThis, { __feed: feed })
  })
}

export interface Speech {
  readonly samples: Float32Array
  readonly sampleRate: number
}

/** Says something into the microphone, and waits until it was said. */
export function sayTo(page: Page, { samples, sampleRate }: Speech): Promise<void> {
  const pcm = Int16Array.from(samples, sample => Math.max(-1, Math.min(1, sample)) * 32_767)
  const text = Buffer.from(pcm.buffer).toString('base64')
  return page.evaluate(
    async ({ text, sampleRate }) => {
      const raw = Uint8Array.from(atob(text), letter => letter.charCodeAt(0))
      const samples = Float32Array.from(new Int16Array(raw.buffer), sample => sample / 32_767)
      await (globalThis as unknown as { __feed: Feed }).__feed.say(samples, sampleRate)
    },
    { text, sampleRate },
  )
}

/** From now on the microphone hears the speakers. @param gain 1 is as loud as they are */
export const letEcho = (page: Page, gain: number) =>
  page.evaluate(gain => (globalThis as unknown as { __feed: Feed }).__feed.echo(gain), gain)
