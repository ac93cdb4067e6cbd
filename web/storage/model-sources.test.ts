import { describe, expect, it } from 'vitest'
import type { ModelEntry, ModelSource } from '#protocol/models.ts'
import { findFile, targetsOf, wantedFiles, type SourceOptions } from './model-sources.ts'

const commit = 'a'.repeat(40)
const file = { path: 'onnx/a b#.onnx', bytes: 1, sha256: '0' }
const model: ModelEntry = {
  id: 'm 1',
  name: 'M',
  task: 'speech',
  languages: [],
  licence: 'MIT',
  licenceUrl: '',
  shared: [{ path: 'voices/v.bin', bytes: 2, sha256: '1' }],
  sharedSources: [{ kind: 'companion' }],
  variants: [{ id: 'v', device: 'any', dtype: 'fp32', files: [file], sources: [] }],
}
const options: SourceOptions = {
  kinds: ['companion', 'hub'],
  hubBase: 'https://hub.test',
  companionBase: 'http://localhost:4747',
  origin: 'http://localhost:4747',
}
const hub = (revision: string, paths?: Record<string, string>): ModelSource => ({
  kind: 'hub',
  repo: 'org/repo',
  revision,
  ...(paths ? { paths } : {}),
})
const urls = (sources: ModelSource[], chosen = options) => targetsOf(model, { file, sources }, chosen).map(t => t.url)

describe('targetsOf', () => {
  it('keeps the order listed, leaves packages out, and escapes paths', () => {
    const sources: ModelSource[] = [hub(commit), { kind: 'packages', packages: [] }, { kind: 'companion' }]
    expect(urls(sources)).toEqual([
      `https://hub.test/org/repo/resolve/${commit}/onnx/a%20b%23.onnx`,
      'http://localhost:4747/models/m%201/onnx/a%20b%23.onnx',
    ])
    expect(targetsOf(model, { file, sources }, options).map(target => target.crossOrigin)).toEqual([true, false])
  })

  it('uses the repository’s own path where it differs', () => {
    expect(urls([hub(commit, { [file.path]: 'other.onnx' })])).toEqual([
      `https://hub.test/org/repo/resolve/${commit}/other.onnx`,
    ])
  })

  it('asks only the kinds that are allowed', () => {
    expect(urls([{ kind: 'companion' }, hub(commit)], { ...options, kinds: ['companion'] })).toHaveLength(1)
  })

  it.each(['main', 'v1.0', 'a'.repeat(39), 'a'.repeat(41), 'A'.repeat(40), ''])('refuses the revision %j', revision => {
    expect(() => urls([hub(revision)])).toThrow('not a commit')
  })
})

it('lists shared files first, and finds files by path', () => {
  expect(wantedFiles(model, model.variants[0]!).map(each => each.file.path)).toEqual(['voices/v.bin', file.path])
  expect(findFile(model, file.path)).toBe(file)
  expect(findFile(model, 'nothing')).toBeUndefined()
})
