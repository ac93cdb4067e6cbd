import { setImmediate as turn } from 'node:timers/promises'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { MAX_ATTACHMENTS, MOST_FAULTS } from './limits.ts'
import { ContractReader } from './reader.ts'

/** What a reader makes of lines that a plugin writes, when the requests 1, 2 and 3 and the stream s1 are open. */
async function read(lines: readonly (string | Buffer)[], attachments = false) {
  const stream = new PassThrough()
  const [passed, items, faults, broken]: [unknown[], unknown[], string[], string[]] = [[], [], [], []]
  const reader = new ContractReader(stream, {
    ids: new Set([1, 2, 3]),
    item: (token, value) => token === 's1' && items.push(value) > 0,
    fault: words => faults.push(words),
    broken: ({ failure, words }) => broken.push(`${failure}: ${words}`),
  })
  reader.attachments = attachments
  reader.listen(message => passed.push(message))
  for (const line of lines) stream.write(typeof line === 'string' ? `${line}\n` : line)
  await turn()
  return { passed, items, faults, broken, stray: reader.stray, counted: reader.faults }
}

const answer = (id: unknown, rest: object) => JSON.stringify({ jsonrpc: '2.0', id, ...rest })
const item = (token: unknown, value: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', method: '$/progress', params: { token, value } })

function framed(text: string): Buffer {
  const head = Buffer.alloc(4)
  head.writeUInt32LE(text.length)
  return Buffer.concat([head, Buffer.from(text)])
}

const SOUND = { encoding: 'attachment', mime: 'audio/x', attachment: 0 }

it('passes answers on, and items by their streams', async () => {
  const { passed, items, faults } = await read([
    answer(1, { result: { a: 1 } }),
    '',
    item('s1', 'Hel'),
    answer(2, { error: { code: 1001, message: 'No.' } }),
    answer(3, { result: null, error: null }),
    '{"jsonrpc":"2.0","method":"window/log","params":{}}',
  ])
  expect(passed).toEqual([
    { jsonrpc: '2.0', id: 1, result: { a: 1 } },
    { jsonrpc: '2.0', id: 2, error: { code: 1001, message: 'No.' } },
    { jsonrpc: '2.0', id: 3, result: null },
  ])
  expect(items).toEqual(['Hel'])
  expect(faults).toEqual([])
})

it('reads on after what is no message, and shows its beginning', async () => {
  const { passed, faults, stray } = await read([
    'Loading the model …',
    '[1, 2]',
    '"text"',
    '{"level":"info"}',
    '{"id":1,"result":2}',
    '\u001b[31mred',
    'x'.repeat(200),
    answer(1, { result: 2 }),
  ])
  expect(passed).toEqual([{ jsonrpc: '2.0', id: 1, result: 2 }])
  expect(faults).toHaveLength(7)
  expect(faults[0]).toBe('wrote what is no message: Loading the model …')
  expect(faults[5]).toBe('wrote what is no message: ·[31mred')
  expect(stray).toBe(`${'x'.repeat(80)}…`)
})

it('counts answers to what was not asked, and answers one once', async () => {
  const { passed, faults } = await read([
    answer(1, { result: 1 }),
    answer(1, { result: 2 }),
    answer(9, { result: 1 }),
    answer('2', { result: 1 }),
    answer(null, { error: { code: -32700, message: 'What?' } }),
    item('s2', 'x'),
    item(7, 'x'),
  ])
  expect(passed).toEqual([{ jsonrpc: '2.0', id: 1, result: 1 }])
  expect(faults).toEqual([
    'answered the request 1, which is not open.',
    'answered the request 9, which is not open.',
    'answered the request "2", which is not open.',
    'answered the request null, which is not open. What?',
    'told an item of “s2”, which nobody waits for.',
    'told an item without a token or a value.',
  ])
})

it('makes an error of an answer that can’t be used', async () => {
  const { passed, counted } = await read([
    answer(1, {}),
    answer(2, { error: 'no' }),
    answer(3, { result: { encoding: 'base64', mime: 'audio/x', data: '~' } }),
  ])
  expect(passed).toMatchObject([
    { id: 1, error: { message: 'answered with neither a result nor an error.' } },
    { id: 2, error: { message: expect.stringContaining('lacks a “code”') } },
    { id: 3, error: { message: expect.stringContaining('is not base64') } },
  ])
  expect(counted).toBe(3)
})

it('tells a plugin that asks that only the host does', async () => {
  const { passed, faults } = await read(['{"jsonrpc":"2.0","id":5,"method":"workspace/open"}'])
  expect(passed).toEqual([{ jsonrpc: '2.0', id: 5, method: 'workspace/open' }])
  expect(faults).toHaveLength(1)
})

it('reads bytes behind a line where both sides agreed, and what stands before and between', async () => {
  const { passed, items, faults } = await read(
    [
      'print',
      `${answer(1, { result: SOUND, attachments: 1 })}\n`,
      framed('one\n'),
      'print',
      `${JSON.stringify({ jsonrpc: '2.0', method: '$/progress', params: { token: 's1', value: SOUND }, attachments: 1 })}\n`,
      framed('two'),
    ].map(part => (Buffer.isBuffer(part) || part === 'print' ? part : Buffer.from(part))),
    true,
  )
  expect(passed).toEqual([
    { jsonrpc: '2.0', id: 1, result: { mime: 'audio/x', bytes: new Uint8Array([111, 110, 101, 10]) } },
  ])
  expect(items).toEqual([{ mime: 'audio/x', bytes: new Uint8Array([116, 119, 111]) }])
  expect(faults).toHaveLength(2)
})

it('ends what printed into its own bytes, with a name for it', async () => {
  const { broken } = await read([answer(1, { result: SOUND, attachments: 1 }), 'Loading …', framed('x')], true)
  expect(broken).toEqual([expect.stringMatching(/^ATTACHMENT_TOO_LARGE: announced attachments of \d+ bytes/)])
})

it('refuses bytes behind a line that were not agreed on, and more than there may be', async () => {
  const announced = (count: unknown) => answer(1, { result: SOUND, attachments: count })
  const { passed, broken } = await read([announced(1)])
  expect(passed).toMatchObject([{ id: 1, error: { message: expect.stringContaining('not agreed on') } }])
  expect(broken).toEqual([])
  expect((await read([announced(-1)], true)).passed).toMatchObject([{ id: 1, error: {} }])
  expect((await read([announced(MAX_ATTACHMENTS)], true)).broken).toEqual([])
  expect((await read([announced(MAX_ATTACHMENTS + 1)], true)).broken).toHaveLength(1)
})

it('ends what is not UTF-8', async () => {
  const bytes = Buffer.from(`${answer(1, { result: 'ß' })}\n`, 'latin1')
  const { broken, passed } = await read([bytes, answer(2, { result: 1 })])
  expect(broken).toEqual([expect.stringContaining('NOT_UTF8: wrote a line that is not UTF-8: {"jsonrpc"')])
  expect(passed).toEqual([])
})

it('bears as many faults as it may, and not one more', async () => {
  const strays = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`)
  const borne = await read([...strays(MOST_FAULTS - 1), answer(1, { result: 1 })])
  expect(borne).toMatchObject({ broken: [], counted: MOST_FAULTS - 1, passed: [{ id: 1 }] })
  const { broken, passed } = await read([...strays(MOST_FAULTS), answer(1, { result: 1 })])
  expect(broken).toEqual([expect.stringContaining(`TOO_MANY_FAULTS: wrote ${MOST_FAULTS} things`)])
  expect(passed).toEqual([])
})
