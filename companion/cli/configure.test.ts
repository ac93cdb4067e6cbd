import { describe, expect, it } from 'vitest'
import { parsePipeline, type PipelineNode } from '../core/pipelines/cr.ts'
import { editCr, formatCr } from '../core/pipelines/cr-edit.ts'
import type { UsablePlugin } from '../core/plugins/discovery.ts'
import { formatMediaType, parseMediaType } from '../core/plugins/media-type.ts'
import { fixture } from '../core/testing/plugins.ts'
import type { Asker, Choice } from './asker.ts'
import { freshId, inputTypes, missingOptions, offersAt, valueFault } from './configure-choices.ts'
import { Wizard } from './configure-wizard.ts'

const plugin = (name: string, input: string, output: string, tables = '') =>
  fixture('', {
    name,
    manifest: { input: JSON.stringify(input.split(',')), output: JSON.stringify(output.split(',')) },
    tables,
  }) as UsablePlugin

const OPTIONS = `
[options.voice]
type = "string"
required = true
[options.speed]
type = "number"
default = 1
min = 0.5
max = 2
[options.style]
type = "string"
enum = ["calm", "loud"]
[options.fast]
type = "boolean"
default = false
`

const all = () => [
  plugin('mp3', 'audio/pcm', 'audio/mpeg'),
  plugin('upper', 'text/plain', 'text/plain'),
  plugin('tts', 'text/plain,text/markdown', 'audio/pcm;rate=24000;channels=1', OPTIONS),
  plugin('volume', 'audio/pcm', 'audio/pcm'),
  plugin('phone', 'audio/pcm;rate=8000;channels=1', 'audio/wav'),
  plugin('any', '*/*', '*/*'),
]

const node = (id: string, name = id, options = {}): PipelineNode => ({ id, plugin: name, options })
const names = (...given: Parameters<typeof offersAt>) => offersAt(...given).map(({ plugin }) => plugin.id)
const text = parseMediaType('text/plain')

describe('what is offered', () => {
  it('at the beginning are the types that something here reads, text first', () => {
    expect(inputTypes(all()).map(formatMediaType)).toEqual([
      'text/markdown',
      'text/plain',
      'audio/pcm;rate=8000;channels=1;format=s16le',
    ])
  })

  it('next are the plugins that read what comes, in the order of stages', () => {
    const plugins = all()
    expect(names({ nodes: [], plugins, inputType: text }, 0)).toEqual(['upper', 'tts', 'any'])
    expect(names({ nodes: [], plugins, inputType: parseMediaType('text/markdown') }, 0)).toEqual(['tts', 'any'])
    expect(names({ nodes: [node('tts')], plugins, inputType: text }, 1)).toEqual(['volume', 'mp3', 'any'])
    expect(names({ nodes: [node('tts'), node('mp3')], plugins, inputType: text }, 2)).toEqual(['any'])
    expect(offersAt({ nodes: [node('tts')], plugins, inputType: text }, 1)[1]).toMatchObject({
      reads: 'audio/pcm;rate=24000;channels=1;format=s16le',
      writes: 'audio/mpeg',
    })
  })

  it('in the middle fits on both sides, also where the row is broken without it', () => {
    const plugins = all()
    expect(names({ nodes: [node('upper'), node('mp3')], plugins }, 1)).toEqual(['tts'])
    expect(names({ nodes: [node('tts'), node('mp3')], plugins }, 1)).toEqual(['volume', 'any'])
    expect(names({ nodes: [node('tts'), node('mp3')], plugins }, 0)).toEqual(['upper', 'any'])
  })

  it('has an id that is free', () => {
    expect(freshId([], 'a')).toBe('a')
    expect(freshId([node('a'), node('a-2'), node('b')], 'a')).toBe('a-3')
  })

  it('asks for options that must be set, and judges values', () => {
    const { options } = all()[2]!.manifest
    expect(missingOptions(options, {})).toEqual(['voice'])
    expect(missingOptions(options, { voice: 'x' })).toEqual([])
    expect(valueFault('speed', options['speed']!, 3)).toBe('The option “speed” may be at most 2; it is 3.')
    expect(valueFault('speed', options['speed']!, 2)).toBeUndefined()
  })
})

