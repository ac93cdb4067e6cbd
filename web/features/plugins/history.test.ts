import { expect, it } from 'vitest'
import { begun, changed, redone, undone } from './history.ts'

it('goes back and forth', () => {
  const three = changed(changed(begun(1), 2), 3)
  const two = undone(three)!
  expect([two.now, undone(two)!.now, undone(undone(two)!)]).toEqual([2, 1, undefined])
  expect(redone(two)!.now).toBe(3)
  expect(redone(three)).toBeUndefined()
  // A new change leaves the old future behind.
  expect(redone(changed(two, 4))).toBeUndefined()
})

it('takes typing in one field back at once, and nothing for no change', () => {
  const typed = changed(changed(changed(begun(''), 'a', 'name'), 'ab', 'name'), 'ab!', 'other')
  expect(undone(typed)!.now).toBe('ab')
  expect(undone(undone(typed)!)!.now).toBe('')
  // After an undo the same field begins a change of its own.
  const again = changed(undone(typed)!, 'abc', 'name')
  expect(undone(again)!.now).toBe('ab')
  expect(changed(typed, 'ab!')).toBe(typed)
})

it('remembers two hundred changes', () => {
  let history = begun(0)
  for (let n = 1; n <= 201; n++) history = changed(history, n)
  expect(history.past).toHaveLength(200)
  expect(history.past[0]).toBe(1)
})
