import { expect, it } from 'vitest'
import type { DialogueEvent, DialogueStep, EventsDropped } from '#protocol/dialogue.ts'
import { EVENT_QUEUE, EventBus } from './bus.ts'

const event = (step: DialogueStep, at = 0): DialogueEvent => ({ ...step, turn: 1, revision: 1, at })
const partial = (at: number) => event({ type: 'Transcription', text: 'so', stable: 0, isFinal: false }, at)
const final = (at: number) => event({ type: 'Transcription', text: 'so', stable: 2, isFinal: true }, at)

async function all(events: AsyncIterable<DialogueEvent | EventsDropped>) {
  const found: (DialogueEvent | EventsDropped)[] = []
  for await (const item of events) found.push(item)
  return found
}

it('gives every event to every reader, from when it began to read', async () => {
  const bus = new EventBus()
  bus.publish(final(0))
  const first = bus.subscribe()
  bus.publish(final(1))
  const second = bus.subscribe()
  bus.publish(final(2))
  bus.close()
  expect(await all(first)).toEqual([final(1), final(2)])
  expect(await all(second)).toEqual([final(2)])
})

it('keeps a full queue whole; one more drops the oldest partial and says so', async () => {
  const bus = new EventBus()
  const full = bus.subscribe()
  for (let at = 0; at < EVENT_QUEUE; at++) bus.publish(at === 3 ? partial(at) : final(at))
  const over = bus.subscribe()
  for (let at = 0; at < EVENT_QUEUE; at++) bus.publish(at === 3 ? partial(at) : final(at))
  bus.close()
  expect(await all(over)).toHaveLength(EVENT_QUEUE)
  const kept = await all(full)
  expect(kept[0]).toEqual({ type: 'EventsDropped', count: EVENT_QUEUE })
  expect(kept).toHaveLength(EVENT_QUEUE + 1)
  // Both partial ones went before anything that cannot be made up for.
  expect(kept.filter(item => item.type === 'Transcription' && !item.isFinal)).toEqual([])
})

it('drops the oldest of all when nothing is partial', async () => {
  const bus = new EventBus()
  const reader = bus.subscribe()
  for (let at = 0; at <= EVENT_QUEUE; at++) bus.publish(final(at))
  bus.close()
  const kept = await all(reader)
  expect(kept.slice(0, 2)).toEqual([{ type: 'EventsDropped', count: 1 }, final(1)])
  expect(kept.at(-1)).toEqual(final(EVENT_QUEUE))
})

it('wakes a reader who waits, and forgets one who leaves', async () => {
  const bus = new EventBus()
  const reader = bus.subscribe()
  const next = reader.next()
  bus.publish(final(5))
  expect((await next).value).toEqual(final(5))
  await reader.return?.()
  bus.publish(final(6))
  expect((await reader.next()).done).toBe(true)
})
