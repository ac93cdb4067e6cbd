import { afterEach, expect, it, vi } from 'vitest'
import type { FixtureCalls } from './fixture.ts'
import { connect, connectWorker, serve, type WorkerPeer } from './peer.ts'

let peer: WorkerPeer<FixtureCalls> | undefined

function start(): WorkerPeer<FixtureCalls> {
  return (peer = connectWorker(new Worker(new URL('./fixture.worker.ts', import.meta.url), { type: 'module' })))
}

afterEach(() => peer?.close())

it('calls a real worker, and ends a stream there when the reader leaves', async () => {
  const peer = start()
  const samples = new Float32Array([1, 2, 3])
  expect(await peer.call('echo', samples, { transfer: [samples.buffer] })).toEqual(new Float32Array([1, 2, 3]))
  expect(samples.length).toBe(0)
  for (let reading = 0; reading < 5; reading++) {
    let expected = 0
    for await (const { n, open } of peer.stream('ticks', null, { window: 2 })) {
      expect(n).toBe(expected++)
      expect(open).toBe(1) // the earlier reading's generator has ended
      if (n === 50) break
    }
  }
})

it('fails what is open when the worker throws outside of a call', async () => {
  const peer = start()
  const busy = peer.call('busy', null)
  await expect(peer.call('crash', null)).rejects.toMatchObject({
    code: 'engine',
    retryable: true,
    message: expect.stringContaining('out of memory'),
  })
  await expect(busy).rejects.toMatchObject({ code: 'engine' })
})

it('fails what is open when the worker is terminated, and when its script can not be loaded', async () => {
  const peer = start()
  const busy = peer.call('busy', null)
  peer.terminate()
  await expect(busy).rejects.toMatchObject({ code: 'engine', retryable: true })

  const missing = connectWorker<FixtureCalls>(new Worker('/no-such-script.js', { type: 'module' }))
  await expect(missing.call('busy', null)).rejects.toMatchObject({ code: 'engine' })
})

it('fails what is open when the worker vanishes without a word', async () => {
  const peer = start()
  // A worker that is gone before it has begun is seen by its `error` event.
  await vi.waitFor(async () => expect((await navigator.locks.query()).held).not.toEqual([]))
  const busy = peer.call('busy', null)
  void peer.call('vanish', null).catch(() => undefined)
  await expect(busy).rejects.toMatchObject({ code: 'engine', retryable: true })
  await expect(peer.call('echo', new Float32Array(1))).rejects.toMatchObject({ code: 'engine' })
})

it('talks over a MessageChannel too, until the service closes', async () => {
  const { port1, port2 } = new MessageChannel()
  const peer = connect<Pick<FixtureCalls, 'busy' | 'echo'>>(port1)
  const service = serve<Pick<FixtureCalls, 'busy' | 'echo'>>(port2, { echo: x => x, busy: () => new Promise(() => {}) })
  expect(await peer.call('echo', new Float32Array([4]))).toEqual(new Float32Array([4]))
  const call = peer.call('busy', null)
  service.close()
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  peer.close()
})
