import { describe, expect, it } from 'vitest'
import { CODE_LIFE, MOST_TRIES, PairingCode } from './pairing-code.ts'

const WRONG = '00000000'

function waiting() {
  let now = 1_000
  const pairing = new PairingCode(() => now)
  const { code, expires } = pairing.issue()
  /** Why it is refused; undefined when it is taken. */
  const tried = (given: string): unknown => {
    try {
      return void pairing.redeem(given)
    } catch (error) {
      return (error as { details: { reason: string } }).details.reason
    }
  }
  return { pairing, code, expires, tried, pass: (time: number) => (now += time) }
}

describe('a code', () => {
  it('is short, without letters that look alike, and another each time', () => {
    const { pairing, code } = waiting()
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(pairing.issue().code).not.toBe(code)
  })

  it('is taken as people type it, once', () => {
    const { code, tried } = waiting()
    const typed = ` ${code.toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `
    expect(tried(typed)).toBeUndefined()
    expect(tried(code)).toBe('none')
  })

  it('holds five minutes', () => {
    const { pairing, code, expires, tried, pass } = waiting()
    expect(expires).toBe(1_000 + CODE_LIFE)
    pass(CODE_LIFE - 1)
    expect(tried(code)).toBeUndefined()
    const next = pairing.issue().code
    pass(CODE_LIFE)
    expect(tried(next)).toBe('expired')
    expect(tried(next)).toBe('expired')
  })

  it('outlives one wrong try less than the limit', () => {
    const { code, tried } = waiting()
    for (let at = 1; at < MOST_TRIES; at++) expect(tried(WRONG)).toBe('wrong')
    expect(tried(code)).toBeUndefined()
  })

  it('is void after as many wrong tries as the limit, even for who knows it', () => {
    const { pairing, code, tried } = waiting()
    for (let at = 1; at < MOST_TRIES; at++) tried(WRONG)
    expect(tried(WRONG)).toBe('void')
    expect(tried(code)).toBe('void')
    expect(tried(pairing.issue().code)).toBeUndefined()
  })

  it('is replaced by the next one', () => {
    const { pairing, code, tried } = waiting()
    const next = pairing.issue().code
    expect(tried(code)).toBe('wrong')
    expect(tried(next)).toBeUndefined()
  })

  it.each(['', '1234567', '123456789', 'ABCD-EFGU', 'ÄÄÄÄÄÄÄÄ'])('can’t be %j, which costs no try', given => {
    const { code, tried } = waiting()
    for (let at = 0; at <= MOST_TRIES; at++) expect(tried(given)).toBe('malformed')
    expect(tried(code)).toBeUndefined()
  })

  it('is none before one was asked for', () => {
    expect(() => new PairingCode().redeem(WRONG)).toThrow(/voxloom pair/)
  })
})
