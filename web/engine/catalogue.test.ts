import { describe, expect, it } from 'vitest'
import { CATALOGUE, findModel } from './catalogue.ts'
import { MOONSHINE_PATHS } from './transcribe/moonshine/meta.ts'

describe('every model', () => {
  it.each(CATALOGUE.map(model => [model.id, model] as const))('%s names each file once, however often', (_, model) => {
    // What one build fetched, another one takes for its own.
    const seen = new Map<string, string>()
    for (const { path, bytes, sha256 } of [...model.shared, ...model.variants.flatMap(({ files }) => files)]) {
      const same = `${bytes} ${sha256}`
      expect(seen.get(path) ?? same).toBe(same)
      seen.set(path, same)
      expect(sha256).toMatch(/^[0-9a-f]{64}$/)
    }
  })
})

describe('Moonshine', () => {
  const { variants } = findModel('moonshine-tiny-en')!

  it('can be opened in every build that can be fetched', () => {
    expect(Object.keys(MOONSHINE_PATHS)).toEqual(variants.map(({ id }) => id))
    for (const { id, files } of variants) {
      const paths = Object.entries(MOONSHINE_PATHS).find(([variant]) => variant === id)![1]
      expect(Object.values(paths).toSorted()).toEqual(files.map(({ path }) => path).toSorted())
    }
  })

  it('has one build for graphics cards, in numbers that they compute', () => {
    expect(variants.filter(({ device }) => device === 'webgpu')).toMatchObject([{ id: 'fp32', dtype: 'fp32' }])
  })
})
