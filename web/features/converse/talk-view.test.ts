import { describe, expect, it } from 'vitest'
import type { DialogueStep, Turn } from '#protocol/dialogue.ts'
import { errorData, SeamError } from '#protocol/errors.ts'
import { talkWords } from './failure-words.ts'
import { createTalkView } from './talk-view.ts'

const t = (key: string) => key
const turn: Turn = { id: 1, outcome: 'cancelled', marks: {} }

function view() {
  const seen = createTalkView()
  const show = (step: DialogueStep) => seen.show({ ...step, turn: 1, revision: 1, at: 0 })
  return { ...seen, show }
}
const wordsOf = ({ failure }: ReturnType<typeof view>) => talkWords(failure.value, t, 'en')

describe('what is seen of a talk', () => {
  it('does not begin the next thought with the seconds of one that was given up', () => {
    const seen = view()
    seen.show({ type: 'StateChanged', from: 'recording', state: 'processing' })
    seen.show({ type: 'Thinking', elapsed: 3000 })
    expect(seen.thinking.value).toBe(3000)
    seen.show({ type: 'TurnComplete', result: turn })
    seen.show({ type: 'StateChanged', from: 'processing', state: 'idle' })
    seen.show({ type: 'StateChanged', from: 'idle', state: 'processing' })
    expect(seen.thinking.value).toBe(0)
  })

  it('has what was typed until its turn is over, as it has what was spoken', () => {
    const seen = view()
    seen.show({ type: 'ReplyStarted', ahead: false, typed: 'Where is it?' })
    expect(seen.caption.value).toEqual({ text: 'Where is it?', stable: 12 })
    seen.show({ type: 'TurnComplete', result: turn })
    expect(seen.caption.value.text).toBe('')
    seen.show({ type: 'Transcription', text: 'And there?', stable: 10, isFinal: true })
    seen.show({ type: 'ReplyStarted', ahead: false })
    expect(seen.caption.value.text).toBe('And there?')
  })

  it('calls a failure after what failed: the ears while somebody speaks, the answer afterwards', () => {
    const error = errorData(new SeamError('engine', 'It broke.'))
    const seen = view()
    seen.show({ type: 'StateChanged', from: 'idle', state: 'recording' })
    seen.show({ type: 'DialogueFailed', error })
    expect(wordsOf(seen)).toMatchObject({ title: 'converse.failure.hearing.title', detail: 'It broke.' })
    seen.show({ type: 'StateChanged', from: 'recording', state: 'processing' })
    seen.show({ type: 'DialogueFailed', error })
    expect(wordsOf(seen)).toMatchObject({ title: 'converse.failure.answer.title', detail: 'It broke.' })
    seen.show({ type: 'ReplyFailed', error, kept: 'This much.' })
    expect(wordsOf(seen).title).toBe('converse.failure.answer.title')
  })

  it('calls it the ears also while the answer plays, where it was they', () => {
    const error = errorData(new SeamError('engine', 'It broke.', { details: { part: 'hearing' } }))
    const seen = view()
    seen.show({ type: 'StateChanged', from: 'processing', state: 'playing' })
    seen.show({ type: 'DialogueFailed', error })
    expect(wordsOf(seen).title).toBe('converse.failure.hearing.title')
  })

  it('says what became of the microphone, whatever was going on', () => {
    const error = errorData(new SeamError('not-found', 'Gone.', { details: { reason: 'unplugged' } }))
    const seen = view()
    seen.show({ type: 'StateChanged', from: 'processing', state: 'playing' })
    seen.show({ type: 'DialogueFailed', error })
    expect(wordsOf(seen)).toEqual({
      title: 'microphone.unplugged.title',
      text: 'microphone.unplugged.text',
      detail: '',
    })
  })
})

describe('what keeps a talk from beginning', () => {
  it('is never told as a voice that failed, or as a text that another tab saved', () => {
    expect(talkWords(new SeamError('engine', 'No.'), t, 'en').title).toBe('converse.failure.begin.title')
    const elsewhere = new SeamError('conflict', 'Open elsewhere.', { details: { reason: 'elsewhere' } })
    expect(talkWords(elsewhere, t, 'en').title).toBe('microphone.elsewhere.title')
    expect(talkWords(new SeamError('offline', 'Down.'), t, 'en')).toMatchObject({
      title: 'failure.offline.title',
      detail: 'Down.',
    })
  })
})
