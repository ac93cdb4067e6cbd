import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Caption } from '#protocol/transcribe.ts'
import { PARAGRAPH_PAUSE } from '#text/captions/plain.ts'
import {
  appendCaption,
  confirmWord,
  LONG_PARAGRAPH,
  LONGEST_PARAGRAPH,
  newTranscript,
  renameSpeaker,
  setBlocks,
  setNewSpeaker,
  setSpeaker,
  titleOf,
} from './document.ts'
import { replaceAll, findAll } from './find.ts'
import { caption } from './fixtures.ts'

const empty = () => newTranscript({ kind: 'file', name: 'talk.mp3', type: 'audio/mpeg' }, 'Talk', 'en-us')
const heard = (...captions: Caption[]) => captions.reduce((all, next) => appendCaption(all, next), empty())
const texts = ({ paragraphs }: ReturnType<typeof empty>) => paragraphs.map(({ text }) => text)
const spoken = ({ paragraphs }: ReturnType<typeof empty>) =>
  paragraphs.flatMap(({ text, words }) => words.map(({ from, to, start }) => `${text.slice(from, to)}@${start}`))

describe('captions', () => {
  it('make a paragraph until somebody pauses', () => {
    const made = heard(
      caption('One two.', 0),
      caption('Three.', 2 + PARAGRAPH_PAUSE - 0.01),
      caption('Four.', 10),
      caption('  ', 11),
    )
    expect(texts(made)).toEqual(['One two. Three.', 'Four.'])
    expect(spoken(made)).toEqual(['One@0', 'two.@1', 'Three.@3.99', 'Four.@10'])
    expect(made.reached).toBe(11)
    expect(texts(heard(caption('One two.', 0), caption('Three.', 2 + PARAGRAPH_PAUSE)))).toHaveLength(2)
  })

  it('end a long paragraph with its sentence, and an endless one all the same', () => {
    const words = (characters: number) => 'word '.repeat(characters / 5).trim()
    const at = (text: string) => texts(heard(caption(text, 0, 5), caption('Next.', 5))).length
    expect(at(`${words(LONG_PARAGRAPH - 10)}.`)).toBe(1)
    expect(at(`${words(LONG_PARAGRAPH)}.`)).toBe(2)
    expect(at(words(LONG_PARAGRAPH + 20))).toBe(1)
    expect(at(words(LONGEST_PARAGRAPH + 5))).toBe(2)
  })

  it('have words with times even where the recogniser gives none, and say why they are doubtful', () => {
    const { paragraphs } = heard({ ...caption('Over and over', 2, 8), words: [], doubt: 'repetition' })
    expect(paragraphs[0]?.words.map(({ start }) => Math.round(start * 100) / 100)).toEqual([2, 4.18, 5.82])
    expect(paragraphs[0]?.words.every(({ doubt }) => doubt === 'repetition')).toBe(true)
  })

  it('count from where the sound was taken up again', () => {
    const made = appendCaption(heard(caption('One.', 0)), caption('Two.', 1), 100)
    expect(spoken(made)).toEqual(['One.@0', 'Two.@101'])
    expect(made.reached).toBe(102)
  })
})

