import { expect, test } from 'vitest'
import { fileName, MAX_NAME_BYTES } from './name.ts'

test.each([
  ['The Tale', 'The Tale.mp3'],
  ['a/b\\c: "d"?', 'a b c d.mp3'],
  ['  ..hidden.. ', 'hidden.mp3'],
  ['', 'Voxloom.mp3'],
  ['???', 'Voxloom.mp3'],
  ['CON', 'Voxloom CON.mp3'],
  ['a\u0000\u202eb\ud800', 'ab.mp3'],
  ['Жизнь — 東京 😀', 'Жизнь — 東京 😀.mp3'],
])('%j', (title, name) => expect(fileName(title, 'mp3')).toBe(name))

test('limits: at it, and one past it', () => {
  expect(fileName('a'.repeat(MAX_NAME_BYTES), 'srt')).toHaveLength(MAX_NAME_BYTES + 4)
  expect(fileName('a'.repeat(MAX_NAME_BYTES + 1), 'srt')).toHaveLength(MAX_NAME_BYTES + 4)
  expect(fileName('😀'.repeat(100), 'm4b')).toBe('😀'.repeat(45) + '.m4b')
})
