import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { discoverPlugins, isUsable } from './discovery.ts'

function put(root: string, folder: string, name = folder, extra = ''): string {
  const path = join(root, folder)
  mkdirSync(path, { recursive: true })
  const lines = [
    `name = "${name}"`,
    'version = "1.0.0"',
    'protocol_version = "0.1"',
    'entrypoint = "main"',
    'mode = "streaming"',
    'input = ["text/plain"]',
    'output = ["text/plain"]',
    extra,
  ]
  writeFileSync(join(path, 'plugin.toml'), lines.join('\n'))
  return path
}

const look = (...paths: string[]) =>
  discoverPlugins(paths.map(path => ({ path, trust: 'local' }))).map(plugin => ({
    id: plugin.id,
    usable: isUsable(plugin),
    problem: plugin.problem,
    folder: plugin.folder,
  }))

describe('discovery', () => {
  it('lists a broken manifest with its problem, beside those that work', () => {
    const root = scratch()
    put(root, 'good')
    put(root, 'bad', 'bad', 'nonsense = 1')
    put(root, 'other-name', 'something-else')
    mkdirSync(join(root, 'torn', 'plugin.toml'), { recursive: true })
    mkdirSync(join(root, 'no-plugin'))
    writeFileSync(join(root, 'README.md'), '')
    expect(look(root)).toEqual([
      expect.objectContaining({ id: 'bad', usable: false, problem: expect.stringContaining('nonsense') }),
      expect.objectContaining({ id: 'good', usable: true, problem: undefined }),
      expect.objectContaining({
        id: 'other-name',
        usable: false,
        problem: expect.stringContaining('must be the same'),
      }),
      expect.objectContaining({ id: 'torn', usable: false, problem: expect.stringContaining('is no file') }),
    ])
  })

  it('takes a folder that is itself a plugin', () => {
    const path = put(scratch(), 'shout')
    expect(look(path)).toEqual([{ id: 'shout', usable: true, problem: undefined, folder: path }])
  })

  it('lets the first of two with one name win, and says so', () => {
    const [near, far] = [scratch(), scratch()]
    const first = put(near, 'shout')
    put(far, 'shout')
    expect(look(near, far)).toEqual([
      expect.objectContaining({ usable: true, folder: first }),
      expect.objectContaining({ usable: false, problem: expect.stringContaining(first) }),
    ])
  })

  it('sees a folder once, by whatever way it is reached', () => {
    const root = scratch()
    const broken = scratch()
    put(root, 'shout')
    put(broken, 'torn', 'else')
    const link = join(scratch(), 'link')
    symlinkSync(root, link)
    expect(look(root, link, root, join(root, 'shout'), broken, broken)).toHaveLength(2)
  })

  it('does not lose a plugin behind a link of another name', () => {
    const root = scratch()
    put(root, 'shout')
    symlinkSync(join(root, 'shout'), join(root, 'alias'))
    expect(look(root).filter(({ usable }) => usable)).toEqual([expect.objectContaining({ id: 'shout' })])
  })

  it('skips hidden folders, and those that are known to hold no plugins', () => {
    const root = scratch()
    for (const name of ['.hidden', 'node_modules', 'sdk', 'target']) put(root, name)
    symlinkSync(join(root, 'nowhere'), join(root, 'dangling'))
    expect(look(root, join(root, 'absent'))).toEqual([])
  })
})
