import { SeamError } from '#protocol/errors.ts'
import { pause } from './pause.ts'

/** Seconds of sound that are fetched ahead of the listener; the rest waits at the companion. */
const AHEAD = 60
/** Seconds that were heard and are kept for going back. */
const BEHIND = 30
/** Milliseconds between two looks at how far the listener is. */
const LOOK_EVERY = 500

/** Whether this browser plays sound of `type` while it still comes. */
export const canFeed = (type: string): boolean =>
  typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported(type)

const once = (target: EventTarget, event: string) =>
  new Promise<void>(resolve => target.addEventListener(event, () => resolve(), { once: true }))

async function append(buffer: SourceBuffer, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const done = once(buffer, 'updateend')
  buffer.appendBuffer(bytes)
  await done
}

/** Makes room: what was heard a while ago goes. */
async function forget(buffer: SourceBuffer, until: number): Promise<void> {
  if (buffer.buffered.length === 0 || until <= buffer.buffered.start(0)) return
  const done = once(buffer, 'updateend')
  buffer.remove(0, until)
  await done
}

/**
 * Lets `audio` play what `body` brings, while it comes (Media Source Extensions).
 * @returns when all of it is in the player @throws SeamError cancelled
 */
export async function feed(
  audio: HTMLAudioElement,
  type: string,
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): Promise<void> {
  const source = new MediaSource()
  const address = URL.createObjectURL(source)
  audio.src = address
  await once(source, 'sourceopen')
  URL.revokeObjectURL(address)
  const buffer = source.addSourceBuffer(type)
  const reader = body.getReader()
  const goOn = () => {
    if (signal.aborted || source.readyState !== 'open') throw new SeamError('cancelled', 'Nobody listens any more.')
  }
  const ahead = () =>
    buffer.buffered.length === 0 ? 0 : buffer.buffered.end(buffer.buffered.length - 1) - audio.currentTime
  try {
    for (;;) {
      const { done, value } = await reader.read()
      goOn()
      if (done) break
      while (ahead() > AHEAD) {
        await pause(LOOK_EVERY, signal)
        goOn()
      }
      await forget(buffer, audio.currentTime - BEHIND)
      goOn()
      await append(buffer, value)
      goOn()
    }
    source.endOfStream()
  } catch (error) {
    // What came can still be heard to its end.
    if (source.readyState === 'open' && !buffer.updating) source.endOfStream()
    throw error
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
