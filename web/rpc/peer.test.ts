import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Handlers } from '#protocol/peer.ts'
import type { Progress } from '#protocol/run.ts'
import { linked } from './linked.ts'
import { connect, connectWorker, serve, transferring } from './peer.ts'
import type { Port } from './port.ts'

interface Calls {
  add: { input: { a: number; b: number }; output: number }
  slow: { input: null; output: string }
  fails: { input: 'seam' | 'plain' | 'function'; output: unknown }
  bytes: { input: ArrayBuffer; output: { bytes: ArrayBuffer } }
  count: { input: { to: number }; item: number }
  speak: { input: null; item: PcmChunk }
  endless: { input: null; item: number }
}

interface Trace {
  produced: number
  returned: number
  aborted: number
}

function setUp() {
  const [near, far] = linked()
  const trace: Trace = { produced: 0, returned: 0, aborted: 0 }
  let kept: { bytes: ArrayBuffer } | undefined
  const handlers: Handlers<Calls> = {
    add: ({ a, b }) => a + b,
    slow: (_input, run) =>
      new Promise((_resolve, reject) => {
        run.onProgress({ done: 1, total: 2, what: 'models.downloading' })
        run.signal.addEventListener('abort', () => {
          trace.aborted += 1
          reject(run.signal.reason)
        })
      }),
    fails: kind => {
      if (kind === 'seam') throw new SeamError('quota', 'No room is left.', { details: { need: 5 } })
      if (kind === 'plain') throw new TypeError('not a number')
      return () => 'functions do not travel'
    },
    bytes: bytes => (kept = transferring({ bytes }, [bytes])),
    async *count({ to }, run) {
      for (let n = 0; n < to; n++) {
        trace.produced += 1
        run.onProgress({ done: n, total: to })
        yield n
      }
    },
    async *speak() {
      const samples = new Float32Array([0.1, 0.2])
      yield { samples, sampleRate: 24_000, channels: 1, segment: 'one', at: 0, last: false }
      const part = new Float32Array([1, 2, 3]).subarray(1)
      yield { samples: part, sampleRate: 24_000, channels: 1, segment: 'one', at: 0, last: true }
      trace.produced = samples.length * 10 + part.length
    },
    async *endless() {
      try {
        for (let n = 0; ; n++) {
          trace.produced += 1
          yield n
        }
      } finally {
        trace.returned += 1
      }
    },
  }
  const service = serve<Calls>(far, handlers)
  return { peer: connect<Calls>(near), service, trace, near, far, kept: () => kept }
}

const turns = async (count = 20) => {
  for (let n = 0; n < count; n++) await new Promise(resolve => setTimeout(resolve, 0))
}

