import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { START, transition, type Dialogue, type DialogueInput } from './machine.ts'

const situations: Readonly<Record<string, Dialogue>> = {
  idle: START,
  recording: { ...START, state: 'recording', revision: 7 },
  ahead: { ...START, state: 'recording', revision: 7, speculation: 'Hello there.' },
  asked: { ...START, state: 'processing', revision: 7, awaiting: true },
  askedAhead: { ...START, state: 'processing', revision: 7, awaiting: true, speculation: 'Hello there.' },
  processing: { ...START, state: 'processing', revision: 7 },
  synthesizing: { ...START, state: 'synthesizing', revision: 7 },
  playing: { ...START, state: 'playing', revision: 7 },
}
const error = new SeamError('engine', 'It broke.')

const inputs: Readonly<Record<string, DialogueInput>> = {
  talk: { type: 'talk', by: 'voice' },
  speculate: { type: 'speculate', text: 'Hello there.' },
  speculateMore: { type: 'speculate', text: 'Hello there, Ada.' },
  resume: { type: 'resume' },
  commit: { type: 'commit' },
  words: { type: 'transcript', text: 'hello there' },
  otherWords: { type: 'transcript', text: 'Hello there, Ada.' },
  noWords: { type: 'transcript', text: ' ' },
  write: { type: 'write', text: 'Typed.' },
  writeNothing: { type: 'write', text: ' ' },
  say: { type: 'say', text: 'Welcome.' },
  sentence: { type: 'sentence', revision: 7 },
  sound: { type: 'sound', revision: 7 },
  finish: { type: 'finish', revision: 7 },
  staleSound: { type: 'sound', revision: 6 },
  staleFinish: { type: 'finish', revision: 6 },
  staleError: { type: 'error', error, revision: 6 },
  interrupt: { type: 'interrupt' },
  cancel: { type: 'cancel' },
  error: { type: 'error', error },
  disconnect: { type: 'disconnect' },
}

// What follows: the state, then the effects. `-` is nothing at all.
const table: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  idle: {
    talk: 'recording open',
    write: 'processing open reply',
    say: 'synthesizing open say',
    cancel: 'idle listen',
    error: 'idle fail listen',
    disconnect: 'idle listen',
  },
  recording: {
    speculate: 'recording reply(held)',
    speculateMore: 'recording reply(held)',
    commit: 'processing ask',
    noWords: 'idle close(no-words) listen',
    write: 'processing close(cancelled) open reply',
    cancel: 'idle close(cancelled) listen',
    error: 'idle close(failed) fail listen',
    disconnect: 'idle close(disconnected) listen',
  },
  ahead: {
    speculateMore: 'recording discard reply(held)',
    resume: 'recording discard',
    commit: 'processing ask',
    noWords: 'idle discard close(no-words) listen',
    write: 'processing discard close(cancelled) open reply',
    cancel: 'idle discard close(cancelled) listen',
    error: 'idle discard close(failed) fail listen',
    disconnect: 'idle discard close(disconnected) listen',
  },
  asked: {
    talk: 'recording silence close(interrupted) open',
    words: 'processing reply',
    otherWords: 'processing reply',
    noWords: 'idle silence close(no-words) listen',
    write: 'processing silence close(interrupted) open reply',
    interrupt: 'idle silence close(interrupted) listen',
    cancel: 'idle silence close(cancelled) listen',
    error: 'idle silence close(failed) fail listen',
    disconnect: 'idle silence close(disconnected) listen',
  },
  askedAhead: {
    talk: 'recording discard close(interrupted) open',
    words: 'processing release',
    otherWords: 'processing discard reply',
    noWords: 'idle discard close(no-words) listen',
    write: 'processing discard close(interrupted) open reply',
    interrupt: 'idle discard close(interrupted) listen',
    cancel: 'idle discard close(cancelled) listen',
    error: 'idle discard close(failed) fail listen',
    disconnect: 'idle discard close(disconnected) listen',
  },
  processing: {
    talk: 'recording silence close(interrupted) open',
    write: 'processing silence close(interrupted) open reply',
    sentence: 'synthesizing',
    sound: 'playing',
    finish: 'idle silence close(empty-reply) listen',
    interrupt: 'idle silence close(interrupted) listen',
    cancel: 'idle silence close(cancelled) listen',
    error: 'idle silence close(failed) fail listen',
    disconnect: 'idle silence close(disconnected) listen',
  },
  synthesizing: {
    talk: 'recording silence close(interrupted) open',
    write: 'processing silence close(interrupted) open reply',
    sound: 'playing',
    finish: 'idle silence close(empty-reply) listen',
    interrupt: 'idle silence close(interrupted) listen',
    cancel: 'idle silence close(cancelled) listen',
    error: 'idle silence close(failed) fail listen',
    disconnect: 'idle silence close(disconnected) listen',
  },
  playing: {
    talk: 'recording silence close(interrupted) open',
    write: 'processing silence close(interrupted) open reply',
    finish: 'idle silence close(complete) listen',
    interrupt: 'idle silence close(interrupted) listen',
    cancel: 'idle silence close(cancelled) listen',
    error: 'idle silence close(failed) fail listen',
    disconnect: 'idle silence close(disconnected) listen',
  },
}

