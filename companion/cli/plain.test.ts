import { expect, it } from 'vitest'
import { LONGEST_LABEL, plain, plainJson, plainLabel, plainLines } from './plain.ts'

/** A window's title, a cleared screen, the clipboard; in 7 bits and in 8; and letters that run the other way. */
const HOSTILE = 'Eve\u001b]0;mine\u0007\u001b[2J\u009b2J\u009d52;c;eA==\u009c\u0008\u007f\u202e\u2066\u061c'

it('nothing that a terminal obeys is left of what somebody else wrote', () => {
  expect(plain(HOSTILE)).toBe('Eve]0;mine[2J2J52;c;eA==')
  expect(plainLines(`${HOSTILE}\r\nAdam\rSeth\u2028Noah\tends`)).toBe(
    'Eve]0;mine[2J2J52;c;eA==\nAdam\nSeth\nNoah\tends',
  )
  expect(plain(' Zoë\r\n日本語\u00a0שלום\t🙂 ')).toBe('Zoë 日本語 שלום 🙂')
})

it(`a label has ${LONGEST_LABEL} characters, and says that there are more`, () => {
  expect(plainLabel('x'.repeat(LONGEST_LABEL))).toBe('x'.repeat(LONGEST_LABEL))
  expect(plainLabel('x'.repeat(LONGEST_LABEL + 1))).toBe(`${'x'.repeat(LONGEST_LABEL)}…`)
})

it('JSON stays the same data', () => {
  const json = plainJson(JSON.stringify({ name: HOSTILE }))
  expect(json).toMatch(/^[\x20-\x7e]*$/)
  expect(JSON.parse(json)).toEqual({ name: HOSTILE })
})
