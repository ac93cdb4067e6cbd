import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { handshakeSchema } from '#protocol/plugin-manifest.ts'
import { endingOf } from './ending.ts'
import { frame } from './frame.ts'
import { FrameFault, FrameScanner } from './scanner.ts'

const folder = fileURLToPath(new URL('../../../docs/transcripts/', import.meta.url))

interface Transcript {
  readonly title: string
  readonly paragraph: string
  readonly handshake: object
  readonly stdin: readonly string[]
  readonly stdout: readonly string[]
  readonly exit: { readonly code?: number; readonly signal?: string }
  readonly expect: Outcome
}

interface Outcome {
  readonly payload: string
  readonly warnings: readonly { readonly code: string; readonly message: string }[]
  readonly error: { readonly code: string; readonly message?: string } | null
}

const transcripts = readdirSync(folder)
  .filter(name => name.endsWith('.json'))
  .map(name => [name, JSON.parse(readFileSync(folder + name, 'utf8')) as Transcript] as const)

/** What a host makes of it. docs/plugin-protocol.md, 5 and 9. */
function replay(chunks: readonly Buffer[], exit: Transcript['exit']): Outcome {
  const scanner = new FrameScanner()
  const payload: Buffer[] = []
  const warnings: Outcome['warnings'][number][] = []
  const outcome = (error: Outcome['error']) => ({ payload: Buffer.concat(payload).toString('hex'), warnings, error })
  try {
    for (const chunk of chunks) {
      for (const item of scanner.feed(chunk)) {
        if (item.kind === 'payload') payload.push(Buffer.from(item.bytes))
        if (item.kind !== 'error') continue
        const { code, message, fatal } = item.error
        if (fatal) return outcome({ code, message })
        warnings.push({ code, message })
      }
    }
  } catch (error) {
    if (error instanceof FrameFault) return outcome({ code: 'FRAME_TOO_LARGE' })
    throw error
  }
  const ending = endingOf(scanner, exit.code === 0)
  if (ending.kind === 'reported') return outcome({ code: ending.error.code, message: ending.error.message })
  if (ending.kind === 'unexplained') return outcome({ code: 'INTERNAL_PLUGIN_FAILURE' })
  if (ending.kind === 'partial') return outcome({ code: 'PARTIAL_FRAME' })
  if (ending.payload) payload.push(ending.payload)
  return outcome(null)
}

const bytesOf = (chunks: readonly string[]) => chunks.map(chunk => Buffer.from(chunk, 'hex'))

describe('docs/transcripts', () => {
  it('are many', () => {
    expect(transcripts.length).toBeGreaterThanOrEqual(38)
  })

  for (const [name, { title, handshake, stdin, stdout, exit, expect: expected }] of transcripts) {
    it(`${name}: ${title}`, () => {
      const chunks = bytesOf(stdout)
      const whole = Buffer.concat(chunks)
      expect(replay(chunks, exit)).toEqual(expected)
      // However the bytes arrive, they mean the same.
      expect(replay([whole], exit)).toEqual(expected)
      expect(
        replay(
          Array.from(whole, byte => Buffer.of(byte)),
          exit,
        ),
      ).toEqual(expected)
    })

    it(`${name} begins with its handshake, and sends whole frames`, () => {
      const sent = Buffer.concat(bytesOf(stdin))
      const first = sent.subarray(0, 4 + sent.readUInt32LE())
      expect(JSON.parse(first.subarray(4).toString())).toEqual(handshake)
      expect(first).toEqual(frame(JSON.stringify(handshake)))
      expect(handshakeSchema.safeParse(handshake).success).toBe(true)
      const scanner = new FrameScanner()
      for (const item of scanner.feed(sent)) expect(item.kind).toBe('payload')
      expect(scanner.insideFrame).toBe(false)
    })
  }
})