describe('calls', () => {
  it('answers each call with its own result', async () => {
    const { peer } = setUp()
    const sums = await Promise.all(Array.from({ length: 50 }, (_, n) => peer.call('add', { a: n, b: 1 })))
    expect(sums).toEqual(Array.from({ length: 50 }, (_, n) => n + 1))
  })

  it('carries a SeamError whole, and names a defect `internal`', async () => {
    const { peer } = setUp()
    await expect(peer.call('fails', 'seam')).rejects.toMatchObject({
      name: 'SeamError',
      code: 'quota',
      message: 'No room is left.',
      details: { need: 5 },
    })
    await expect(peer.call('fails', 'plain')).rejects.toMatchObject({ code: 'internal', message: 'not a number' })
  })

  it('fails, and hangs nothing, when an answer or an input can not be cloned', async () => {
    const { peer } = setUp()
    await expect(peer.call('fails', 'function')).rejects.toMatchObject({ code: 'internal' })
    const input = { a: 1, b: (() => 2) as unknown as number }
    await expect(peer.call('add', input)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(peer.call('add', { a: 1, b: 2 })).resolves.toBe(3)
  })

  it('moves marked buffers both ways', async () => {
    const { peer, kept } = setUp()
    const sent = new Uint8Array([1, 2, 3]).buffer
    const { bytes } = await peer.call('bytes', sent, { transfer: [sent] })
    expect(sent.byteLength).toBe(0)
    expect(kept()?.bytes.byteLength).toBe(0)
    expect(new Uint8Array(bytes)).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('forwards progress, and aborts by signal at both ends', async () => {
    const { peer, trace } = setUp()
    const abort = new AbortController()
    const seen: Progress[] = []
    const call = peer.call('slow', null, { signal: abort.signal, onProgress: progress => seen.push(progress) })
    await turns()
    expect(seen).toEqual([{ done: 1, total: 2, what: 'models.downloading' }])
    abort.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    await turns()
    expect(trace.aborted).toBe(1)
  })

  it('sends nothing when the signal was aborted before', async () => {
    const { peer, trace } = setUp()
    await expect(peer.call('slow', null, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' })
    const stream = peer.stream('endless', null, { signal: AbortSignal.abort() })
    await expect(Array.fromAsync(stream)).rejects.toMatchObject({ code: 'cancelled' })
    await turns()
    expect(trace).toEqual({ produced: 0, returned: 0, aborted: 0 })
  })

  it('refuses unknown names, inherited ones too, and a stream called as a call', async () => {
    const { near } = setUp()
    const wrong = connect<{
      nothing: { input: null; output: null }
      toString: { input: null; output: string }
      count: { input: { to: number }; output: number }
      add: { input: { a: number; b: number }; item: number }
    }>(near)
    await expect(wrong.call('nothing', null)).rejects.toMatchObject({ code: 'not-found' })
    await expect(wrong.call('toString', null)).rejects.toMatchObject({ code: 'not-found' })
    await expect(wrong.call('count', { to: 1 })).rejects.toMatchObject({ code: 'bad-input' })
    await expect(Array.fromAsync(wrong.stream('add', { a: 1, b: 2 }))).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('ignores what is not its own', async () => {
    const { peer, near, far } = setUp()
    for (const junk of [null, 7, 'call', {}, { rpc: 'call' }, { rpc: 'gone', id: 1 }, { rpc: 'done', id: 999 }, []]) {
      near.postMessage(junk, [])
      far.postMessage(junk, [])
    }
    near.postMessage({ rpc: 'more', id: 77 }, [])
    near.postMessage({ rpc: 'abort', id: 77 }, [])
    await expect(peer.call('add', { a: 2, b: 2 })).resolves.toBe(4)
  })
})

describe('streams', () => {
  it('keeps the order and ends', async () => {
    const { peer } = setUp()
    expect(await Array.fromAsync(peer.stream('count', { to: 100 }))).toEqual(Array.from({ length: 100 }, (_, n) => n))
    expect(await Array.fromAsync(peer.stream('count', { to: 0 }))).toEqual([])
  })

  it.each([1, 4, 7])('never has the producer more than a window of %i ahead', async window => {
    const { peer, trace } = setUp()
    const reader = peer.stream('endless', null, { window })[Symbol.asyncIterator]()
    for (let taken = 1; taken <= 20; taken++) {
      await reader.next()
      await turns(3)
      expect(trace.produced - taken).toBe(window)
    }
    await reader.return?.()
  })

  it('refuses a window below 1', async () => {
    const { peer } = setUp()
    await expect(Array.fromAsync(peer.stream('count', { to: 3 }, { window: 0 }))).rejects.toMatchObject({
      code: 'bad-input',
    })
    expect(await Array.fromAsync(peer.stream('count', { to: 3 }, { window: 1 }))).toEqual([0, 1, 2])
  })

  it('ends the producer when the reader leaves early', async () => {
    const { peer, trace } = setUp()
    for await (const n of peer.stream('endless', null)) if (n === 5) break
    await turns()
    expect(trace.returned).toBe(1)
    const { produced } = trace
    await turns()
    expect(trace.produced).toBe(produced)
  })

  it('aborts in mid-stream: the reader fails, the producer ends', async () => {
    const { peer, trace } = setUp()
    const abort = new AbortController()
    const read: number[] = []
    const reading = (async () => {
      for await (const n of peer.stream('endless', null, { signal: abort.signal })) {
        read.push(n)
        if (n === 3) abort.abort()
      }
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(read).toEqual([0, 1, 2, 3])
    await turns()
    expect(trace.returned).toBe(1)
  })

  it('moves the samples of a chunk, and copies a part of a larger buffer', async () => {
    const { peer, trace } = setUp()
    const chunks = await Array.fromAsync(peer.stream('speak', null))
    expect(chunks.map(chunk => [...chunk.samples])).toEqual([
      [Math.fround(0.1), Math.fround(0.2)],
      [2, 3],
    ])
    await turns()
    expect(trace.produced).toBe(2) // the whole buffer went away, the part stayed
  })

  it('reads again from the start each time it is iterated', async () => {
    const { peer } = setUp()
    const stream = peer.stream('count', { to: 3 })
    expect(await Array.fromAsync(stream)).toEqual([0, 1, 2])
    expect(await Array.fromAsync(stream)).toEqual([0, 1, 2])
  })
})

describe('the end', () => {
  it('fails whatever is open with `cancelled` at close, and stops the far side', async () => {
    const { peer, trace } = setUp()
    const call = peer.call('slow', null)
    const reader = peer.stream('endless', null)[Symbol.asyncIterator]()
    await reader.next()
    peer.close()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    // What has come is still read before the failure is.
    const rest = (async () => {
      for (;;) if ((await reader.next()).done) return
    })()
    await expect(rest).rejects.toMatchObject({ code: 'cancelled' })
    await expect(peer.call('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'cancelled' })
    await turns()
    expect(trace).toMatchObject({ aborted: 1, returned: 1 })
  })

  it('fails calls when the service closes or the port dies, and says that they may be tried again', async () => {
    const one = setUp()
    const open = one.peer.call('slow', null)
    await turns()
    one.service.close()
    await expect(open).rejects.toMatchObject({ code: 'cancelled' })
    await expect(one.peer.call('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'engine', retryable: true })

    const two = setUp()
    const lost = two.peer.call('slow', null)
    two.far.close?.()
    await expect(lost).rejects.toMatchObject({ code: 'engine', retryable: true })
  })

  it('fails calls when its worker is terminated', async () => {
    const { near } = setUp()
    let ended = 0
    const worker = Object.assign(near, { terminate: () => void (ended += 1) }) as Port & { terminate(): void }
    const peer = connectWorker<Calls>(worker)
    const call = peer.call('slow', null)
    peer.terminate()
    await expect(call).rejects.toMatchObject({ code: 'engine', retryable: true })
    expect(ended).toBe(1)
  })

  it('serves both ways over one port', async () => {
    const { near, far, peer } = setUp()
    serve<{ twice: { input: number; output: number } }>(near, { twice: n => n * 2 })
    const back = connect<{ twice: { input: number; output: number } }>(far)
    const [sum, double] = await Promise.all([peer.call('add', { a: 1, b: 2 }), back.call('twice', 21)])
    expect([sum, double]).toEqual([3, 42])
  })
})

describe('under stress', () => {
  /** Mulberry32. */
  const seeded = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  it.each([1, 2, 3])('mixes calls, streams, leaving and aborting without a mix-up (seed %i)', async seed => {
    const { peer, trace } = setUp()
    const random = seeded(seed)
    let endless = 0
    const job = async (n: number): Promise<void> => {
      const kind = Math.floor(random() * 4)
      const limit = Math.floor(random() * 12)
      const window = 1 + Math.floor(random() * 6)
      await new Promise(resolve => setTimeout(resolve, random() * 5))
      if (kind === 0) expect(await peer.call('add', { a: n, b: limit })).toBe(n + limit)
      if (kind === 1) {
        const all = await Array.fromAsync(peer.stream('count', { to: limit }, { window }))
        expect(all).toEqual(Array.from({ length: limit }, (_, k) => k))
      }
      if (kind === 2) {
        endless += 1
        let next = 0
        for await (const k of peer.stream('endless', null, { window })) {
          expect(k).toBe(next++)
          if (k >= limit) break
        }
      }
      if (kind === 3) {
        const abort = new AbortController()
        setTimeout(() => abort.abort(), random() * 4)
        await expect(peer.call('slow', null, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' })
      }
    }
    await Promise.all(Array.from({ length: 200 }, (_, n) => job(n)))
    await turns()
    expect(trace.returned).toBe(endless)
  })
})
