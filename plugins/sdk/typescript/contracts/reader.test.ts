import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_LINE } from './limits.ts'
import { MessageReader, type WireMessage } from './reader.ts'
import { MessageWriter } from './writer.ts'

function read(bytes: Buffer, slice = bytes.length): WireMessage[] {
  const reader = new MessageReader()
  const found: WireMessage[] = []
  for (let at = 0; at < bytes.length; at += slice) found.push(...reader.feed(bytes.subarray(at, at + slice)))
  return found
}
type Message = readonly [json: object, attachments?: readonly Uint8Array[]]
async function written(...messages: readonly Message[]): Promise<Buffer> {
  const sink = new PassThrough({ highWaterMark: 1 << 30 })
  const writer = new MessageWriter(sink)
  for (const message of messages) await writer.send(...message)
  return (sink.read() as Buffer | null) ?? Buffer.alloc(0)
}
const length = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

describe('messages', () => {
  const messages = [
    [{ id: 1, text: 'naïve 世界\n' }],
    [{ id: 2 }, [Buffer.from('a line?\n'), Buffer.alloc(0), Buffer.from('{"id":9}\n')]],
    [{ id: 3 }, [Buffer.alloc(0)]],
    [{ id: 4 }],
  ] as const

  it.each([1, 2, 3, 5, 7, 1000])('are read from slices of %d bytes as they were written', async slice => {
    const found = read(await written(...messages), slice)
    expect(found.map(({ json }) => (json as { readonly id: number }).id)).toEqual([1, 2, 3, 4])
    expect(found.map(({ attachments }) => attachments.map(String))).toEqual([
      [],
      ['a line?\n', '', '{"id":9}\n'],
      [''],
      [],
    ])
    expect(found[0]!.json).toEqual(messages[0][0])
  })

  it('that are no JSON or no UTF-8 are told as such, and the next is read; empty lines are nothing', () => {
    const found = read(
      Buffer.concat([Buffer.from('{"a":\n\r\n\n'), Buffer.from('22ff220a', 'hex'), Buffer.from('[1]\r\n')]),
    )
    expect(found.map(({ json }) => json)).toEqual([undefined, undefined, [1]])
  })

  it('have lines up to the limit', async () => {
    const rest = MAX_LINE - '{"a":""}'.length
    const bytes = await written([{ a: 'x'.repeat(rest) }])
    expect(read(bytes, 1 << 20)).toHaveLength(1)
    await expect(written([{ a: 'x'.repeat(rest + 1) }])).rejects.toMatchObject({ code: -32603 })
    expect(() => read(Buffer.concat([Buffer.alloc(1, ' '), bytes]), 1 << 20)).toThrow('more than 32 MiB')
  })

  it('have attachments up to the limits', async () => {
    const half = Buffer.alloc(MAX_ATTACHMENT / 2)
    const bytes = await written([{ id: 1 }, [half, half]])
    expect(read(bytes, 1 << 20)[0]!.attachments).toHaveLength(2)
    await expect(written([{ id: 1 }, [half, half, Buffer.alloc(1)]])).rejects.toMatchObject({ code: -32603 })
    const announced = Buffer.from('{"attachments":2}\n')
    expect(() => read(Buffer.concat([announced, length(MAX_ATTACHMENT + 1)]))).toThrow('more than 64 MiB')
    const many = (count: number) => Array.from({ length: count }, () => Buffer.alloc(1))
    expect(read(await written([{ id: 1 }, many(MAX_ATTACHMENTS)]))).toHaveLength(1)
    await expect(written([{ id: 1 }, many(MAX_ATTACHMENTS + 1)])).rejects.toMatchObject({ code: -32603 })
    expect(() => read(Buffer.from(`{"attachments":${MAX_ATTACHMENTS + 1}}\n`))).toThrow('more than 256 attachments')
  })
})
