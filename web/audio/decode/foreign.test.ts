import { expect, it } from 'vitest'
import { mayBeSound } from './foreign.ts'

const file = (start: string, type = '') =>
  new Blob([Uint8Array.from(start, c => c.charCodeAt(0)), new Uint8Array(100)], { type })

it.each(['FORM\0\0\0\x01AIFF', 'RIFF\0\0\0\x01AVI ', '#!AMR\n', '\x30\x26\xb2\x75\x8e', 'caff', '\x0b\x77'])(
  'knows sound that begins with %j',
  async start => expect(await mayBeSound(file(start))).toBe(true),
)

it('takes the type for it, and takes nothing else for sound', async () => {
  expect(await mayBeSound(file('who knows', 'audio/x-unheard-of'))).toBe(true)
  expect(await mayBeSound(file('who knows', 'video/x-unseen'))).toBe(true)
  for (const start of ['%PDF-1.7', 'PK\x03\x04', 'Dear Sir', '\x89PNG\r\n', 'RIFF\0\0\0\x01WEBP']) {
    expect(await mayBeSound(file(start)), start).toBe(false)
  }
  expect(await mayBeSound(new Blob(['F']))).toBe(false)
})
