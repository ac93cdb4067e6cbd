import { expect, it } from 'vitest'
import { appendCaption, newTranscript, setBlocks } from './document.ts'
import { caption } from './fixtures.ts'
import { doubtOf, DOUBTFUL, nextDoubt, placeAtSeconds, secondsAt, wordAt, wordOf } from './words.ts'

const talk = [caption('One two.', 0), caption('Three four.', 10)].reduce(
  (all, next) => appendCaption(all, next),
  newTranscript({ kind: 'file', name: 'a.wav', type: '' }, '', 'en-us'),
)
const [first, second] = talk.paragraphs
const at = (seconds: number) => {
  const found = wordAt(talk, seconds)
  return found && talk.paragraphs.find(({ id }) => id === found.paragraph)?.text.slice(found.from, found.to)
}

it('lights the word that sounds, and none in a long silence', () => {
  expect([0, 0.49, 0.9, 1, 1.5].map(at)).toEqual(['One', 'One', 'One', 'two.', 'two.'])
  expect([5, 9.99].map(at)).toEqual([undefined, undefined])
  expect([10, 11.2, 60].map(at)).toEqual(['Three', 'four.', undefined])
  expect(wordAt(talk, -1)).toBeUndefined()
})

it('knows when the word under a click is said, and where a second stands', () => {
  expect(secondsAt(talk, { paragraph: first!.id, offset: 5 })).toBe(1)
  expect(secondsAt(talk, { paragraph: second!.id, offset: 999 })).toBe(11)
  expect(secondsAt(talk, { paragraph: 'none', offset: 0 })).toBeUndefined()
  expect(placeAtSeconds(talk, 10.7)).toEqual({ paragraph: second!.id, offset: 0 })
  expect(placeAtSeconds(talk, 0)).toEqual({ paragraph: first!.id, offset: 0 })
  expect(wordOf(first!, 3)?.from).toBe(0)
  expect(wordOf(first!, 4)?.from).toBe(4)
})

it('goes from doubt to doubt, round and round', () => {
  const unsure = { ...caption('Sure unsure sure maybe', 20), words: [] }
  expect(doubtOf({ from: 0, to: 1, start: 0, end: 1, confidence: DOUBTFUL })).toBeUndefined()
  expect(doubtOf({ from: 0, to: 1, start: 0, end: 1, confidence: DOUBTFUL - 0.01 })).toBe('unsure')
  expect(doubtOf({ from: 0, to: 1, start: 0, end: 1, confidence: 0.9, doubt: 'cut' })).toBeUndefined()
  expect(doubtOf({ from: 0, to: 1, start: 0, end: 1, confidence: 0.1, doubt: 'cut' })).toBe('cut')
  expect(nextDoubt(talk, undefined)).toBeUndefined()
  const doubtful = appendCaption(talk, { ...unsure, doubt: 'repetition' })
  const third = doubtful.paragraphs[2]!
  expect(nextDoubt(doubtful, undefined)).toMatchObject({ paragraph: third.id, from: 0 })
  expect(nextDoubt(doubtful, { paragraph: third.id, offset: 0 })).toMatchObject({ from: 5 })
  expect(nextDoubt(doubtful, { paragraph: third.id, offset: 17 })).toMatchObject({ from: 0 })
  const typed = setBlocks(doubtful, doubtful.paragraphs.with(2, { ...third, text: 'All is new here' }))
  expect(nextDoubt(typed, undefined)).toBeUndefined()
})