type Answer = string | readonly string[]

/** Answers by labels, in a row, and keeps what was asked. */
function script(...answers: readonly Answer[]) {
  const left = [...answers]
  const asked: string[] = []
  const pick = <Value>(choices: readonly Choice<Value>[], label: string) => {
    const found = choices.find(choice => choice.label === label || choice.label.startsWith(`${label}:`))
    if (!found) throw new Error(`“${label}” is not among ${choices.map(choice => choice.label).join(' | ')}.`)
    return found.value
  }
  const next = (message: string) => {
    asked.push(message)
    if (left.length === 0) throw new Error(`Nobody answers: ${message}`)
    return left.shift()!
  }
  const ask: Asker = {
    select: async (message, choices) => pick(choices, next(message) as string),
    several: async (message, choices) => (next(message) as string[]).map(label => pick(choices, label)),
    async text(message, _initial, fault) {
      for (;;) {
        const answer = next(message) as string
        const wrong = fault(answer)
        if (!wrong) return answer
        asked.push(wrong)
      }
    },
    tell: message => asked.push(message),
  }
  return { ask, asked, left }
}

describe('the wizard', () => {
  it('makes a pipeline that is valid, and asks for no more than is wanted', async () => {
    const plugins = all()
    // Required options are asked for when it is known which of the others are wanted.
    const { ask, asked, left } = script(
      ...['text/plain', 'upper', 'tts', ['speed', 'style'], 'af_heart', '3', '1.5', 'loud'],
      ...['mp3', 'That is all', 'my book', 'my-book'],
    )
    const { pipeline } = await new Wizard(ask, plugins).create('pipeline')
    expect(left).toEqual([])
    expect(asked).toContainEqual('The option “speed” may be at most 2; it is 3.')
    expect(pipeline).toEqual({
      name: 'my-book',
      version: '1',
      description: '',
      nodes: [node('upper'), node('tts', 'tts', { voice: 'af_heart', speed: 1.5, style: 'loud' }), node('mp3')],
    })
    expect(parsePipeline(formatCr(pipeline), 'x')).toEqual(pipeline)
  })

  it('leaves an option at its default, or unset, where nothing is said', async () => {
    const { ask } = script(
      'text/plain',
      'tts',
      ['speed', 'style', 'fast'],
      'v',
      '',
      'not set',
      'the default, false',
      'That is all',
      'x',
    )
    const { pipeline } = await new Wizard(ask, all()).create('pipeline')
    expect(pipeline.nodes[0]!.options).toEqual({ voice: 'v' })
  })

  it('changes what is there, and its edits keep the comments', async () => {
    const file = `name = "book" # mine\n\n# speaks\n[[nodes]]\nid = "voice"\nplugin = "tts"\n[nodes.options]\nvoice = "a" # the best\nspeed = 2\n\n[[nodes]]\nid = "out"\nplugin = "mp3" # small\n`
    const { ask, asked } = script(
      ...['voice', 'Change its options', ['voice', 'speed'], 'b', ''],
      ...['Add a step', 'place 2', 'volume'],
      ...['voice', 'Move it', 'place 2', 'voice', 'Move it', 'first'],
      ...['out', 'Take it away', 'Save'],
    )
    const { edits, pipeline } = await new Wizard(ask, all()).change(parsePipeline(file, 'book.cr'))
    const after = editCr(file, edits, 'book.cr')
    expect(after).toBe(
      `name = "book" # mine\n\n# speaks\n[[nodes]]\nid = "voice"\nplugin = "tts"\n[nodes.options]\nvoice = "b" # the best\n\n[[nodes]]\nid = "volume"\nplugin = "volume"\n`,
    )
    expect(parsePipeline(after, 'book.cr')).toEqual(pipeline)
    // While the order was wrong, it said so.
    expect(asked).toContainEqual(expect.stringContaining('Node “volume” writes audio/pcm'))
  })

  it('changes nothing when nothing is asked for', async () => {
    const pipeline = parsePipeline('name = "a"\n[[nodes]]\nid = "x"\nplugin = "upper"\n', 'x')
    expect(await new Wizard(script('Nothing').ask, all()).change(pipeline)).toEqual({ pipeline, edits: [] })
  })
})
