import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ContractLogs, LINES_A_SECOND, LINES_KEPT, LONGEST_LINE, type LogLine } from './logs.ts'

function open(now?: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-logs-'))
  const told: (LogLine & { readonly name: string })[] = []
  const logs = new ContractLogs(folder, (name, line) => told.push({ name, ...line }), now)
  onTestFinished(async () => {
    await logs.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { folder, logs, told, texts: (name: string) => logs.lines(name).map(({ text }) => text) }
}

it('keeps the last lines of each plugin, and none of the one before them', () => {
  const { logs, texts, told } = open()
  for (let at = 0; at < LINES_KEPT; at++) logs.said('parrot', `line ${at}`)
  logs.said('owl', 'hoo')
  expect([texts('parrot').length, texts('parrot')[0], texts('owl')]).toEqual([LINES_KEPT, 'line 0', ['hoo']])
  logs.happened('parrot', 'READY')
  expect([texts('parrot').length, texts('parrot')[0], texts('parrot').at(-1)]).toEqual([
    LINES_KEPT,
    'line 1',
    'voxloom: READY',
  ])
  expect(told.at(-1)).toMatchObject({ name: 'parrot', text: 'voxloom: READY' })
  logs.forget('parrot')
  expect(texts('parrot')).toEqual([])
})

it('cuts a line where it is longer than one is kept', () => {
  const { logs, texts } = open()
  logs.said('parrot', 'x'.repeat(LONGEST_LINE))
  logs.said('parrot', 'x'.repeat(LONGEST_LINE + 1))
  expect(texts('parrot').map(({ length }) => length)).toEqual([LONGEST_LINE, LONGEST_LINE])
})

it('takes as many lines of a plugin in a second as it may, and tells once that there were more', () => {
  let now = 0
  const { logs, told } = open(() => now)
  const flood = () => {
    for (let at = 0; at < LINES_A_SECOND + 2; at++) logs.said('parrot', 'la')
  }
  flood()
  expect(told).toHaveLength(LINES_A_SECOND + 1)
  expect(told.at(-1)!.text).toContain(`more than ${LINES_A_SECOND} lines in a second`)
  logs.said('owl', 'hoo')
  logs.happened('parrot', 'READY')
  expect(told.slice(-2).map(({ text }) => text)).toEqual(['hoo', 'voxloom: READY'])
  now = 1000
  flood()
  expect(told).toHaveLength(2 * (LINES_A_SECOND + 1) + 2)
})

it('strikes secrets out, but no word of three letters', () => {
  const { logs, texts } = open()
  logs.hide('parrot', ['sk-1234', 'abc'])
  logs.said('parrot', 'abc sk-1234, sk-1234')
  logs.hide('parrot', ['sk-5678'])
  logs.said('parrot', 'sk-1234 and sk-5678')
  logs.said('parrot', `${'x'.repeat(LONGEST_LINE - 2)}sk-1234`)
  logs.said('owl', 'sk-1234')
  expect(texts('parrot').slice(0, 2)).toEqual(['abc …, …', '… and …'])
  expect([texts('parrot')[2]!.slice(-3), texts('owl')]).toEqual(['xx…', ['sk-1234']])
})

it('leaves nothing of a secret that holds another, or has several lines', () => {
  const { logs, texts } = open()
  logs.hide('parrot', ['sk-1234', 'sk-1234-5678', 'first line\r\n  second line\n'])
  for (const text of ['sk-1234-5678', 'a first line', 'a second line']) logs.said('parrot', text)
  expect(texts('parrot')).toEqual(['…', 'a …', 'a …'])
})

it('strikes a secret out of JSON, too', () => {
  const { logs } = open()
  const secret = 'a"b\\c\nsecond "line"'
  logs.hide('parrot', [secret])
  expect(logs.discreet('parrot', JSON.stringify({ secret, lines: secret.split('\n') }))).toBe(
    '{"secret":"…","lines":["…","…"]}',
  )
})

it.each([
  ['says sk-1234-56… and more', 'says … and more'],
  ['says sk-sk-1234-56', 'says sk-…'],
  ['…34-5678 it said', '… it said'],
  ['sk-1… sk-1', '… …'],
  ['sk-1 is not cut', 'sk-1 is not cut'],
  ['34-5678 is not cut', '34-5678 is not cut'],
  ['three letters: sk-', 'three letters: sk-'],
])('leaves nothing of a secret at a cut: %s', (text, shown) => {
  const { logs } = open()
  logs.hide('parrot', ['sk-1234-5678'])
  expect(logs.discreet('parrot', text)).toBe(shown)
})

it('tells a reason in full once, until it works again', () => {
  const { logs, texts } = open()
  for (const what of ['ERROR', 'could not be started']) logs.happened('parrot', what, 'No seed.')
  logs.happened('owl', 'ERROR', 'No seed.')
  logs.works('parrot')
  logs.happened('parrot', 'ERROR', 'No seed.')
  expect(texts('parrot')).toEqual([
    'voxloom: ERROR: No seed.',
    'voxloom: could not be started (see above)',
    'voxloom: ERROR: No seed.',
  ])
  expect(texts('owl')).toEqual(['voxloom: ERROR: No seed.'])
})

it('writes the files that the guide names', async () => {
  const { folder, logs } = open()
  logs.said('parrot', 'Squawk.')
  logs.happened('parrot', 'READY')
  const files = ['launcher.1.log', 'plugins.1.log']
  const there = () => readdirSync(folder, { recursive: true }).map(String)
  await expect.poll(there).toEqual(expect.arrayContaining(files.map(file => join('logs', file))))
  const guide = readFileSync(new URL('../../../docs/how-to-write-a-contract-plugin.md', import.meta.url), 'utf8')
  for (const file of files) expect(guide).toContain(`logs/${file}`)
})

it('makes no file where nothing is said', async () => {
  const { folder, logs } = open()
  await logs.close()
  expect(readdirSync(folder)).toEqual([])
})
