import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { ContractLogs, LINES_KEPT, LONGEST_LINE, type LogLine } from './logs.ts'

function open() {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-logs-'))
  const told: (LogLine & { readonly name: string })[] = []
  const logs = new ContractLogs(folder, (name, line) => told.push({ name, ...line }))
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

it('makes no file where nothing is said', async () => {
  const { folder, logs } = open()
  await logs.close()
  expect(readdirSync(folder)).toEqual([])
})
