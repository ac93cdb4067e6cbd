import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { unpackArchive } from './archive.ts'
import { tarBytes, zip } from './testing/archives.ts'
import { place } from './testing/unpack.ts'

describe('whatever an archive holds', () => {
  const name = fc.oneof(
    fc.constantFrom('../x', '/x', 'a/../../x', 'a', 'A', 'a/b', 'C:x', 'a\\..\\x', './a', 'con', '..', '.', ''),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  const content = fc.uint8Array({ maxLength: 40 })

  async function staysInside(bytes: Uint8Array) {
    const { root, target, archive } = place()
    writeFileSync(archive, bytes)
    const error: unknown = await unpackArchive(archive, target).catch((error: unknown) => error)
    if (error !== undefined) expect(error).toBeInstanceOf(SeamError)
    expect([readdirSync(root).sort(), readdirSync(join(root, 'inner'))]).toEqual([['archive', 'inner'], ['target']])
    for (const entry of readdirSync(target, { recursive: true, withFileTypes: true }))
      expect(entry.isFile() || entry.isDirectory()).toBe(true)
    return error
  }

  it('nothing is written outside, and what goes wrong is a SeamError: random bytes', async () => {
    const begin = fc.constantFrom('', 'PK\x03\x04', 'PK\x05\x06', '\x1f\x8b\x08\0\0\0\0\0\0\x03')
    await fc.assert(
      fc.asyncProperty(begin, fc.uint8Array({ maxLength: 600 }), async (head, rest) => {
        expect(await staysInside(Buffer.concat([Buffer.from(head, 'latin1'), rest]))).toBeInstanceOf(SeamError)
      }),
      { numRuns: 150 },
    )
  })

  it('nothing is written outside: random entries, with bytes changed at random', async () => {
    const part = fc.record({
      name,
      content,
      mode: fc.integer({ min: 0, max: 0o177777 }),
      type: fc.constantFrom('0', '0', '5', '1', '2', '3', 'x', 'L', 'g'),
    })
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), changes, fc.boolean(), async (parts, flips, asZip) => {
        const bytes = asZip ? zip(parts) : tarBytes(parts)
        for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= value
        await staysInside(asZip ? bytes : gzipSync(bytes))
      }),
      { numRuns: 300 },
    )
  })
})
