import { expect, it } from 'vitest'
import type { Segment } from '#protocol/speech.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SocketPort } from '../rpc/socket-port.ts'
import { createCompanionSpeech } from './speech.ts'

const segment: Segment = { id: 's', text: 'a', lang: 'en-us', voice: [], speed: 1, lexicon: [], pauseAfter: 0 }

it('a companion that gives no ticket is one that is not there, until the next sentence asks again', async () => {
  let asked = 0
  const speech = createCompanionSpeech({
    open: (): Promise<SocketPort> => {
      asked++
      return Promise.reject(new SeamError('refused', 'The page was revoked.'))
    },
  })
  const speak = () => Array.fromAsync(speech.speak(segment))
  const both = await Promise.allSettled([speak(), speak()])
  for (const each of both) expect(each).toMatchObject({ status: 'rejected', reason: { code: 'offline' } })
  expect(asked).toBe(1)
  await expect(speak()).rejects.toMatchObject({ code: 'offline' })
  expect(asked).toBe(2)
})
