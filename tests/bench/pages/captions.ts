import { readWav } from '../../support/wav.ts'
import { listener } from './listening.ts'
import { LoopedCaptions } from './looped.ts'

let looped: Promise<LoopedCaptions> | undefined

/** Captions `seconds` more of one sound that has no end. @returns how many captions there were so far */
export async function hear(recordings: readonly string[], seconds: number): Promise<number> {
  const captions = await (looped ??= begin(recordings))
  await captions.hear(seconds)
  return captions.captions
}

async function begin(recordings: readonly string[]): Promise<LoopedCaptions> {
  const sounds = recordings.map(async name => {
    const answer = await fetch(`/models/test-recordings/${name}`)
    return readWav(new Uint8Array(await answer.arrayBuffer()))
  })
  return new LoopedCaptions(await listener(), await Promise.all(sounds))
}

/** Bytes of this page and its workers, as the browser counts them once it has tidied up. */
export async function heap(): Promise<number> {
  const measured = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
  return (await measured.measureUserAgentSpecificMemory()).bytes
}
