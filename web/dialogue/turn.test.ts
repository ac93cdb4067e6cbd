import { expect, test } from 'vitest'
import { LONGEST_WAIT, SHORTEST_WAIT, TURN_WAITS, turnEnd, turnWait } from './turn.ts'

test.each([
  ['Yes.', 'finished'],
  ['I would like a cup of tea.', 'finished'],
  ['Turn it on.', 'finished'],
  ['Where are you from?', 'finished'],
  ['What are you looking for', 'finished'],
  ['I went to the', 'unfinished'],
  ['I went to.', 'unfinished'],
  ['It is full of.', 'unfinished'],
  ['I like it because', 'unfinished'],
  ['And then I', 'unfinished'],
  ['First, ', 'unfinished'],
  ['Well…', 'unfinished'],
  ['I would like um', 'searching'],
  ['Uh.', 'searching'],
  ['My number is 555 12', 'figures'],
  ['', 'unknown'],
  ['...', 'unknown'],
] as const)('“%s” is %s', (text, end) => expect(turnEnd(text, 'en-us')).toBe(end))

test.each([
  ['de', 'Ich möchte und', 'unfinished'],
  ['de-DE', 'Mach das Licht aus.', 'finished'],
  ['de', 'Also äh', 'searching'],
  ['es', 'Quiero ir a', 'unfinished'],
  ['fr', 'Je voudrais de la', 'unfinished'],
  ['it', 'Vorrei andare con', 'unfinished'],
  ['pt', 'Eu gosto de', 'unfinished'],
  ['ja', '私は', 'unfinished'],
  ['ja', 'そうです。', 'finished'],
  ['xx', 'anything at all and', 'finished'],
] as const)('%s: “%s” is %s', (lang, text, end) => expect(turnEnd(text, lang)).toBe(end))

test('a finished clause commits at the hard end, an unfinished one waits longer, and patience has limits', () => {
  expect(turnWait('Yes.', 'en')).toBe(TURN_WAITS.finished)
  expect(turnWait('I went to the', 'en')).toBe(TURN_WAITS.unfinished)
  expect(turnWait('I went to the', 'en', 1.5)).toBe(TURN_WAITS.unfinished * 1.5)
  expect(turnWait('um', 'en', LONGEST_WAIT / TURN_WAITS.searching)).toBe(LONGEST_WAIT)
  expect(turnWait('um', 'en', LONGEST_WAIT / TURN_WAITS.searching + 1)).toBe(LONGEST_WAIT)
  expect(turnWait('Yes.', 'en', SHORTEST_WAIT / TURN_WAITS.finished)).toBe(SHORTEST_WAIT)
  expect(turnWait('Yes.', 'en', 0.1)).toBe(SHORTEST_WAIT)
})
