import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { fixture, pipelineOf, scratch } from '../testing/plugins.ts'
import { readPlugin, type FoundPlugin } from '../plugins/discovery.ts'
import { parseMediaType } from '../plugins/media-type.ts'
import { planOrThrow, planPipeline, type PlanInput } from './plan.ts'

/** A plugin that reads and writes these types, lists with commas. */
const plugin = (name: string, input: string, output: string, manifest: Record<string, string> = {}, tables = '') =>
  fixture('', {
    name,
    manifest: {
      input: JSON.stringify(input.split(',')),
      output: JSON.stringify(output.split(',')),
      ...manifest,
    },
    tables,
  })

function plan(row: readonly FoundPlugin[], more: Partial<PlanInput> = {}) {
  return planPipeline({ pipeline: pipelineOf(...row), plugins: row, models: '/nowhere', ...more })
}

/** Types of each handshake, “reads > writes”. */
const flows = (row: readonly FoundPlugin[], type?: string) =>
  plan(row, type === undefined ? {} : { inputType: parseMediaType(type) }).plan?.nodes.map(
    ({ handshake }) => `${handshake.input_type} > ${handshake.output_type}`,
  )

const PCM = 'audio/pcm;rate=24000;channels=1;format=s16le'

describe('types', () => {
  it('settle as they come along the row', () => {
    const tts = plugin('tts', 'text/plain', 'audio/pcm;rate=24000;channels=1')
    const volume = plugin('volume', 'audio/pcm', 'audio/pcm')
    const mp3 = plugin('mp3', 'audio/pcm', 'audio/mpeg')
    expect(flows([tts, volume, mp3])).toEqual([`text/plain > ${PCM}`, `${PCM} > ${PCM}`, `${PCM} > audio/mpeg`])
  })

  it('are those of the first match, in the order of the writer and then of the reader', () => {
    const many = plugin('many', 'text/plain', 'text/html,text/markdown,text/plain')
    const picky = plugin('picky', 'text/plain,text/markdown', 'text/plain')
    expect(flows([many, picky])).toEqual(['text/plain > text/markdown', 'text/markdown > text/plain'])
  })

  it('with wildcards become what flows', () => {
    const any = plugin('any', '*/*', '*/*')
    const audio = plugin('audio', 'audio/*', 'audio/*')
    expect(flows([any])).toEqual(['text/plain > text/plain'])
    expect(flows([any, audio], 'audio/mpeg')).toEqual(['audio/mpeg > audio/mpeg', 'audio/mpeg > audio/mpeg'])
    expect(plan([audio]).problems).toEqual([
      expect.objectContaining({ code: 'types', message: expect.stringContaining('a type without “*” is needed') }),
    ])
  })

  it('take parameters from the input where they are open, and keep their own', () => {
    const open = plugin('open', 'audio/pcm', 'audio/pcm')
    const stereo = plugin('stereo', 'audio/pcm', 'audio/pcm;channels=2')
    expect(flows([open, stereo], 'audio/pcm;rate=8000;channels=1')).toEqual([
      'audio/pcm;rate=8000;channels=1;format=s16le > audio/pcm;rate=8000;channels=1;format=s16le',
      'audio/pcm;rate=8000;channels=1;format=s16le > audio/pcm;rate=8000;channels=2;format=s16le',
    ])
  })

  it('of sound may not stay open', () => {
    const open = plugin('open', 'audio/pcm', 'audio/pcm')
    const { problems } = plan([open])
    expect(problems).toEqual([
      {
        code: 'types',
        node: 'open-1',
        message: expect.stringContaining('audio/pcm needs a rate and channels'),
      },
    ])
    expect(plan([open], { inputType: parseMediaType('audio/pcm;rate=8000') }).problems).toHaveLength(1)
    const vague = plugin('vague', 'text/plain', 'audio/pcm;rate=8000')
    expect(plan([vague]).problems[0]!.message).toContain('Node “vague-1” (vague) writes audio/pcm')
  })

  it('that don’t meet are told with both lists, and with what would fit between', () => {
    const tts = plugin('tts', 'text/plain', 'audio/pcm;rate=24000;channels=1,audio/wav')
    const upper = plugin('upper', 'text/plain,text/markdown', 'text/plain')
    const hear = plugin('hear', 'audio/wav', 'text/plain')
    const all = plugin('all', '*/*', '*/*')
    const { problems } = plan([tts, upper], { plugins: [tts, upper, hear, all] })
    expect(problems).toEqual([
      {
        code: 'types',
        node: 'upper-2',
        message: `Node “tts-1” (tts) writes ${PCM}, audio/wav, and node “upper-2” (upper) reads text/plain, text/markdown. Put one of these between them: hear.`,
      },
    ])
    expect(plan([tts, upper]).problems[0]!.message).toContain('No installed plugin fits between them.')
  })

  it('differ when one parameter does', () => {
    const low = plugin('low', 'text/plain', 'audio/pcm;rate=8000;channels=1')
    const high = plugin('high', 'audio/pcm;rate=24000', 'audio/mpeg')
    expect(plan([low, high]).problems[0]!.code).toBe('types')
  })

  it('of the input must be what the first reads', () => {
    const upper = plugin('upper', 'text/plain', 'text/plain')
    const { problems } = plan([upper], { inputType: parseMediaType('audio/mpeg') })
    expect(problems[0]!.message).toBe('Node “upper-1” (upper) reads text/plain, and the input is audio/mpeg.')
  })

  it('that a plugin only takes over can’t come from another kind', () => {
    const odd = plugin('odd', 'text/plain', 'audio/*')
    expect(plan([odd]).problems[0]!.message).toContain('can’t tell what it writes')
  })
})

