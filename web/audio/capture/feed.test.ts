import { expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { Feed, MAX_BEHIND_SECONDS } from './feed.ts'

const second = (value: number, sampleRate = 100) => ({
  samples: new Float32Array(sampleRate).fill(value),
  sampleRate,
  channels: 1 as const,
})

async function values(feed: Feed): Promise<number[]> {
  const all: number[] = []
  for await (const { samples } of feed.read()) all.push(samples[0]!)
  return all
}

it('gives everything in order, before and while somebody reads, and ends', async () => {
  const feed = new Feed()
  feed.push(second(1))
  const read = values(feed)
  await Promise.resolve()
  feed.push(second(2))
  feed.push(second(3))
  await new Promise(resolve => setTimeout(resolve))
  feed.push(second(4))
  feed.end()
  feed.push(second(5))
  expect(await read).toEqual([1, 2, 3, 4])
})

it('gives what came before an error, then the error', async () => {
  const feed = new Feed()
  feed.push(second(1))
  feed.end(new SeamError('not-found', 'Gone.'))
  const reader = feed.read()
  expect((await reader.next()).value?.samples[0]).toBe(1)
  await expect(reader.next()).rejects.toMatchObject({ code: 'not-found' })
})

it('holds five minutes for a busy reader, and no second more', async () => {
  const [feed, more] = [new Feed(), new Feed()]
  for (let n = 0; n < MAX_BEHIND_SECONDS; n++) feed.push(second(n))
  feed.end()
  expect(await values(feed)).toHaveLength(MAX_BEHIND_SECONDS)
  for (let n = 0; n <= MAX_BEHIND_SECONDS; n++) more.push(second(n))
  const reader = more.read()
  for (let n = 0; n < MAX_BEHIND_SECONDS; n++) expect((await reader.next()).value?.samples[0]).toBe(n)
  await expect(reader.next()).rejects.toMatchObject({ code: 'quota' })
})
