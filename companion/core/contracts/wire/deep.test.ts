import { setImmediate as turn } from 'node:timers/promises'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { contractFixture, openFixture } from '../testing/fixture.ts'
import { MAX_DEPTH } from './limits.ts'
import { ContractReader } from './reader.ts'
import { fromWire } from './values.ts'

// JSON is read however deep it is; what goes through it by itself has to stop by itself, too.

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
const DEEP = nested(200_000)

/** What a reader makes of a line, and of one byte behind it, when the request 1 is open. */
async function read(line: string) {
  const stream = new PassThrough()
  const [passed, faults]: [unknown[], string[]] = [[], []]
  const reader = new ContractReader(stream, {
    ids: new Set([1]),
    item: () => true,
    fault: words => faults.push(words),
    broken: ({ words }) => faults.push(words),
  })
  reader.attachments = true
  reader.listen(message => passed.push(message))
  stream.write(Buffer.concat([Buffer.from(`${line}\n`), Buffer.of(1, 0, 0, 0, 0)]))
  await turn()
  return { passed, faults }
}

it.each([
  ['a line that is no message', `{"a":${DEEP},"attachments":1}`, 'wrote what is no message: {"a":[[['],
  [
    'an id',
    `{"jsonrpc":"2.0","id":${DEEP},"result":1,"attachments":1}`,
    'answered the request […], which is not open.',
  ],
  [
    'an item',
    `{"jsonrpc":"2.0","method":"$/progress","params":{"token":"a","value":${DEEP}},"attachments":1}`,
    'told an item',
  ],
])('counts %s that is deeper than anything', async (_, line, words) => {
  const { faults } = await read(line)
  expect(faults).toEqual([expect.stringContaining(words)])
})

it('makes an error of an answer whose result, or whose error’s data, is too deep', async () => {
  for (const rest of [`"result":${DEEP}`, `"error":{"code":1000,"message":"No.","data":${nested(MAX_DEPTH)}}`]) {
    const { passed } = await read(`{"jsonrpc":"2.0","id":1,${rest},"attachments":1}`)
    expect(passed).toMatchObject([
      { id: 1, error: { message: expect.stringContaining(`more than ${MAX_DEPTH} objects`) } },
    ])
  }
  const { passed } = await read(
    `{"jsonrpc":"2.0","id":1,"error":{"code":1000,"message":"No.","data":${nested(MAX_DEPTH - 1)}},"attachments":1}`,
  )
  expect(passed).toMatchObject([{ id: 1, error: { code: 1000, message: 'No.' } }])
})

it('answers the caller whose plugin says more of an error than can be gone through', async () => {
  const code = `
const data = '['.repeat(200_000) + ']'.repeat(200_000)
on('get_voices', (_, { id }) => {
  send('{"jsonrpc":"2.0","id":' + id + ',"error":{"code":1000,"message":"No.","data":' + data + '}}\\n')
  return new Promise(() => {})
})`
  const slot = openFixture(contractFixture(code))
  await expect(slot.call('get_voices', {})).rejects.toMatchObject({
    code: 'engine',
    details: { failure: 'BAD_RESULT' },
  })
  expect(slot.state.status).toBe('READY')
})

it('takes each of the bytes behind a line once', () => {
  const bytes = new Uint8Array(8)
  const sound = (attachment: number) => ({ encoding: 'attachment', mime: 'audio/x', attachment })
  expect(fromWire([sound(1), sound(0)], [bytes, bytes])).toHaveLength(2)
  // Written as JSON, a line of them would be more than any memory holds.
  expect(() => fromWire([sound(0), sound(0)], [bytes])).toThrow('names the attachment 0 twice')
})
