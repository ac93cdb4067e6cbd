import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { frame } from './frames.ts'
import { drive, type Drive } from './testing/drive.ts'

const folder = import.meta.dirname
const echo = (how: string, test: Partial<Drive> = {}) =>
  drive({
    program: join(folder, 'testing', 'echo.ts'),
    folder,
    handshake: { input: 'text/plain', output: 'text/plain', config: { how } },
    payload: 'Sea shells, 世界.',
    ...test,
  })
const WARNING = { type: 'error', code: 'ODD', message: 'This is odd.', fatal: false }

describe('a plugin', () => {
  it.each([
    ['byte by byte', { slice: 1, frameBytes: 1 }],
    ['in slices across frames', { slice: 7, frameBytes: 5 }],
    ['all at once', {}],
  ])('reads and writes %s', async (_, test) => {
    const { code, payload, control, stderr, partial } = await echo('text', test)
    expect({ code, text: payload.toString(), control, partial }).toEqual({
      code: 0,
      text: 'SEA SHELLS, 世界.',
      control: [WARNING],
      partial: false,
    })
    expect(stderr).toContain('a stray line\nand another\n')
  })

  it('with nothing to read ends well', async () => {
    expect(await echo('bytes', { payload: '' })).toMatchObject({ code: 0, payload: Buffer.alloc(0) })
  })

  it('may end before its input', async () => {
    expect(await echo('early', { payload: Buffer.alloc(10_000_000), openUntil: 1 })).toMatchObject({
      code: 0,
      control: [],
    })
  })

  it('waits for a slow reader, and loses nothing', async () => {
    const payload = Buffer.alloc(8_000_000, 'sea')
    const { code, payload: back } = await echo('bytes', { payload, frameBytes: 1_000_000, slowReader: 500 })
    expect(code).toBe(0)
    expect(back.equals(payload)).toBe(true)
  })

  it('tells its own errors in one fatal frame', async () => {
    const { code, control, payload } = await echo('refuse')
    const message = 'This can’t be done. Do something else.'
    expect(control).toEqual([{ type: 'error', code: 'BAD_INPUT', message, fatal: true }])
    expect({ code, payload: payload.length }).toEqual({ code: 1, payload: 0 })
  })

  it.each([
    ['defect', 'The plugin failed unexpectedly: x is not a function.'],
    ['late', 'The plugin failed unexpectedly: from a timer.'],
    ['hang', 'The plugin failed unexpectedly: It waited for something that can’t come any more.'],
  ])('tells a %s in one fatal frame', async (how, message) => {
    const { code, control, stderr } = await echo(how)
    expect(control).toEqual([{ type: 'error', message, fatal: true }])
    expect(code).toBe(1)
    expect(stderr).toContain('    at ')
  })

  it('refuses text that is not UTF-8', async () => {
    const { code, control } = await echo('text', { payload: Buffer.from('61ff', 'hex') })
    expect(code).toBe(1)
    expect(control).toMatchObject([WARNING, { code: 'BAD_INPUT', fatal: true }])
  })

  it.each(['bytes', 'slow'])('is gone at once when its input ends in mid-frame (%s)', async how => {
    const { code, control, lingered } = await echo(how, { trailer: frame('unfinished').subarray(0, 7) })
    expect(code).toBe(1)
    expect(control.filter(({ fatal }) => fatal)).toEqual([])
    expect(lingered).toBeLessThan(10_000)
  })

  it('is gone when there was no handshake', async () => {
    expect(await echo('bytes', { handshake: { input: '', output: 'text/plain' } })).toMatchObject({
      code: 1,
      control: [{ code: 'BAD_TYPE' }],
    })
  })
})
