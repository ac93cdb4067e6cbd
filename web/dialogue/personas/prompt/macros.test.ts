import { describe, expect, it } from 'vitest'
import { contentWithoutDecorators, parseDecorators } from './decorators.ts'
import { expandMacros, MAX_NESTING, type MacroValues } from './macros.ts'

const values: MacroValues = { char: 'Iris', user: 'Sam', random: () => 0.5, seed: 'iris' }
const expand = (text: string, more: Partial<MacroValues> = {}) => expandMacros(text, { ...values, ...more })

describe('macros', () => {
  it.each([
    ['{{char}} and {{USER}}, <bot>, <User>', 'Iris and Sam, Iris, Sam'],
    ['{{random:a,b,c}}', 'b'],
    ['{{random::a::b}}', 'b'],
    [String.raw`{{random:one\, two}}`, 'one, two'],
    ['{{roll:6}} {{roll:D20}}', '4 11'],
    ['{{reverse:abc}}', 'cba'],
    ['a{{// not told}}b{{comment: nor this}}c', 'abc'],
    ['a{{hidden_key:rose}}b', 'ab'],
    ['{{random:{{char}},{{user}}}}', 'Sam'],
    ['{{unknown}} {{roll:none}} {{roll:0}} {{constructor}}', '{{unknown}} {{roll:none}} {{roll:0}} {{constructor}}'],
    ['{{char', '{{char'],
    ['a }} {{char}} {{', 'a }} Iris {{'],
    ['{{original}}', ''],
  ])('%s becomes %s', (text, result) => expect(expand(text)).toBe(result))

  it('chooses the same for the same persona and place, not for every one', () => {
    const text = '{{pick:a,b,c,d}}'
    expect(expand(text)).toBe(expand(text, { random: () => 0.99 }))
    const others = Array.from({ length: 40 }, (_, at) => expand(text, { seed: String(at) }))
    expect(new Set(others)).toEqual(new Set(['a', 'b', 'c', 'd']))
  })

  it('shows hidden keys where keys are looked for', () => {
    expect(expand('a{{hidden_key:rose}}b', { hiddenKeys: true })).toBe('aroseb')
  })

  it('never reads a name as a macro', () => {
    expect(expand('{{char}}', { char: '{{user}}' })).toBe('{{user}}')
  })

  it('goes as deep as the limit says, and not one level more', () => {
    const nested = (depth: number) => expand(`${'{{reverse:'.repeat(depth)}{{char}}${'}}'.repeat(depth)}`)
    expect(nested(MAX_NESTING - 1)).toBe('sirI')
    expect(nested(MAX_NESTING)).toContain('{{')
  })

  it('takes a page of braces in its stride', () => {
    const braces = '{{'.repeat(100_000)
    expect(expand(braces)).toBe(braces)
    expect(expand(`${'{{reverse:'.repeat(50)}x${'}}'.repeat(50)}`)).toContain('x')
  })
})

describe('decorators', () => {
  const read = (text: string) => {
    const { content, decorators } = parseDecorators(text)
    return [content, Object.fromEntries(decorators)]
  }

  it('are lines at the beginning, with or without a value', () => {
    expect(read('@@depth 4\n@@activate\n\n@@role user\nRoses.\n@@depth 9')).toEqual([
      'Roses.\n@@depth 9',
      { depth: '4', activate: '', role: 'user' },
    ])
    expect(read('Roses.')).toEqual(['Roses.', {}])
  })

  it('give way to their fall-backs when they are not known or their value is not valid', () => {
    expect(read('@@risu_only 4\n@@@agnai_only\n@@@activate_only_after 4\n@@@depth 1\nx')).toEqual([
      'x',
      { activate_only_after: '4' },
    ])
    expect(read('@@depth 5\n@@@depth 6\nx')).toEqual(['x', { depth: '5' }])
    expect(read('@@role king\n@@@role user\n@@activate_only_every 0\n@@constructor 1\nx')).toEqual([
      'x',
      { role: 'user' },
    ])
  })

  it('count once: the first of a name', () => {
    expect(read('@@depth 1\n@@depth 2\nx')).toEqual(['x', { depth: '1' }])
  })

  it('are taken off for those who do not know them', () => {
    expect(contentWithoutDecorators('@@depth 1\n\nRoses.')).toBe('Roses.')
    expect(contentWithoutDecorators('mail@@example\nRoses.')).toBe('mail@@example\nRoses.')
  })
})
