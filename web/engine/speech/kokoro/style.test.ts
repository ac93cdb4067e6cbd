import { describe, expect, it } from 'vitest'
import { checkBlend, parseStyleTable, STYLE_WIDTH, styleRow } from './style.ts'

const table = (fill: (row: number) => number) =>
  Float32Array.from({ length: 510 * STYLE_WIDTH }, (_, i) => fill(Math.floor(i / STYLE_WIDTH)))

describe('styleRow', () => {
  const rows = table(row => row)

  it('takes the row of the number of symbols less one', () => {
    expect(styleRow([{ table: rows, weight: 1 }], 1)[0]).toBe(0)
    expect(styleRow([{ table: rows, weight: 1 }], 47)[255]).toBe(46)
  })

  it('stays inside the table at its ends', () => {
    expect(styleRow([{ table: rows, weight: 1 }], 0)[0]).toBe(0)
    expect(styleRow([{ table: rows, weight: 1 }], 510)[0]).toBe(509)
    expect(styleRow([{ table: rows, weight: 1 }], 511)[0]).toBe(509)
  })

  it('mixes voices by weight, whatever the weights add up to', () => {
    const style = styleRow(
      [
        { table: table(() => 1), weight: 3 },
        { table: table(() => 5), weight: 1 },
      ],
      10,
    )
    expect(style[0]).toBeCloseTo(2)
  })
})

describe('voices', () => {
  it('refuses a file of another size by name', () => {
    expect(() => parseStyleTable(new Uint8Array(522_239), 'af_heart')).toThrow(/af_heart.*522239/)
    expect(parseStyleTable(new Uint8Array(522_240), 'af_heart')).toHaveLength(130_560)
  })

  it('refuses what can not be mixed', () => {
    const known = new Set(['af_heart'])
    expect(() => checkBlend([], known)).toThrow('No voice was chosen')
    expect(() => checkBlend([{ id: 'af_hart', weight: 1 }], known)).toThrow(
      'There is no voice "af_hart". Voices: af_heart.',
    )
    expect(() => checkBlend([{ id: 'af_heart', weight: 0 }], known)).toThrow('above 0')
    expect(() => checkBlend([{ id: 'af_heart', weight: Number.NaN }], known)).toThrow('above 0')
  })
})