function outcome(dialogue: Dialogue, input: DialogueInput): string {
  const { next, effects } = transition(dialogue, input)
  if (next === dialogue && effects.length === 0) return '-'
  const told = effects.map(effect => {
    if (effect.do === 'close') return `close(${effect.outcome})`
    return effect.do === 'reply' && effect.held ? 'reply(held)' : effect.do
  })
  return [next.state, ...told].join(' ')
}

describe.each(Object.keys(situations))('%s', situation => {
  test.each(Object.keys(inputs))('%s', name => {
    // A stray revision of 7 is stale where the dialogue has not come so far.
    const dialogue = { ...situations[situation]!, revision: 7 }
    expect(outcome(dialogue, inputs[name]!)).toBe(table[situation]?.[name] ?? '-')
  })
})

describe('revisions', () => {
  it('rises whenever what was under way becomes void, and not when a reply that was begun ahead is kept', () => {
    const rise = (situation: string, name: string) =>
      transition(situations[situation]!, inputs[name]!).next.revision - situations[situation]!.revision
    expect(rise('ahead', 'resume')).toBe(1)
    expect(rise('askedAhead', 'words')).toBe(0)
    expect(rise('askedAhead', 'otherWords')).toBe(1)
    for (const name of ['talk', 'write', 'interrupt', 'cancel', 'error', 'disconnect', 'finish']) {
      expect(rise('playing', name), name).toBe(1)
    }
  })
})

const anyInput = fc.oneof(
  fc.constantFrom(...Object.values(inputs).filter(input => !('revision' in input))),
  fc
    .tuple(fc.constantFrom('sentence', 'sound', 'finish'), fc.nat(40))
    .map(([type, revision]): DialogueInput => ({ type, revision })),
)

it('any inputs: revisions never fall, whoever comes to idle has a live microphone, and idle is one step away', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 60 }), sequence => {
      let dialogue = START
      let open = 0
      let replies = 0
      for (const input of sequence) {
        const { next, effects } = transition(dialogue, input)
        expect(next.revision).toBeGreaterThanOrEqual(dialogue.revision)
        if (next.state === 'idle' && dialogue.state !== 'idle') expect(effects.at(-1)?.do).toBe('listen')
        for (const effect of effects) {
          if (effect.do === 'open') open += 1
          if (effect.do === 'close') open -= 1
          if (effect.do === 'reply' || effect.do === 'say') replies += 1
          if (effect.do === 'discard' || effect.do === 'silence') replies = 0
          // Turns neither overlap nor are lost, and no two replies go on at once.
          expect(open === 0 || open === 1).toBe(true)
          expect(replies).toBeLessThanOrEqual(1)
        }
        expect(open).toBe(next.state === 'idle' ? 0 : 1)
        dialogue = next
      }
      expect(transition(dialogue, { type: 'cancel' }).next.state).toBe('idle')
    }),
    { numRuns: 500 },
  )
})
