import type { Rolldown } from 'vite'
import { describe, expect, it } from 'vitest'
import { FIRST_LOAD_BUDGET, staticGraph, weigh } from './budget.ts'

function bundleOf(imports: Record<string, string[]>): Rolldown.OutputBundle {
  return Object.fromEntries(
    Object.entries(imports).map(([fileName, names]) => [
      fileName,
      { type: 'chunk', fileName, imports: names, dynamicImports: ['room.js'] } as unknown as Rolldown.OutputChunk,
    ]),
  )
}

describe('the first load', () => {
  it('is what is imported statically, each file once, and nothing that is lazy', () => {
    const bundle = bundleOf({
      'main.js': ['a.js', 'b.js'],
      'a.js': ['b.js'],
      'b.js': ['a.js', 'gone.js'],
      'room.js': [],
    })
    const start = bundle['main.js'] as Rolldown.OutputChunk
    const names = staticGraph(bundle, [start]).map(({ fileName }) => fileName)
    expect(names.sort()).toEqual(['a.js', 'b.js', 'main.js'])
  })

  it('may weigh the budget, and not a byte more', () => {
    const sizes = [
      { name: 'main.js', bytes: FIRST_LOAD_BUDGET - 1 },
      { name: 'a.js', bytes: 1 },
    ]
    expect(weigh(sizes, FIRST_LOAD_BUDGET)).toMatchObject({ within: true })
    const past = weigh([...sizes, { name: 'last.js', bytes: 1 }], FIRST_LOAD_BUDGET)
    expect(past.within).toBe(false)
    expect(past.figure).toContain('main.js')
  })
})
