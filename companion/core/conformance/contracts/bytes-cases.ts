import { toWire } from '../../contracts/wire/values.ts'
import { frame } from '../../frames/frame.ts'
import { notApplicable, passed } from '../finding.ts'
import { callWell, expectWell, hear, noWork, soundOf, valueOf, type ContractCase } from './case.ts'
import type { SampleCall } from './samples.ts'
import type { ContractSubject } from './subject.ts'
import { Unmet, type Answer, type Talk } from './talk.ts'

/** What it reads is behind the line, too. */
async function callAttached(subject: ContractSubject, talk: Talk, { method, params }: SampleCall): Promise<Answer> {
  const bytes: Uint8Array[] = []
  const id = talk.takeId()
  const told = { jsonrpc: '2.0', id, method, params: toWire(params, bytes) }
  await talk.write(`${JSON.stringify(bytes.length === 0 ? told : { ...told, attachments: bytes.length })}\n`)
  for (const attachment of bytes) await talk.write(frame(attachment))
  const answer = await talk.answer(id, subject.patience.call)
  expectWell(subject, method, answer)
  return answer
}

/** Rules about bytes, within a line and behind it. */
export const BYTES_CASES: readonly ContractCase[] = [
  {
    id: 'attachments',
    title: 'sends bytes behind the line once both sides agreed on that, and the same ones',
    paragraph: '6',
    async run(subject) {
      const session = await subject.session()
      if (!session.started.features?.includes('attachments'))
        return notApplicable('It does not offer to send bytes behind the line.')
      if (!subject.samples) return noWork(subject)
      const sample = subject.samples.calls[0]!
      const answer = await callAttached(subject, session.talk, sample)
      valueOf(answer.result, answer.buffers)
      if (sample.method !== 'synthesize') return passed
      if (answer.buffers.length === 0) throw new Unmet('It agreed on attachments, and sent its sound as base64.')
      const here = await hear([soundOf(answer.result, answer.buffers)])
      const bare = await subject.session('bare')
      const { result, buffers } = await callWell(subject, bare.talk, sample)
      const there = await hear([soundOf(result, buffers)])
      if (here === there) return passed
      throw new Unmet(`As attachment the sound has ${here} samples, as base64 ${there}.`)
    },
  },
  {
    id: 'unagreed',
    title: 'sends no bytes behind a line to a host that did not agree on that',
    paragraph: '6',
    async run(subject) {
      const bare = await subject.session('bare')
      for (const sample of subject.samples?.calls ?? []) await callWell(subject, bare.talk, sample)
      if (bare.talk.messages.some(message => 'attachments' in message || message.buffers.length > 0))
        throw new Unmet('It sent attachments, though its host had not named the feature.')
      return passed
    },
  },
]
