import { isUtf8 } from 'node:buffer'
import { addAbortSignal } from 'node:stream'
import { defineCommand } from 'citty'
import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import { LineCutter } from '../../core/contracts/wire/lines.ts'
import { globalArgs } from '../context.ts'
import { pipeOutput } from '../output-file.ts'
import { tell } from '../output.ts'
import { plainJson } from '../plain.ts'
import { pluginArgs } from '../plugin-context.ts'
import { withContracts } from './host.ts'
import { SyncFault, SyncMode } from './sync-methods.ts'

/** What was read of one line; a string says what is wrong with it. */
type Line = { readonly bytes: Buffer } | { readonly fault: string }

export const sync = defineCommand({
  meta: {
    name: 'sync',
    description: 'answer lines of JSON-RPC from the input, one after the other: plugin/load, plugin/call',
  },
  args: { ...pluginArgs, ...globalArgs },
  run: ({ args, rawArgs }) =>
    withContracts(args, rawArgs, async (host, context) => {
      const { stdin } = process
      if (stdin.isTTY) tell('Reads lines of JSON-RPC, such as {"jsonrpc":"2.0","id":1,"method":"plugin/list"}')
      const mode = new SyncMode(host, context)
      const output = pipeOutput()
      for await (const line of linesOf(addAbortSignal(context.signal, stdin))) {
        const answer = await answerTo(line, mode)
        if (answer) await output.write(Buffer.from(`${plainJson(JSON.stringify({ jsonrpc: '2.0', ...answer }))}\n`))
      }
    }),
})

/** Blank lines are nothing: whoever types makes some. */
async function* linesOf(input: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  const read: Line[] = []
  let isBroken = false
  const cutter = new LineCutter({
    line(bytes) {
      if (bytes.length > 0) read.push({ bytes: Buffer.from(bytes) })
      return 0
    },
    attached: () => undefined,
    broken({ words }) {
      isBroken = true
      read.push({ fault: `Whoever wrote it ${words} What follows can’t be read.` })
    },
  })
  for await (const chunk of input) {
    cutter.push(chunk)
    yield* read.splice(0)
    if (isBroken) return
  }
  // The last line may have no end.
  cutter.push(Buffer.from('\n'))
  yield* read.splice(0)
}

/** @returns undefined for a notification, which has no answer */
async function answerTo(line: Line, mode: SyncMode): Promise<object | undefined> {
  let id: unknown = null
  try {
    const { method, params = {}, ...message } = readMessage(line)
    const isRequest = 'id' in message
    if (isRequest) id = message['id']
    if (typeof method !== 'string') throw new SyncFault(RPC_ERRORS.INVALID_REQUEST, 'A request names its “method”.')
    const result = await mode.answer(method, params).catch(error => (isRequest ? Promise.reject(error) : undefined))
    return isRequest ? { id, result } : undefined
  } catch (error) {
    return { id, error: SyncFault.from(error).told }
  }
}

function readMessage(line: Line): Readonly<Record<string, unknown>> {
  if ('fault' in line) throw new SyncFault(RPC_ERRORS.INVALID_REQUEST, line.fault)
  let message: unknown
  try {
    if (isUtf8(line.bytes)) message = JSON.parse(line.bytes.toString())
  } catch {
    // Told below.
  }
  if (message === undefined) throw new SyncFault(RPC_ERRORS.PARSE, 'This line is not JSON in UTF-8.')
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw new SyncFault(RPC_ERRORS.INVALID_REQUEST, 'A request is one object of JSON; lists of requests are not taken.')
  return message as Readonly<Record<string, unknown>>
}
