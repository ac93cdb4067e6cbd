import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { EMPTY_LORE_ENTRY } from './defaults.ts'
import { MAX_VOICES, MAX_YAML, MAX_YAML_PERSONAS } from './limits.ts'
import { MOST_NAMED, readYaml } from './yaml.ts'

const failure = (text: string): string => {
  try {
    readYaml(text)
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
const minimal = 'name: Iris\nprompt: Prune.\n'

describe('personas in YAML', () => {
  it('may be as short as a name and a prompt', () => {
    expect(readYaml(minimal)).toEqual([
      {
        id: expect.any(String) as string,
        name: 'Iris',
        prompt: 'Prune.',
        greeting: '',
        voice: [{ id: 'af_heart', weight: 1 }],
        speed: 1,
        lang: 'en-us',
      },
    ])
  })

  it('may say everything, several in a file', () => {
    const [first, second] = readYaml(`
personas:
  - name: Iris
    nickname: Rosy
    prompt: |
      Be {{char}}.
      Prune.
    description: A gardener.
    greeting: Mind the roses.
    otherGreetings: [Hello., Oh.]
    voice: { bf_lily: 0.7, bf_emma: 0.3 }
    speed: 0.9
    lang: EN-GB
    model: ollama:llama3.2
    temperature: 0.4
    spoken: false
    lorebook:
      scanDepth: 6
      recursive: true
      entries:
        - keys: rose
          secondaryKeys: [thorn]
          content: Roses.
          position: after
          priority: 7
  - name: Ada
    description: An engineer.
    voice: af_bella
`)
    expect(first).toMatchObject({
      nickname: 'Rosy',
      prompt: 'Be {{char}}.\nPrune.\n',
      otherGreetings: ['Hello.', 'Oh.'],
      voice: [
        { id: 'bf_lily', weight: 0.7 },
        { id: 'bf_emma', weight: 0.3 },
      ],
      speed: 0.9,
      lang: 'en-gb',
      model: 'ollama:llama3.2',
      temperature: 0.4,
      spoken: false,
      lorebook: {
        scanDepth: 6,
        recursive: true,
        entries: [
          {
            ...EMPTY_LORE_ENTRY,
            keys: ['rose'],
            secondaryKeys: ['thorn'],
            content: 'Roses.',
            position: 'after',
            priority: 7,
          },
        ],
      },
    })
    expect(second).toMatchObject({
      name: 'Ada',
      prompt: '',
      description: 'An engineer.',
      voice: [{ id: 'af_bella', weight: 1 }],
    })
  })

  it('are as the documentation shows them', async () => {
    const page = await readFile(new URL('../../../docs/personas.md', import.meta.url), 'utf8')
    const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => readYaml(text!))
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.flat().every(({ name }) => name !== '')).toBe(true)
  })

  it.each([
    ['a key that is not known', `${minimal}colour: green\n`, 'Line 3: “colour” is not known here'],
    ['a figure out of range', `${minimal}speed: 3\n`, 'Line 3: “speed” must be a number from 0.5 to 2'],
    ['a number for a text', 'name: 1984\nprompt: x\n', 'Line 1: “name” must be text'],
    ['no name', 'prompt: x\n', 'Line 1: A persona needs a “name”'],
    ['an empty name', 'name: " "\nprompt: x\n', 'Line 1: “name” must not be empty'],
    ['no prompt', 'name: x\n', 'needs a “prompt”'],
    ['a wrong flag', `${minimal}spoken: maybe\n`, 'Line 3: “spoken” must be true or false'],
    ['a weight of nothing', `${minimal}voice:\n  af_heart: 0\n`, 'Line 4: A weight must be above 0'],
    [
      'an entry that is never told',
      `${minimal}lorebook:\n  entries:\n    - content: x\n`,
      'Line 5: An entry needs “keys”',
    ],
    [
      'a place that is none',
      `${minimal}lorebook:\n  entries:\n    - keys: a\n      content: x\n      position: top\n`,
      'Line 7: “position” must be',
    ],
    ['a list', '- a\n- b\n', 'neither a character card nor a persona'],
    ['no personas', 'personas: []\n', 'at least one'],
    ['a key twice', `${minimal}name: Ada\n`, 'Line 3: '],
    ['tabs', 'name: x\nlorebook:\n\tscanDepth: 1\n', 'Line 3: '],
    ['a tag of another language', `${minimal}greeting: !!js/function "x"\n`, 'Line 3: '],
    ['nothing', '', 'neither a character card nor a persona'],
    ['a list of texts', 'personas: [a]\n', 'Line 1: A persona must be written as “key: value”'],
  ])('are refused with the line for %s', (_what, text, sentence) => {
    expect(failure(text)).toContain(sentence)
    expect(failure(text)).toContain('Nothing was imported.')
  })

  it('name every mistake at once, by line', () => {
    const message = failure('name: 5\nprompt: [a]\nspeed: fast\n')
    expect(message).toMatch(/Line 1.*Line 2.*Line 3/s)
  })

  it('name as many mistakes as one can read', () => {
    const wrong = (count: number) => failure(minimal + Array.from({ length: count }, (_, at) => `x${at}: 1\n`).join(''))
    expect(wrong(MOST_NAMED)).not.toContain('more.')
    expect(wrong(MOST_NAMED + 1)).toContain('and 1 more.')
  })

  it('take no aliases, which short files grow without end with', () => {
    const bomb = `${minimal}greeting: &a x\notherGreetings: [*a, *a]\n`
    expect(failure(bomb)).toContain('Line 4: Aliases')
  })

  it('survive nesting without end', () => {
    expect(failure(`a: ${'['.repeat(50_000)}`)).toContain('nests too deep')
  })

  it('keep to their limits', () => {
    const padded = (length: number) => minimal + '#'.repeat(length - minimal.length)
    expect(readYaml(padded(MAX_YAML))).toHaveLength(1)
    expect(failure(padded(MAX_YAML + 1))).toContain(`at most ${MAX_YAML}`)
    const many = (count: number) => `personas:\n${'  - { name: x, prompt: y }\n'.repeat(count)}`
    expect(readYaml(many(MAX_YAML_PERSONAS))).toHaveLength(MAX_YAML_PERSONAS)
    expect(failure(many(MAX_YAML_PERSONAS + 1))).toContain(`at most ${MAX_YAML_PERSONAS}`)
    const voices = (count: number) =>
      `${minimal}voice:\n${Array.from({ length: count }, (_, at) => `  v${at}: 1\n`).join('')}`
    expect(readYaml(voices(MAX_VOICES))[0]?.voice).toHaveLength(MAX_VOICES)
    expect(failure(voices(MAX_VOICES + 1))).toContain(`from 1 to ${MAX_VOICES} voices`)
  })
})
