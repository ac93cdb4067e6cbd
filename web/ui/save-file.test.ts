import { expect, it } from 'vitest'
import { fileName } from './save-file.ts'

it.each([
  ['My book', 'My book.mp3'],
  ['A/B: "C"? <D>|E\\F*', 'A B C D E F.mp3'],
  ['..hidden. ', 'hidden.mp3'],
  ['', 'voxloom.mp3'],
  ['???', 'voxloom.mp3'],
  ['日本語', '日本語.mp3'],
  ['a'.repeat(120), `${'a'.repeat(120)}.mp3`],
  ['a'.repeat(121), `${'a'.repeat(120)}.mp3`],
])('%j becomes %j', (title, name) => {
  expect(fileName(title, 'mp3')).toBe(name)
})
