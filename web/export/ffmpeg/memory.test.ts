import { expect, test } from 'vitest'
import { memoryFile } from './memory.ts'

test('bytes at their places, at the limit and one past it', () => {
  const file = memoryFile(4)
  file.write(Uint8Array.of(1, 2), 2)
  file.write(Uint8Array.of(7), 0)
  file.write(Uint8Array.of(9), 3)
  expect(file.take()).toEqual(Uint8Array.of(7, 0, 1, 9))
  expect(file.take()).toEqual(new Uint8Array(0))
  expect(() => memoryFile(4).write(Uint8Array.of(1, 2), 3)).toThrow(/without FFmpeg/)
})
