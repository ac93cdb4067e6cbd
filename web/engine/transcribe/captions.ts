import type { Caption } from '#protocol/transcribe.ts'
import type { HearingEvent } from './events.ts'

/** The captions among what was heard, numbered without the gaps that sounds leave which were no speech. */
export async function* captionsOf(events: AsyncIterable<HearingEvent>): AsyncGenerator<Caption, void, undefined> {
  let count = 0
  let latest: number | undefined
  for await (const event of events) {
    if (!('caption' in event) || !event.caption) continue
    // The captions of one utterance are not mixed with those of another.
    if (event.utterance !== latest) count += 1
    latest = event.utterance
    yield { ...event.caption, utterance: count - 1 }
  }
}
