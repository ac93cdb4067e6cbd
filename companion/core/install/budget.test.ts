import { existsSync } from 'node:fs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { tgz, zip } from './testing/archives.ts'
import { file, refused, unpack } from './testing/unpack.ts'

describe('an archive that is too much', () => {
  const IN_MEMORY = '/dev/shm'
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `f${at}`, content: '' }))

  it('has 5,000 entries at most, folders on the way included', async () => {
    // Each file is flushed: thousands of them are quick where there is no disk.
    if (existsSync(IN_MEMORY)) vi.stubEnv('TMPDIR', IN_MEMORY)
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(Object.keys(await unpack(tgz(many(5000))))).toHaveLength(5000)
    expect(await refused(tgz(many(5001)))).toContain('more than 5000')
    expect(await refused(zip(many(5001)))).toContain('more than 5000')
    expect(await refused(tgz(many(4000).map(({ name }) => ({ name: `${name}/x`, content: '' }))))).toContain(
      'more than 5000',
    )
  }, 60_000)

  it('says that it is too large, before anything is unpacked', async () => {
    const MiB = 1024 * 1024
    const says = (bytes: number) => ({
      central: { bytes, packed: bytes, method: 0 },
      local: { bytes, packed: bytes, method: 0 },
    })
    expect(await refused(zip([{ ...file, ...says(256 * MiB + 1) }]))).toContain('a file may have')
    // At the limit it is only damaged, because nothing of it is there.
    expect(await refused(zip([{ ...file, ...says(256 * MiB) }]))).toContain('integrity')
    expect(await refused(tgz([{ ...file, size: 256 * MiB + 1 }]))).toContain('a file may have')
    expect(await refused(tgz([{ ...file, size: 256 * MiB }]))).toContain('integrity')
  })

  it('unpacks to 200 times its size at most, beyond the first MiB', async () => {
    const MiB = 1024 * 1024
    const zeros = Buffer.alloc(MiB)
    expect(Object.keys(await unpack(zip([{ name: 'z', content: zeros }])))).toEqual(['z'])
    expect(await refused(zip([{ name: 'z', content: Buffer.alloc(MiB + 1) }]))).toContain('200 times')
    expect(await refused(tgz([{ name: 'z', content: Buffer.alloc(20 * MiB) }]))).toContain('200 times')
    // The bomb that says that it is small.
    const lie = { bytes: 1000 }
    const bomb = zip([{ name: 'z', content: Buffer.alloc(20 * MiB), central: lie, local: lie }])
    expect(await refused(bomb)).toContain('more than it says')
  })
})
