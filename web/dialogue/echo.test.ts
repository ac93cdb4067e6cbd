import { describe, expect, it, test } from 'vitest'
import { afterEcho, ECHO_SHARE, echoVerdict, OWN_WORDS } from './echo.ts'
import { EchoGuard, ECHO_TAIL, ECHO_TAIL_WORDS, ECHO_WARN } from './echo-guard.ts'
import { wordsOf } from './words.ts'

const reply = wordsOf('Once upon a time, there was an old lighthouse keeper who collected the sound of storms.')

test.each([
  ['once upon a time there was', 'echo'],
  ['an old lighthouse keeper', 'echo'],
  // What a recogniser makes of it.
  ['was an old lighthous keeper how collected the sound', 'echo'],
  ['wait I have a question', 'speech'],
  ['the storms of the time was old', 'speech'],
  ['there was an old lighthouse keeper but tell me about ships', 'speech'],
  ['', 'unknown'],
  ['lighthouse', 'unknown'],
] as const)('“%s” is %s', (text, verdict) => expect(echoVerdict(text, reply, false)).toBe(verdict))

test('a single word is judged when no more will come', () => {
  expect(echoVerdict('lighthouse', reply, true)).toBe('echo')
  expect(echoVerdict('stop', reply, true)).toBe('speech')
})

test('the limits: a share of words, and own words at the end', () => {
  const filler = (count: number) => Array.from({ length: count }, (_, i) => `zig${i}`).join(' ')
  expect(ECHO_SHARE).toBe(0.5)
  expect(echoVerdict(`${filler(2)} once upon`, reply, false)).toBe('echo')
  expect(echoVerdict(`${filler(3)} once upon`, reply, false)).toBe('speech')
  expect(echoVerdict(`once upon a time there was ${filler(OWN_WORDS - 1)}`, reply, false)).toBe('echo')
  expect(echoVerdict(`once upon a time there was ${filler(OWN_WORDS)}`, reply, false)).toBe('speech')
})

test('what somebody says after the echo is his own', () => {
  expect(afterEcho('There was an old lighthouse keeper, stop there please.', reply)).toBe('stop there please.')
  expect(afterEcho('Stop there.', reply)).toBe('Stop there.')
  expect(afterEcho('there was an old', reply)).toBe('')
})

describe('the guard', () => {
  const guardOf = (reply: string) => {
    const told: { count: number; warn: boolean }[] = []
    const guard = new EchoGuard(step => step.type === 'EchoSuspected' && told.push(step))
    guard.ended(wordsOf(reply), 1_000)
    return { guard, told }
  }

  it('drops what began while the reply still sounded, or just after', () => {
    const { guard, told } = guardOf('Would you like tea or coffee?')
    expect(guard.own('Tea or coffee.', 'voice', 900)).toBe('')
    expect(guard.own('Tea or coffee.', 'voice', 1_000 + ECHO_TAIL)).toBe('')
    expect(guard.own('Tea or coffee.', 'voice', 1_001 + ECHO_TAIL)).toBe('Tea or coffee.')
    expect(told).toHaveLength(2)
  })

  it('lets a question be answered with its own words', () => {
    const { guard, told } = guardOf('Would you like tea or coffee?')
    expect(ECHO_TAIL_WORDS).toBe(3)
    expect(guard.own('Coffee.', 'voice', 1_100)).toBe('Coffee.')
    expect(guard.own('Or coffee.', 'voice', 1_100)).toBe('Or coffee.')
    expect(told).toEqual([])
  })

  it('warns from the third on', () => {
    const { guard, told } = guardOf('Once upon a time there was.')
    for (let i = 0; i <= ECHO_WARN; i++) guard.own('once upon a time', 'voice', 900)
    expect(told.map(({ warn }) => warn)).toEqual([false, false, true, true])
  })
})
