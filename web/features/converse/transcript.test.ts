import { expect, it } from 'vitest'
import { transcriptOf } from './transcript.ts'

it('tells who said what, and what nobody heard', () => {
  const text = transcriptOf(
    [
      {
        id: 1,
        reply: { text: 'Hello.', heard: 'Hello.', unheard: '', segments: [] },
        outcome: 'complete',
        marks: {},
        name: 'Nora',
        seconds: 0,
      },
      {
        id: 2,
        user: { text: 'Tell me of the sea.' },
        reply: { text: 'It is wide. It is deep.', heard: 'It is wide. ', unheard: 'It is deep.', segments: [] },
        outcome: 'interrupted',
        marks: {},
        name: 'Wren',
        seconds: 0,
      },
    ],
    { user: 'You' },
  )
  expect(text).toBe('Nora: Hello.\n\nYou: Tell me of the sea.\n\nWren: It is wide. [It is deep.]\n')
  expect(transcriptOf([], { user: 'You' })).toBe('')
})
