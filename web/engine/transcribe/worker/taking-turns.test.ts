import { expect, it } from 'vitest'
import type { OrtModule, Tensors } from '../../ort.ts'
import { takingTurns } from './taking-turns.ts'

it('runs one network at a time, whichever it is, also after one has failed', async () => {
  const asked: (readonly string[] | undefined)[] = []
  let running = 0
  let most = 0
  const work = async (fails = false) => {
    most = Math.max(most, ++running)
    await new Promise(resolve => setTimeout(resolve))
    running--
    if (fails) throw new Error('This one fails.')
  }
  const ort = {
    InferenceSession: {
      async create(file: Uint8Array) {
        await work()
        return {
          inputNames: [],
          outputNames: ['a', 'b'],
          async run(_: Tensors, wanted?: readonly string[]) {
            asked.push(wanted)
            await work(file[0] === 1)
            return {}
          },
          release: () => work(),
        }
      },
    },
  } as unknown as OrtModule
  const { InferenceSession } = takingTurns(ort)
  const open = (first: number) => InferenceSession.create(Uint8Array.of(first), {})
  const [good, bad] = await Promise.all([open(0), open(1)])
  const results = await Promise.allSettled([good.run({}), bad.run({}), good.run({}, ['b']), bad.release()])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
  expect(most).toBe(1)
  expect(asked).toEqual([['a', 'b'], ['a', 'b'], ['b']])
})
