import { setTimeout as wait } from 'node:timers/promises'
import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import { MAX_LINE } from '../../contracts/wire/limits.ts'
import { passed } from '../finding.ts'
import { expectAlive, expectError, expectWell, inline, resultOf, noWork, type ContractCase } from './case.ts'
import type { ContractSubject } from './subject.ts'
import { asAnswer, requestLine, Unmet, type Talk } from './talk.ts'

/** A call with characters beyond ASCII, where the contract is known; else what every plugin answers. */
const sampleOf = ({ samples }: ContractSubject) => samples?.calls[0] ?? { method: 'health_check', params: {} }

async function askIn(subject: ContractSubject, talk: Talk, write: (line: string) => Promise<void>): Promise<void> {
  const { method, params } = sampleOf(subject)
  const id = talk.takeId()
  await write(requestLine(id, method, inline(params)))
  expectWell(subject, method, await talk.answer(id, subject.patience.call))
}

/** Bytes that are written one by one: what is longer than that is sound. */
const SINGLE = 160
/** Milliseconds between two of them, or the pipe would join them. */
const APART = 2

/** Rules about lines, and what stands in them. */
export const LINE_CASES: readonly ContractCase[] = [
  {
    id: 'byte-by-byte',
    title: 'reads a line that arrives one byte at a time',
    paragraph: '3',
    async run(subject) {
      const { talk } = await subject.session()
      await askIn(subject, talk, async line => {
        const bytes = Buffer.from(line)
        for (const byte of bytes.subarray(0, SINGLE)) {
          await talk.write(Uint8Array.of(byte))
          await wait(APART)
        }
        if (bytes.length > SINGLE) await talk.write(bytes.subarray(SINGLE))
      })
      return passed
    },
  },
  {
    id: 'coalesced',
    title: 'reads many lines that arrive at once, and takes a carriage return before an end for nothing',
    paragraph: '3',
    async run(subject) {
      const { talk } = await subject.session()
      const ids = [talk.takeId(), talk.takeId(), talk.takeId()]
      await talk.write(
        ids.map((id, at) => requestLine(id, 'health_check').replace('\n', at === 1 ? '\r\n' : '\n')).join(''),
      )
      for (const id of ids) resultOf(await talk.answer(id, subject.patience.quick), 'health_check')
      return passed
    },
  },
  {
    id: 'unknown-keys',
    title: 'ignores keys that it does not know',
    paragraph: '3',
    async run(subject) {
      const { talk } = await subject.session()
      const id = talk.takeId()
      const more = { later_revision: { deep: [1, 2, 3] }, 'x-note': 'ignore me' }
      await talk.write(`${JSON.stringify({ jsonrpc: '2.0', id, method: 'health_check', params: {}, ...more })}\n`)
      resultOf(await talk.answer(id, subject.patience.quick), 'health_check')
      const fresh = await subject.initialize(subject.begin(), [], more)
      subject.keep('bare', fresh)
      return passed
    },
  },
  {
    id: 'long-line',
    title: `takes a line of ${MAX_LINE.toLocaleString('en')} bytes`,
    paragraph: '14',
    async run(subject) {
      const { talk } = await subject.session()
      const id = talk.takeId()
      const line = requestLine(id, 'health_check', { pad: '' })
      await talk.write(line.replace('"pad":""', `"pad":"${'x'.repeat(MAX_LINE - (line.length - 1))}"`))
      resultOf(await talk.answer(id, subject.patience.call), 'health_check')
      return passed
    },
  },
  {
    id: 'broken-json',
    title: 'answers a line that is not JSON with -32700, and goes on',
    paragraph: '3',
    async run(subject) {
      const { talk } = await subject.session()
      await talk.write('{"jsonrpc":"2.0","id":7,"method":\n')
      expectError(await talk.answer(null, subject.patience.quick), RPC_ERRORS.PARSE, 'A line that is not JSON')
      await expectAlive(subject, talk)
      return passed
    },
  },
  {
    id: 'no-request',
    title: 'answers an object that is no request with -32600, and goes on',
    paragraph: '11',
    async run(subject) {
      const { talk } = await subject.session()
      const id = talk.takeId()
      const had = talk.messages.length
      await talk.write(`${JSON.stringify({ jsonrpc: '2.0', id, params: {} })}\n`)
      await talk.untilMore(subject.patience.quick, had)
      // JSON-RPC 2.0, 5: null, where the request is such that its id can't be trusted.
      const told = talk.messages.slice(had).find(message => message.id === id || message.id === null)
      if (!told) throw new Unmet('It gave no answer to an object without a method.')
      expectError(asAnswer(told), RPC_ERRORS.INVALID_REQUEST, 'An object without a method')
      await expectAlive(subject, talk)
      return passed
    },
  },
  {
    id: 'unknown-method',
    title: 'answers a method that it does not have with -32601',
    paragraph: '5',
    async run(subject) {
      const { talk } = await subject.session()
      const answer = await talk.call('there_is_no_such_method', {}, subject.patience.quick)
      expectError(answer, RPC_ERRORS.METHOD_NOT_FOUND, 'A method that it does not have')
      return passed
    },
  },
  {
    id: 'wrong-params',
    title: 'answers a call without what it needs with -32602',
    paragraph: '5',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { method, params } = subject.samples.incomplete
      const { talk } = await subject.session()
      const answer = await talk.call(method, params, subject.patience.call)
      expectError(answer, RPC_ERRORS.INVALID_PARAMS, `“${method}” without its parameters`)
      return passed
    },
  },
  {
    id: 'notifications',
    title: 'takes notifications that it does not know, and the end of a call that is over, for nothing',
    paragraph: '8',
    async run(subject) {
      const { talk } = await subject.session()
      const had = talk.messages.length
      await talk.notify('$/from_a_later_revision', { any: 'thing' })
      await talk.notify('$/cancelRequest', { id: 999_999 })
      await expectAlive(subject, talk)
      const more = talk.messages.length - had
      if (more !== 1) throw new Unmet('It answered a notification, which has no answer.')
      return passed
    },
  },
  {
    id: 'ids',
    title: 'answers calls that run at once, each under its own id, a number or text',
    paragraph: '3',
    async run(subject) {
      const { talk } = await subject.session()
      const { method, params } = sampleOf(subject)
      const other = subject.samples?.calls.at(-1) ?? { method: 'health_check', params: {} }
      const ids = [
        await talk.ask(method, inline(params), 'an id of text'),
        await talk.ask(other.method, inline(other.params)),
      ]
      expectWell(subject, method, await talk.answer(ids[0]!, subject.patience.call))
      expectWell(subject, other.method, await talk.answer(ids[1]!, subject.patience.call))
      await expectAlive(subject, talk)
      const twice = ids.find(id => talk.messages.filter(told => told.id === id && told.method === undefined).length > 1)
      if (twice !== undefined) throw new Unmet('It answered one call twice.')
      return passed
    },
  },
]
