import { describe, expect, it } from 'vitest'
import type { Pipeline } from '../../companion/plugin-types.ts'
import { added, EMPTY, freshId, isSame, moved, NAME, putBack, removed, withOption } from './steps.ts'

const abc = ['a', 'b', 'c'].reduce((pipeline, plugin, at) => added(pipeline, plugin, at), EMPTY)
const ids = ({ nodes }: Pipeline) => nodes.map(({ id }) => id).join(' ')

describe('a step', () => {
  it('is added at any place, under an id of its own', () => {
    expect(ids(abc)).toBe('a b c')
    expect(ids(added(abc, 'b', 0))).toBe('b-2 a b c')
    expect(ids(added(added(abc, 'b', 0), 'b', 4))).toBe('b-2 a b c b-3')
    expect(NAME.test(freshId(abc.nodes, 'x'.repeat(64)))).toBe(true)
    expect(freshId([], 'not a name')).toBe('step')
  })

  it('moves within the row and not past its ends', () => {
    expect(ids(moved(abc, 0, 1))).toBe('b a c')
    expect(ids(moved(abc, 2, 0))).toBe('c a b')
    expect(moved(abc, 0, -1)).toBe(abc)
    expect(moved(abc, 2, 3)).toBe(abc)
  })

  it('goes and comes back', () => {
    const without = removed(abc, 1)
    expect(ids(without)).toBe('a c')
    expect(putBack(without, abc.nodes[1]!, 1)).toEqual(abc)
    expect(ids(putBack(EMPTY, abc.nodes[1]!, 5))).toBe('b')
    expect(ids(putBack(abc, abc.nodes[1]!, 0))).toBe('b-2 a b c')
  })

  it('has the options that were set, and no others', () => {
    const loud = withOption(abc, 1, 'gain', 3)
    expect(loud.nodes[1]).toEqual({ id: 'b', plugin: 'b', options: { gain: 3 } })
    expect(withOption(loud, 1, 'gain', undefined)).toEqual(abc)
    expect(withOption(abc, 7, 'gain', 3)).toBe(abc)
  })
})

it('pipelines are the same when they do the same', () => {
  const one = withOption(withOption(abc, 0, 'x', 1), 0, 'y', 2)
  const two = withOption(withOption(abc, 0, 'y', 2), 0, 'x', 1)
  expect(isSame(one, two)).toBe(true)
  const bare = { name: abc.name, nodes: abc.nodes.map(node => ({ ...node, options: {} })) }
  expect(isSame(abc, bare)).toBe(true)
  expect(isSame(abc, moved(abc, 0, 1))).toBe(false)
  expect(isSame(abc, { ...abc, name: 'other' })).toBe(false)
})
