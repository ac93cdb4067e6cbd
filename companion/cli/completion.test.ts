import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineCommand } from 'citty'
import { describe, expect, it, vi } from 'vitest'
import { scratch } from '../core/testing/plugins.ts'
import { commandTree } from './command-tree.ts'
import { completionScript, SHELLS } from './completion-scripts.ts'

vi.setConfig({ testTimeout: 60_000 })
const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const isHere = (program: string) => spawnSync(program, ['-c', 'true']).status === 0

const odd = defineCommand({
  meta: { name: 'odd', description: `it's "quoted" $HOME \`date\` \\ : 100 %` },
  args: {
    tidy: { type: 'boolean', default: true, description: 'tidy up', negativeDescription: "don't tidy" },
    out: { type: 'string', alias: 'o', description: 'a file; [or] (not)' },
    word: { type: 'positional', description: 'a word' },
  },
})
const root = defineCommand({
  meta: { name: 'odd' },
  subCommands: { odd, nest: defineCommand({ subCommands: { odd } }) },
})

describe('the tree of commands', () => {
  it('knows commands within commands, and options with their other names', async () => {
    const tree = await commandTree(root)
    expect(tree.map(({ path }) => path)).toEqual(['', 'odd', 'nest', 'nest odd'])
    expect(tree[1]!.options.map(({ names, takesValue }) => [names, takesValue])).toEqual([
      [['--no-tidy'], false],
      [['--out', '-o'], true],
      [['--help', '-h'], false],
    ])
  })
})

describe('words to choose from', () => {
  it('stand where commands would', async () => {
    const door = defineCommand({
      meta: { name: 'door' },
      args: { way: { type: 'positional', description: 'which way', valueHint: 'in|out' } },
    })
    const [tree] = await commandTree(door)
    expect(tree!.commands).toEqual([
      { name: 'in', description: 'which way' },
      { name: 'out', description: 'which way' },
    ])
  })
})

describe('completion', () => {
  const printed = new Map<string, string>()
  const script = (shell: string) => {
    const known =
      printed.get(shell) ?? execFileSync(process.execPath, [main, 'completion', shell], { encoding: 'utf8' })
    printed.set(shell, known)
    return known
  }

  for (const shell of SHELLS) {
    // A shell that can't be had here can't judge: the test run installs them where it may.
    if (isHere(shell))
      it(`is in order for ${shell}`, async () => {
        const file = join(scratch(), 'script')
        for (const text of [script(shell), completionScript(shell, 'odd', await commandTree(root))]) {
          writeFileSync(file, text)
          expect(spawnSync(shell, ['-n', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
        }
      })

    it(`names every command for ${shell}`, () => {
      for (const word of ['run', 'configure', 'completion', 'validate', 'no-verify', 'junit', 'remove']) {
        expect(script(shell)).toContain(word)
      }
    })
  }

  it.each([
    [
      ['voxloom', ''],
      ['run', 'plugins', 'configure', 'completion'],
    ],
    [['voxloom', 'plu'], ['plugins']],
    [
      ['voxloom', 'contracts', ''],
      ['list', 'show', 'call', 'config', 'install', 'swap', 'capture', 'restore', 'test', 'sync'],
    ],
    [['voxloom', 'contracts', 'call', '--time'], ['--timeout']],
    [
      ['voxloom', 'plugins', ''],
      ['list', 'show', 'verify', 'test', 'build'],
    ],
    [['voxloom', '--json', 'plugins', 'te'], ['test']],
    [['voxloom', 'plugins', 'test', '--ju'], ['--junit']],
    [['voxloom', 'run', '--no'], ['--no-verify']],
    [['voxloom', 'run', '--output', ''], []],
    [['voxloom', 'run', 'bo'], []],
  ])('gives for %j in bash %j', (words, expected) => {
    const file = join(scratch(), 'script')
    const asked = `COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
    writeFileSync(file, `${script('bash')}\n${asked}\n_voxloom\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`)
    const given = execFileSync('bash', [file], { encoding: 'utf8' }).split('\n').filter(Boolean)
    if (expected.length === 0) expect(given).toEqual([])
    else expect(given).toEqual(expect.arrayContaining(expected))
    if (words.at(-1) !== '') expect(given).toHaveLength(expected.length)
  })

  it('ends with 2 for a shell that nobody knows', () => {
    const { status, stderr } = spawnSync(process.execPath, [main, 'completion', 'csh'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringContaining('bash, zsh, fish')])
  })
})
