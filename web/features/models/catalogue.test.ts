import { describe, expect, it } from 'vitest'
import { findModel } from '#engine/catalogue.ts'
import { canPull, recommended, ROWS, toRow } from './catalogue.ts'

const kokoro = findModel('kokoro-82m')!
const everywhere = { companion: true, hub: true }
const nowhere = { companion: false, hub: false }
const hubOnly = { companion: false, hub: true }

describe('rows', () => {
  it('are named once, and weigh what their files weigh', () => {
    expect(new Set(ROWS.map(({ key }) => key)).size).toBe(ROWS.length)
    const int8 = ROWS.find(({ key }) => key === 'kokoro-82m/int8')!
    expect(int8.bytes).toBe(92_361_271 + kokoro.shared.length * 522_240)
  })

  it('can be pulled from whatever is open', () => {
    const [int8, q8] = ['int8', 'q8'].map(id =>
      toRow(
        kokoro,
        kokoro.variants.find(variant => variant.id === id)!,
      ),
    )
    expect(canPull(int8!, everywhere)).toBe(true)
    expect(canPull(int8!, hubOnly)).toBe(false) // its packages are for the companion
    expect(canPull(q8!, hubOnly)).toBe(true)
    for (const row of ROWS) expect(canPull(row, nowhere)).toBe(false)
  })
})

describe('the build to have', () => {
  it('is the one that can be had, and never needs a graphics card', () => {
    expect(recommended(kokoro, everywhere, { webgpu: true })?.id).toBe('int8')
    expect(recommended(kokoro, hubOnly, { webgpu: false })?.id).toBe('q8')
    expect(recommended(kokoro, nowhere, undefined)?.id).toBe('int8')
  })
})
