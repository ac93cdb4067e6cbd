import { expect, it } from 'vitest'
import { appendCaption, newTranscript, setNewSpeaker } from './document.ts'
import { exportText, narrationText } from './exporting.ts'
import { caption } from './fixtures.ts'

function talk() {
  let made = newTranscript({ kind: 'file', name: 'talk.mp3', type: 'audio/mpeg' }, 'Talk', 'en-us')
  for (const next of [caption('Good day. How are you?', 1), caption('Fine, <thanks>.', 3675)]) {
    made = appendCaption(made, next)
  }
  return setNewSpeaker(made, made.paragraphs[0]!.id, 'Ada')
}
const wish = { times: true, speakers: true }

it('writes plain text with or without times and names', async () => {
  expect(await exportText(talk(), { ...wish, format: 'txt' })).toBe(
    '[0:01] Ada: Good day. How are you?\n\n[1:01:15] Fine, <thanks>.\n',
  )
  expect(await exportText(talk(), { format: 'txt', times: false, speakers: false })).toBe(narrationText(talk()))
  expect(narrationText(talk())).toBe('Good day. How are you?\n\nFine, <thanks>.\n')
})

it('writes captions a sentence at a time, where it was said', async () => {
  expect(await exportText(talk(), { ...wish, format: 'srt' })).toBe(
    [
      '1\r\n00:00:01,000 --> 00:00:02,500\r\nGood day.\r\n\r\n',
      '2\r\n00:00:03,000 --> 00:00:05,500\r\nHow are you?\r\n\r\n',
      '3\r\n01:01:15,000 --> 01:01:16,500\r\nFine, <thanks>.\r\n\r\n',
    ].join(''),
  )
  const vtt = await exportText(talk(), { ...wish, format: 'vtt' })
  expect(vtt).toContain('00:00:01.000 --> 00:00:02.500\n<v Ada>Good day.\n')
  expect(vtt).toContain('\nFine, &lt;thanks&gt;.\n')
  expect(await exportText(talk(), { ...wish, format: 'vtt', speakers: false })).not.toContain('<v')
})

it('writes every word with its time and how sure it is', async () => {
  const data = JSON.parse(await exportText(talk(), { ...wish, format: 'json' }))
  expect(data).toMatchObject({ format: 'voxloom-words', version: 1, unit: 'seconds' })
  expect(data.segments[1]).toEqual({
    start: 3,
    end: 5.5,
    text: 'How are you?',
    speaker: 'Ada',
    words: [
      { text: 'How', from: 0, to: 3, start: 3, end: 3.5, confidence: 0.9 },
      { text: 'are', from: 4, to: 7, start: 4, end: 4.5, confidence: 0.9 },
      { text: 'you?', from: 8, to: 12, start: 5, end: 5.5, confidence: 0.9 },
    ],
  })
  const empty = newTranscript({ kind: 'recording', name: '', type: '' }, '', 'en-us')
  expect(await exportText(empty, { ...wish, format: 'txt' })).toBe('')
})
