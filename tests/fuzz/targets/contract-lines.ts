import { Readable } from 'node:stream'
import type { Message } from 'vscode-jsonrpc/node'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { pluginError } from '../../../companion/core/contracts/wire/failures.ts'
import { MOST_FAULTS } from '../../../companion/core/contracts/wire/limits.ts'
import { ContractReader } from '../../../companion/core/contracts/wire/reader.ts'
import { fromWire, toWire } from '../../../companion/core/contracts/wire/values.ts'
import { MessageReader, WireFault } from '../../../plugins/sdk/typescript/contracts/reader.ts'
import { expectedResults, takeApart, type Told } from '../contract-bytes.ts'
import { judged, must, same } from '../judge.ts'
import { cutAt } from '../slices.ts'

// Input: a byte whose lower half says how many lengths of slices follow and whose highest bit says that attachments
// were not agreed on; those lengths; then what a plugin wrote, while some requests and one stream are open.

const OPEN = [1, 2, 3, 7, 'a'] as const
const TOKEN = 's7'
/** Characters of a sentence about a fault, whatever it is about. */
const MAX_SENTENCE = 400

type Answer = Message & {
  readonly id: number | string
  readonly method?: string
  readonly result?: WireValue
  readonly error?: { readonly code: number; readonly message: string }
}

/** What a host makes of a plugin's output. */
interface Heard {
  readonly answers: Answer[]
  readonly items: { readonly value: WireValue; readonly size: number }[]
  readonly faults: string[]
  readonly broken: string[]
}

function hear(slices: readonly Buffer[], attachments: boolean): Heard {
  const heard: Heard = { answers: [], items: [], faults: [], broken: [] }
  const stream = new Readable({ read: () => {} })
  const live = () => must(heard.broken.length === 0, 'Something is passed on after the end.')
  const reader = new ContractReader(stream, {
    ids: new Set(OPEN),
    item: (token, value, size) => {
      live()
      if (token === TOKEN) heard.items.push({ value, size })
      return token === TOKEN
    },
    fault: words => {
      live()
      heard.faults.push(words)
    },
    broken: ({ failure, words }) => {
      live()
      heard.broken.push(`${failure}: ${words}`)
    },
  })
  reader.attachments = attachments
  reader.listen(message => {
    live()
    heard.answers.push(message as Answer)
  })
  judged(
    () => {
      for (const slice of slices) stream.emit('data', slice)
    },
    // It breaks or counts, and never throws.
    () => false,
  )
  stream.destroy()
  return heard
}

/** docs/contract-plugins.md, 3 to 5: what a caller and a log may get. */
function inOrder({ answers, items, faults, broken }: Heard, size: number): void {
  const open = new Set<number | string>(OPEN)
  for (const { id, method, result, error } of answers) {
    // What the plugin asks is refused, and counted; everything else settles one request, once.
    if (method !== undefined) continue
    must(open.delete(id), 'A request that is not open is answered.')
    must((result === undefined) !== (error === undefined), 'An answer has both a result and an error, or neither.')
    if (error) pluginError(error, { plugin: 'a' })
    else again(result!)
  }
  for (const { value, size: bytes } of items) {
    must(bytes <= size, 'An item is larger than all that came.')
    again(value)
  }
  must(faults.length <= MOST_FAULTS, 'More is borne than may be.')
  must(faults.length < MOST_FAULTS || broken.length === 1, 'Too many faults do not end it.')
  for (const words of [...faults, ...broken]) {
    must(words.length <= MAX_SENTENCE && words.isWellFormed(), 'A fault is told in too many words, or in broken ones.')
  }
}

/** A value that was read can be written both ways, and is the same when it is read again. */
function again(value: WireValue): void {
  const written = (one: WireValue, buffers?: Uint8Array[]) => JSON.parse(JSON.stringify(toWire(one, buffers))) as Json
  // What JSON has no word for, 1e999, is null from here on.
  const plain = fromWire(written(value))
  same('Bytes in the line', fromWire(written(plain)), plain)
  const buffers: Uint8Array[] = []
  const attached = written(plain, buffers)
  const read = buffers.map(bytes => new Uint8Array(bytes))
  same('Bytes behind the line', fromWire(attached, read), plain)
}

function sameResults({ answers, broken }: Heard, told: Told): void {
  const heard = answers.flatMap(({ result }) => (result === undefined ? [] : [result]))
  const expected = expectedResults(told, OPEN)
  if (broken.length === 0 && !told.isFaulty) must(heard.length === expected.length, 'A result is lost, or too many.')
  const both = Math.min(heard.length, expected.length)
  same('Against the bytes in one piece', heard.slice(0, both), expected.slice(0, both))
}

/** What the SDK, at the other end of the pipe, makes of the same bytes. */
function sdkReads(slices: readonly Buffer[], { messages, isFaulty }: Told): void {
  const reader = new MessageReader()
  const read: Told['messages'] = []
  const isRead = judged(
    () => {
      for (const slice of slices) for (const message of reader.feed(slice)) read.push(message)
      return true
    },
    error => error instanceof WireFault,
  )
  must((isRead === undefined) === isFaulty, 'The SDK refuses what is in order, or takes what is not.')
  must(read.length === messages.length, 'The SDK reads another number of messages.')
  for (const [at, { json, attachments }] of messages.entries()) {
    must(shown(read[at]!.json) === shown(json), `The SDK reads message ${at} otherwise.`)
    must(Buffer.concat(read[at]!.attachments).equals(Buffer.concat(attachments)), `Its bytes are others.`)
  }
}

/** JSON may be deeper than it can be written again. */
function shown(json: unknown): string | undefined {
  try {
    return JSON.stringify(json)
  } catch {
    return 'deep'
  }
}

export function fuzz(data: Buffer): void {
  const first = data[0] ?? 0
  const lengths = [...data.subarray(1, 1 + (first & 0x0f))]
  const bytes = data.subarray(1 + lengths.length)
  const agreed = first < 0x80
  const slices = cutAt(bytes, lengths)
  const heard = hear(slices, agreed)
  inOrder(heard, bytes.length)
  same('In one piece', heard, hear(cutAt(bytes, []), agreed))
  if (bytes.length <= 512) same('Byte by byte', heard, hear(cutAt(bytes, [1]), agreed))
  const told = takeApart(bytes)
  if (agreed) sameResults(heard, told)
  sdkReads(slices, told)
}

export const dictionary = [
  ...[
    '"jsonrpc":"2.0"',
    '"id":1',
    '"id":"a"',
    '"result":',
    '"error":{"code":1000,"message":"No."}',
    'null',
    '\n',
    '\r\n',
  ],
  ...['"method":"$/progress"', '"params":', '"token":"s7"', '"value":', '"attachments":1', '"attachment":0'],
  ...['"encoding":"attachment"', '"encoding":"base64"', '"mime":"audio/x"', '"data":"AAAA"', '__proto__', '\\ud83d'],
]
