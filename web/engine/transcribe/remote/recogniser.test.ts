import { expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { linked } from '../../../rpc/linked.ts'
import { connect, serve } from '../../../rpc/peer.ts'
import type { Recognition } from '../recogniser.ts'
import { createRemoteRecogniser, LONGEST_SENT, type ReaderCalls } from './recogniser.ts'

const info = { id: 'plugin:ears', name: 'Ears', version: '1', languages: ['en'], wordTimes: false }

function recogniser(read: (samples: Float32Array, lang: string | undefined) => Promise<Recognition>) {
  const [near, far] = linked()
  serve<ReaderCalls>(far, { recognise: ({ samples, lang }) => read(samples, lang) })
  return createRemoteRecogniser(info, connect<ReaderCalls>(near))
}

it('sends what is to be read, keeps its own, and gives what was read', async () => {
  const read = vi.fn(async () => ({ text: 'Hello.', words: [] }))
  const remote = recogniser(read)
  const samples = Float32Array.from([0.1, 0.2, 0.3])
  expect(await remote.recognise(samples.subarray(1), { lang: 'en' })).toEqual({ text: 'Hello.', words: [] })
  expect(read).toHaveBeenCalledWith(samples.subarray(1), 'en')
  expect([...samples]).toHaveLength(3)
  expect(remote.longest).toBe(LONGEST_SENT)
})

it.each(['offline', 'not-found', 'bad-input', 'refused'] as const)(
  'whatever goes wrong there (%s), another engine may read the same sound',
  async code => {
    const remote = recogniser(() => Promise.reject(new SeamError(code, 'No.', { details: { plugin: 'ears' } })))
    await expect(remote.recognise(new Float32Array(16))).rejects.toMatchObject({
      code: 'engine',
      message: 'No.',
      details: { plugin: 'ears' },
      retryable: true,
    })
  },
)

it('what is taken back is no failure', async () => {
  const remote = recogniser(() => new Promise(() => {}))
  const stop = new AbortController()
  const reading = remote.recognise(new Float32Array(16), { signal: stop.signal })
  stop.abort()
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
})
