import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, expect, it } from 'vitest'
import { isPipeline, isSound, isText, useIncoming } from './incoming.ts'

const file = (name: string, type = '') => new File(['x'], name, { type })
const item = (...files: File[]) => ({ title: '', text: '', files })

beforeEach(() => setActivePinia(createPinia()))

it('tells sound by its type, or by its ending where the system knows none', () => {
  expect(isSound(item(file('a', 'audio/mpeg'), file('b', 'video/mp4')))).toBe(true)
  expect(isSound(item(file('memo.M4A'), file('film.mkv')))).toBe(true)
  expect(isText(item(file('notes.txt', 'text/plain')))).toBe(true)
  expect(isText({ title: 'A', text: 'few words', files: [] })).toBe(true)
  expect(isPipeline(item(file('read.cr')))).toBe(true)
  expect(isSound(item(file('x.mp3.txt')))).toBe(false)
})

it('gives files of several kinds to the rooms that they belong to, each once', () => {
  const incoming = useIncoming()
  incoming.put(item(file('a.mp3'), file('b.txt'), file('c.mp3'), file('d.cr')))
  expect(incoming.take(isSound).flatMap(({ files }) => files.map(({ name }) => name))).toEqual(['a.mp3', 'c.mp3'])
  expect(incoming.take(isSound)).toEqual([])
  expect(incoming.take(isPipeline)).toHaveLength(1)
  expect(incoming.take(isText).flatMap(({ files }) => files.map(({ name }) => name))).toEqual(['b.txt'])
  expect(incoming.waiting).toEqual([])
})
