import { describe, expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { TranscriberInfo } from '#protocol/transcribe.ts'
import { linked } from '../../rpc/linked.ts'
import { connect, serve } from '../../rpc/peer.ts'
import type { TranscriberCalls } from './calls.ts'
import type { HearingEvent } from './events.ts'
import { transcriberHandlers } from './handlers.ts'
import { createStandIn } from './stand-in.page.ts'
import { chunks, openScripted, script, SENTENCES, speech } from './testing/scripted.ts'
import type { ListeningWorker } from './worker-handle.page.ts'
import { createWorkerTranscriber } from './worker-transcriber.page.ts'

/** A transcriber over a linked port. @param before may fail a reading */
function transcriber(name: string, before: (reading: number) => void = () => {}) {
  const info: TranscriberInfo = { id: name, name, version: '1', languages: ['en-us'], wordTimes: true }
  const seen = { readings: 0, started: 0 }
  const client = createWorkerTranscriber<null>({
    info,
    report: () => undefined,
    async start() {
      seen.started++
      const [near, far] = linked()
      const { transcriber } = openScripted(script, {
        before: () => before(seen.readings++),
      })
      serve<TranscriberCalls<null>>(
        far,
        transcriberHandlers<null>({ open: async () => ({ transcriber, detector: 'silero' }), heap: () => 0 }),
      )
      const peer = connect<TranscriberCalls<null>>(near)
      await peer.call('load', null)
      return {
        assignment: null,
        peer: { ...peer, terminate: () => peer.close() },
        retired: false,
        users: 0,
      } satisfies ListeningWorker<null>
    },
  })
  return { client, seen }
}

function both(before?: (reading: number) => void, missed?: () => SeamError) {
  const plugin = transcriber('plugin', before)
  const own = transcriber('own')
  const listeners = new Set<() => void>()
  let up = true
  const whole = createStandIn({
    local: own.client,
    first: () => (up ? plugin.client : undefined),
    ...(missed && { missed }),
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  return {
    plugin,
    own,
    whole,
    become(next: boolean) {
      up = next
      listeners.forEach(listener => listener())
    },
  }
}

const finals = (events: readonly HearingEvent[]) =>
  events.flatMap(event => (event.kind === 'final' && event.caption ? [event.caption.text] : []))

describe('a transcriber with another that stands in', () => {
  it('listens itself while it is there', async () => {
    const { whole, own, plugin } = both()
    expect(finals(await Array.fromAsync(whole.listen(chunks(speech, 0.25))))).toEqual(SENTENCES)
    expect([plugin.seen.started, own.seen.started]).toEqual([1, 0])
    expect(whole.info.id).toBe('plugin')
  })

  it('loses no word when it fails in the middle, and none is told twice', async () => {
    const scene = both(reading => {
      if (reading !== 1) return
      scene.become(false)
      throw new SeamError('engine', 'The plugin ended.')
    })
    const events = await Array.fromAsync(scene.whole.listen(chunks(speech, 0.25)))
    expect(finals(events)).toEqual(SENTENCES)
    expect(scene.own.seen.readings).toBeGreaterThan(0)
    expect(scene.whole.info.id).toBe('own')
  })

  it('is listened with again when it is back, between two sentences', async () => {
    const scene = both()
    scene.become(false)
    const told: string[] = []
    for await (const event of scene.whole.listen(chunks(speech, 0.25))) {
      if (event.kind !== 'final' || !event.caption) continue
      told.push(event.caption.text)
      scene.become(true)
    }
    expect(told).toEqual(SENTENCES)
    expect(scene.own.seen.readings).toBeGreaterThan(0)
    expect(scene.plugin.seen.readings).toBeGreaterThan(0)
  })

  it('says that it is missed when another listens in its place, also where nothing was under way', async () => {
    const missed = vi.fn(() => new SeamError('engine', 'The plugin is away.'))
    const scene = both(undefined, missed)
    await Array.fromAsync(scene.whole.listen(chunks(speech, 0.25)))
    expect(missed).not.toHaveBeenCalled()
    scene.become(false)
    expect(finals(await Array.fromAsync(scene.whole.listen(chunks(speech, 0.25))))).toEqual(SENTENCES)
    expect(missed).toHaveBeenCalledOnce()
  })

  it('is what is told to fail where neither can listen', async () => {
    const broken = (message: string) =>
      createWorkerTranscriber<null>({
        info: transcriber('x').client.info,
        report: () => undefined,
        start: () => Promise.reject(new SeamError('not-found', message)),
      })
    const first = broken('The plugin is not there.')
    const whole = createStandIn({
      local: broken('No weights.'),
      first: () => first,
      watch: () => () => {},
    })
    await expect(Array.fromAsync(whole.listen(chunks(speech, 0.25)))).rejects.toThrow('The plugin is not there.')
    const away = createStandIn({
      local: broken('No weights.'),
      first: () => undefined,
      missed: () => new SeamError('engine', 'The plugin is away.'),
      watch: () => () => {},
    })
    await expect(Array.fromAsync(away.listen(chunks(speech, 0.25)))).rejects.toThrow('The plugin is away.')
  })
})
