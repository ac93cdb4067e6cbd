import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import type { AudioData } from '#protocol/contracts.ts'
import { openSlot } from '../../../../companion/core/contracts/slot/slot.ts'
import type { Slot } from '../../../../companion/core/contracts/types.ts'

// The SDK and the host, each of which is tested by itself, together.

function open(program: string, contract: string, config = {}): Slot {
  const folder = join(import.meta.dirname, '..', program, '..')
  const slot = openSlot({
    name: 'test',
    contract,
    version: '1.0.0',
    methods: CONTRACT_METHODS[contract] ?? [],
    launch: async () => ({
      command: {
        program: process.execPath,
        args: [join(import.meta.dirname, '..', program)],
        folder,
        env: { PATH: process.env['PATH'] ?? '' },
      },
      config,
      dataFolder: folder,
      initializeTimeout: 60_000,
      callTimeout: 60_000,
    }),
  })
  onTestFinished(() => slot.close())
  return slot
}

it('speak to each other: calls, items, errors, and state that is handed on', async () => {
  const slot = open('examples/morse/main.ts', 'tts', { speed: 20 })
  expect(await slot.call('get_voices', {})).toHaveLength(2)
  expect(slot.state.methods).toContainEqual({ name: 'synthesize', params: ['text', 'voice_id'], streams: true })
  const items: AudioData[] = []
  for await (const item of slot.stream('synthesize', { text: 'one two three' })) items.push(item as AudioData)
  expect(items.map(({ mime }) => mime)).toEqual(Array(3).fill('audio/pcm;rate=8000;channels=1;format=s16le'))
  const whole = (await slot.call('synthesize', { text: 'one two three' })) as AudioData
  expect(Buffer.concat(items.map(({ bytes }) => bytes)).equals(whole.bytes)).toBe(true)
  await expect(slot.call('synthesize', { text: 'e', voice_id: 'deep' })).rejects.toMatchObject({
    code: 'not-found',
    details: { code: 1001 },
  })
  expect(await slot.capture()).toEqual({ spoken: 6 })
  const { pid } = slot.state
  await slot.swap()
  expect(slot.state.pid).not.toBe(pid)
  expect(await slot.capture()).toEqual({ spoken: 6 })
  expect(slot.state.faults).toBe(0)
})

it('cancel, and go on', async () => {
  const slot = open('contracts/testing/echo.ts', 'echo')
  const value = { mime: 'a/b', bytes: new Uint8Array(1 << 20).fill(7) }
  expect(await slot.call('echo', { value: [value, { value }] })).toEqual([value, { value }])
  for await (const item of slot.stream('count', { count: 100_000 })) if (item === '5 ') break
  const { counter } = (await slot.capture()) as { readonly counter: number }
  expect(counter).toBeLessThan(100_000)
  expect(slot.state.faults).toBe(0)
})
