import { expect, it } from 'vitest'
import { SESSION_IDLE, Sessions } from './sessions.ts'

it('knows streams that were started, until they are ended or nobody feeds them', () => {
  const sessions = new Sessions()
  sessions.note('start_stream', {}, 'one', 0)
  sessions.note('start_stream', { language: 'en' }, { session_id: 'two' }, 0)
  sessions.note('start_stream', {}, 3, 0)
  expect(sessions.open(0)).toBe(2)
  expect(sessions.has('feed_audio', { session_id: 'one' })).toBe(true)
  expect(sessions.has('transcribe', { session_id: 'one' })).toBe(false)
  expect(sessions.has('feed_audio', { session_id: 'three' })).toBe(false)
  sessions.note('feed_audio', { session_id: 'three' }, null, 0)
  sessions.note('end_stream', { session_id: 'two' }, 'Hello.', 0)
  expect(sessions.open(0)).toBe(1)
  sessions.note('feed_audio', { session_id: 'one' }, null, 10)
  expect(sessions.open(10 + SESSION_IDLE)).toBe(1)
  expect(sessions.open(11 + SESSION_IDLE)).toBe(0)
})