describe('editing', () => {
  const talk = () => heard(caption('One two three.', 0), caption('Four five.', 10), caption('Six.', 20))

  it('keeps what it does not touch', () => {
    const before = talk()
    const [first, second, third] = before.paragraphs
    const after = setBlocks(before, [first!, { ...second!, text: 'Four and five.' }, third!])
    expect(after.paragraphs[0]).toBe(first)
    expect(after.paragraphs[2]).toBe(third)
    expect(spoken(after).slice(3, 6)).toEqual(['Four@10', 'and@10.5', 'five.@11'])
    expect(setBlocks(before, before.paragraphs)).toBe(before)
  })

  it('takes words along when paragraphs are split, joined, moved over and removed', () => {
    const before = talk()
    const [first, second, third] = before.paragraphs
    const split = setBlocks(before, [
      { id: first!.id, text: 'One two' },
      { id: 'new', text: 'three.' },
      second!,
      third!,
    ])
    expect(spoken(split)).toEqual(['One@0', 'two@1', 'three.@2', 'Four@10', 'five.@11', 'Six.@20'])
    expect(split.paragraphs[1]).toMatchObject({ id: 'new', start: 2, end: 2.5 })

    const joined = setBlocks(split, [{ id: first!.id, text: 'One two three. Four five.' }, third!])
    expect(spoken(joined)).toEqual(spoken(before))
    expect(joined.paragraphs[0]).toMatchObject({ start: 0, end: 11.5 })
    expect(joined.paragraphs[1]).toBe(third)

    expect(spoken(setBlocks(before, [first!, third!]))).toEqual(['One@0', 'two@1', 'three.@2', 'Six.@20'])
    expect(setBlocks(before, [{ id: 'only', text: '' }]).paragraphs).toMatchObject([{ text: '', words: [] }])
  })

  it('never loses a time that can be kept, whatever is done to the paragraphs', () => {
    const blocks = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        text: fc.constantFrom('', 'one', 'two three.', 'four one'),
      }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(blocks, blocks, (first, second) => {
        let transcript = setBlocks(talk(), first)
        transcript = setBlocks(transcript, second)
        expect(transcript.paragraphs.map(({ id, text }) => ({ id, text }))).toEqual(second)
        for (const { text, words } of transcript.paragraphs) {
          for (const { from, to } of words) expect(text.slice(from, to)).toMatch(/^\S+$/)
          expect(words.length).toBe(text.split(' ').filter(Boolean).length)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('forgets a doubt that somebody has looked at', () => {
    const before = heard({ ...caption('One two', 0), doubt: 'long' })
    const after = confirmWord(before, before.paragraphs[0]!.id, 1)
    expect(after.paragraphs[0]?.words.map(({ doubt }) => doubt)).toEqual([undefined, 'long'])
  })
})

describe('speakers', () => {
  it('are named for a paragraph, renamed everywhere, and one when they have one name', () => {
    let talk = heard(caption('One.', 0), caption('Two.', 10), caption('Three.', 20))
    const [a, b, c] = talk.paragraphs.map(({ id }) => id)
    talk = setNewSpeaker(setNewSpeaker(talk, a!, 'Ada'), b!, 'Bob')
    talk = setNewSpeaker(talk, c!, 'Ada')
    expect(talk.speakers.map(({ name }) => name)).toEqual(['Ada', 'Bob'])
    expect(talk.paragraphs[2]?.speaker).toBe(talk.speakers[0]?.id)
    talk = renameSpeaker(talk, talk.speakers[0]!.id, 'Ada Lovelace')
    expect(talk.speakers[0]?.name).toBe('Ada Lovelace')
    talk = renameSpeaker(talk, talk.speakers[1]!.id, 'Ada Lovelace')
    expect(talk.speakers).toHaveLength(1)
    expect(new Set(talk.paragraphs.map(({ speaker }) => speaker))).toEqual(new Set([talk.speakers[0]?.id]))
    for (const id of [a, b, c]) talk = setSpeaker(talk, id!, undefined)
    expect(talk.speakers).toEqual([])
    expect(talk.paragraphs[0]).not.toHaveProperty('speaker')
  })
})

describe('find and replace', () => {
  const talk = () => heard(caption('Ann met Anna.', 0), caption('anna  sang (a-b).', 10))
  const found = (wish: Parameters<typeof findAll>[1]) => findAll(talk(), wish).map(({ from, to }) => [from, to])

  it('finds letters as they are, with or without capitals, inside words or not', () => {
    expect(found({ query: 'ann' })).toEqual([
      [0, 3],
      [8, 11],
      [0, 3],
    ])
    expect(found({ query: 'ann', wholeWords: true })).toEqual([[0, 3]])
    expect(found({ query: 'Anna', exactCase: true })).toEqual([[8, 12]])
    expect(found({ query: 'anna sang' })).toEqual([[0, 10]])
    expect(found({ query: '(a-b).' })).toEqual([[11, 17]])
    expect(found({ query: '.*' })).toEqual([])
    expect(found({ query: '' })).toEqual([])
  })

  it('replaces every place, and the words around keep their times', () => {
    const before = talk()
    const after = replaceAll(before, findAll(before, { query: 'anna' }), 'Hannah')
    expect(texts(after)).toEqual(['Ann met Hannah.', 'Hannah  sang (a-b).'])
    expect(spoken(after)).toEqual(['Ann@0', 'met@1', 'Hannah.@2', 'Hannah@10', 'sang@11', '(a-b).@12'])
  })
})

it('takes a title from a file’s name', () => {
  expect(titleOf('Interview 3.final.mp3')).toBe('Interview 3.final')
  expect(titleOf('.mp3')).toBe('.mp3')
  expect(titleOf('memo')).toBe('memo')
})
