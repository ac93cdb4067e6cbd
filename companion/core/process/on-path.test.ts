import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { onPath } from './on-path.ts'

let home: string
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'voxloom-path-'))))
afterEach(() => rmSync(home, { recursive: true, force: true }))

function put(folder: string, name: string, mode = 0o755): string {
  const program = join(home, folder, name)
  mkdirSync(join(home, folder), { recursive: true })
  writeFileSync(program, '#!/bin/sh\n')
  chmodSync(program, mode)
  return program
}
const path = (...folders: string[]) => folders.map(folder => join(home, folder)).join(delimiter)

describe.runIf(process.platform !== 'win32')('a program', () => {
  it('is the first of its name that can be run', () => {
    mkdirSync(join(home, 'a/tool'), { recursive: true })
    put('b', 'tool', 0o644)
    const program = put('c', 'tool')
    put('d', 'tool')
    expect(onPath('tool', path('missing', 'a', 'b', 'c', 'd'))).toBe(program)
    expect(onPath('other', path('a', 'b', 'c', 'd'))).toBeUndefined()
  })

  it('is not looked for where somebody happens to be, nor by a way to it', () => {
    put('c', 'tool')
    const here = relative(process.cwd(), join(home, 'c'))
    expect(onPath('tool', ['', '.', here].join(delimiter))).toBeUndefined()
    expect(onPath('c/tool', home)).toBeUndefined()
    expect(onPath('tool', '')).toBeUndefined()
  })
})
