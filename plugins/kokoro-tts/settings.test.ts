import { describe, expect, it } from 'vitest'
import { Options } from '../sdk/typescript/handshake.ts'
import { readSettings } from './settings.ts'

const GB = 1e9
const read = (values: Record<string, unknown>, cores = 2, memory = 8 * GB) =>
  readSettings(new Options(values), { cores, memory })

describe('settings', () => {
  it('mix voices, and take the language of the first', () => {
    const { voice, lang } = read({ voice: 'bf_emma:3,af_heart' })
    expect(voice).toEqual([
      { id: 'bf_emma', weight: 0.75 },
      { id: 'af_heart', weight: 0.25 },
    ])
    expect(lang).toBe('en-gb')
    expect(read({ lang: 'EN-US', voice: 'bf_emma' }).lang).toBe('en-us')
  })

  it.each([
    [{ voice: 'af_hart' }, 'Did you mean “af_heart”?'],
    [{ voice: 'af_heart:loud' }, 'no voice with a weight'],
    [{ lang: 'en-ux' }, 'Did you mean “en-us”?'],
  ])('that mean nothing are refused: %o', (values, words) => {
    expect(() => read(values)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(words) }),
    )
  })

  it('use the cores, one thread a session, within four sessions and the memory', () => {
    const shape = (...given: Parameters<typeof read>) => {
      const { sessions, threads } = read(...given)
      return { sessions, threads }
    }
    expect(shape({})).toEqual({ sessions: 2, threads: 1 })
    expect(shape({}, 16)).toEqual({ sessions: 4, threads: 4 })
    expect(shape({}, 4, 1 * GB)).toEqual({ sessions: 1, threads: 4 })
    expect(shape({}, 4, 0)).toEqual({ sessions: 1, threads: 4 })
    expect(shape({ sessions: 1 })).toEqual({ sessions: 1, threads: 2 })
    expect(shape({ sessions: 16, threads: 3 })).toEqual({ sessions: 16, threads: 3 })
  })
})