describe('plugins', () => {
  const copy = () => plugin('copy', 'text/plain', 'text/plain')

  it('that are not there are told with the nearest name', () => {
    const pipeline = { ...pipelineOf(copy()), nodes: [{ id: 'a', plugin: 'coppy', options: {} }] }
    const { problems } = plan([], { pipeline, plugins: [copy()] })
    expect(problems).toEqual([
      {
        code: 'unknown-plugin',
        node: 'a',
        message: 'Node “a”: there is no plugin “coppy”. Did you mean “copy”?',
      },
    ])
    expect(plan([], { pipeline, plugins: [] }).problems[0]!.message).toContain('See voxloom plugins list.')
  })

  it('whose manifest is broken say why', () => {
    const broken = plugin('broken', 'text/plain', 'nonsense')
    expect(plan([broken]).problems).toEqual([
      expect.objectContaining({ code: 'unusable-plugin', message: expect.stringContaining('“nonsense”') }),
    ])
  })

  it('of another platform are refused', () => {
    const here = `${process.platform}-${process.arch}`
    const other = plugin('other', 'text/plain', 'text/plain', { platform: '["plan9-mips"]' })
    const mine = plugin('mine', 'text/plain', 'text/plain', { platform: `["plan9-mips", "${here}"]` })
    expect(plan([mine]).problems).toEqual([])
    expect(plan([other]).problems).toEqual([
      { code: 'platform', node: 'other-1', message: `Node “other-1” (other) runs on plan9-mips; this is ${here}.` },
    ])
  })

  it('without their program say how it is made', () => {
    const source = plugin('source', 'text/plain', 'text/plain', { entrypoint: '"main"', build: '["make"]' })
    const torn = plugin('torn', 'text/plain', 'text/plain', { entrypoint: '"main"' })
    expect(plan([source]).problems[0]!.message).toContain('Build it with: voxloom plugins build source')
    expect(plan([torn]).problems[0]!.message).toContain('install it again')
    const folder = plugin('folder', 'text/plain', 'text/plain', { entrypoint: '"."' })
    expect(plan([folder]).problems[0]!.code).toBe('unusable-plugin')
  })

  it('that vanished are no crash', () => {
    const gone = copy()
    rmSync(gone.folder, { recursive: true })
    expect(plan([gone]).problems[0]!.code).toBe('unusable-plugin')
    expect(readPlugin(join(scratch(), 'gone')).problem).toContain('There is no')
  })

  it('are given the options that fit, and all the faults are told', () => {
    const shout = plugin('shout', 'text/plain', 'text/plain', {}, '[options.times]\ntype = "integer"\ndefault = 1\n')
    const node = (options: Record<string, unknown>) => ({ id: 'a', plugin: 'shout', options })
    const of = (options: Record<string, unknown>) =>
      plan([shout], { pipeline: { ...pipelineOf(shout), nodes: [node(options)] } })
    expect(of({ times: 3 }).plan?.nodes[0]!.handshake.config).toEqual({ times: 3 })
    expect(of({}).plan?.nodes[0]!.handshake.config).toEqual({ times: 1 })
    expect(of({ times: 'x', tmes: 1 }).problems.map(({ code, message }) => [code, message])).toEqual([
      ['options', 'Node “a” (shout): the option “times” must be a whole number; it is “x”.'],
      ['options', 'Node “a” (shout): there is no option “tmes”. Did you mean “times”?'],
    ])
  })
})

describe('a plan that can’t be', () => {
  it('is thrown with every sentence, as “not found” when nothing else is wrong', () => {
    const copy = plugin('copy', 'text/plain', 'text/plain')
    const of = (...names: string[]) => {
      const nodes = names.map((name, at) => ({ id: `n${at}`, plugin: name, options: {} }))
      try {
        return planOrThrow({ pipeline: { ...pipelineOf(copy), nodes }, plugins: [copy], models: '/nowhere' })
      } catch (error) {
        expect(error).toBeInstanceOf(SeamError)
        return error as SeamError
      }
    }
    expect(of('aaaaaa', 'bbbbbb')).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/aaaaaa.*\n.*bbb/),
    })
    expect(of('copy')).toMatchObject({ name: 'test' })
  })
})
