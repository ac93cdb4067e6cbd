import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openCommandHome, type CommandHome } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

let home: CommandHome
beforeAll(() => {
  home = openCommandHome()
})
afterAll(() => home.close())

const personas = (...args: string[]) => home.run(['personas', ...args])

it('lists and shows those that came with the product', async () => {
  const { stdout } = await personas('list')
  expect(stdout).toMatch(/^NAME +ID +VOICE +LANG +FROM\nNora +included:nora +bf_emma +en-gb +included\n/)
  const shown = await personas('show', 'nora')
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('Greeting:\nHello, I’m Nora.') })
  expect(JSON.parse((await personas('show', 'included:nora', '--json')).stdout)).toMatchObject({ revision: 0 })
})

it('takes a file in, gives it out, and forgets it', async () => {
  const at = (name: string) => join(home.folder, name)
  writeFileSync(at('iris.yaml'), 'name: Iris\nprompt: Prune.\nvoice: { bf_lily: 0.7, bf_emma: 0.3 }\n')
  expect((await personas('import', 'iris.yaml')).stdout).toMatch(/^Iris: imported as [0-9a-f-]{36}\n$/)
  expect((await personas('list')).stdout).toMatch(/\nIris +\S{36} +bf_lily:0\.7,bf_emma:0\.3 +en-us +own\n$/)
  expect((await personas('export', 'iris', '-o', 'iris.png')).stdout).toMatch(/^iris\.png: Iris, [\d,]+ bytes\n$/)
  expect(readFileSync(at('iris.png')).toString('latin1', 1, 4)).toBe('PNG')
  expect(await personas('export', 'iris', '-o', 'iris.png')).toMatchObject({ code: 8 })
  expect((await personas('export', 'Iris', '--format', 'yaml')).stdout).toMatch(/^name: Iris\nprompt: Prune\.\n/)
  const again = JSON.parse((await personas('import', 'iris.png', '--json')).stdout) as { personas: [{ id: string }] }
  expect(await personas('show', 'iris')).toMatchObject({ code: 2, stderr: expect.stringContaining('by its id') })
  const [{ id }] = again.personas
  expect((await personas('remove', id)).stdout).toBe('Iris: removed\n')
  expect(JSON.parse((await personas('remove', 'iris', '--json')).stdout)).toMatchObject({ removed: expect.any(String) })
  expect((await personas('list')).stdout).not.toContain('Iris')
})

it('shows what a card says, and lets the terminal obey nothing of it', async () => {
  const hostile = '\u001b]0;mine\u0007\u001b[2J\u009b2J\u202e'
  const data = {
    name: `Eve${hostile}`,
    description: `Hides${hostile}`,
    first_mes: `Hello.\n${hostile}Bye.`,
    extensions: 3,
  }
  writeFileSync(join(home.folder, 'eve.json'), JSON.stringify({ spec: 'chara_card_v2', spec_version: '2.0', data }))
  const taken = await personas('import', 'eve.json')
  expect(taken.stdout).toMatch(/^Eve]0;mine\[2J2J: imported as \S{36}\n$/)
  const id = taken.stdout.trim().slice(-36)
  const seen = [
    taken,
    await personas('list'),
    await personas('show', id),
    await personas('export', id, '-o', 'eve.yaml'),
    await personas('export', id),
    await personas('show', `eve${hostile}s`),
    await personas('remove', id),
  ]
  for (const { stdout, stderr } of seen) expect(stdout + stderr).toMatch(/^[^\0-\x08\x0b-\x1f\x7f-\x9f\u202e]+$/)
  expect(seen[2]!.stdout).toContain('\nGreeting:\nHello.\n]0;mine[2J2JBye.\n')
  expect(taken.stderr).toContain('extensions')
  expect(seen[5]!.stderr).toContain('Did you mean “Eve]0;')
})

it('removes an included one, and brings it back', async () => {
  expect((await personas('remove', 'Fable')).stdout).toBe('Fable: removed\n')
  expect((await personas('list')).stdout).not.toContain('Fable')
  expect((await personas('reset', 'fable')).stdout).toBe('Fable: as it came with Voxloom\n')
  expect((await personas('list')).stdout).toContain('Fable')
})

it.each([
  [['show', 'Norra'], 3, 'Did you mean “Nora”?'],
  [['import', 'none.yaml'], 3, 'There is no none.yaml'],
  [['import', 'bad.yaml'], 2, 'Line 3'],
  [['export', 'nora', '-o', 'x', '--format', 'doc'], 2, 'one of json, yaml, png, charx'],
  [['reset', 'nobody'], 3, 'no persona “included:nobody”'],
])('%j ends with %d', async (args, code, words) => {
  writeFileSync(join(home.folder, 'bad.yaml'), 'name: Iris\nprompt: [x\n')
  expect(await personas(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
  expect(existsSync(join(home.folder, 'x'))).toBe(false)
})
