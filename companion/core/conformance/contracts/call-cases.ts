import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import { LIFECYCLE } from '#protocol/contract-methods.ts'
import { notApplicable, passed } from '../finding.ts'
import {
  callWell,
  expectAlive,
  expectError,
  hear,
  inline,
  resultOf,
  soundOf,
  noWork,
  type ContractCase,
} from './case.ts'
import { resultFault } from './subject.ts'
import { Unmet } from './talk.ts'

/** Rules about what is called, and what is answered. */
export const CALL_CASES: readonly ContractCase[] = [
  {
    id: 'initialize',
    title: 'gets ready, and has the methods of its contract',
    paragraph: '4',
    async run(subject) {
      const session = await subject.session()
      const { status } = session.started
      if (status !== undefined && status !== 'READY') throw new Unmet(`It is ${status} after it was initialized.`)
      const missing = subject.methods.find(({ name, required }) => required && !subject.offers(session, name))
      if (missing) throw new Unmet(`It names its methods, and “${missing.name}” is not among them.`)
      return passed
    },
  },
  {
    id: 'health',
    title: 'tells how it is',
    paragraph: '9',
    async run(subject) {
      const { talk } = await subject.session()
      const answer = await talk.call('health_check', {}, subject.patience.quick)
      resultOf(answer, 'health_check')
      const fault = resultFault(LIFECYCLE.health_check.result, answer)
      if (fault !== undefined) throw new Unmet(`The result of “health_check” has not the right shape: ${fault}`)
      const { status } = answer.result as { status: string }
      return status === 'READY' || status === 'BUSY'
        ? passed
        : Promise.reject(new Unmet(`It says that it is ${status}.`))
    },
  },
  {
    id: 'calls',
    title: 'answers each method that its contract requires, in the contract’s shape',
    paragraph: '12',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { calls } = subject.samples
      const { talk } = await subject.session()
      subject.works = false
      for (const sample of calls) {
        const answer = await callWell(subject, talk, sample)
        // Bytes that are no sound have the right shape, too.
        if (sample.method === 'synthesize') await hear([soundOf(answer.result, answer.buffers)])
      }
      subject.works = true
      return passed
    },
  },
  {
    id: 'listed',
    title: 'works with what it lists: a voice, a language, a model',
    paragraph: '12',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { by, parameter } = subject.samples.listed
      const { talk } = await subject.session()
      const { result } = await callWell(subject, talk, { method: by, params: {} })
      const [first] = result as readonly { readonly id?: string; readonly code?: string }[]
      if (!first) throw new Unmet(`“${by}” lists nothing.`)
      const ids = (result as readonly { readonly id?: string; readonly code?: string }[]).map(
        ({ id, code }) => id ?? code,
      )
      const twice = ids.find((id, at) => ids.indexOf(id) !== at)
      if (twice !== undefined) throw new Unmet(`“${by}” lists “${twice}” twice.`)
      const odd = parameter === 'voice_id' ? ids.find(id => /[:,]/.test(id!)) : undefined
      if (odd !== undefined) throw new Unmet(`The voice “${odd}” can’t be chosen: an id holds neither “:” nor “,”.`)
      const { method, params } = subject.samples.calls[0]!
      await callWell(subject, talk, { method, params: { ...params, [parameter]: ids[0]! } })
      return passed
    },
  },
  {
    id: 'absent',
    title: 'says with its contract’s code what is not there, or can’t be read',
    paragraph: '11',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { method, params, code } = subject.samples.absent
      const { talk } = await subject.session()
      const answer = await talk.call(method, inline(params), subject.patience.call)
      expectError(answer, code, code === 1101 ? 'What is no sound' : 'Something that it does not list')
      await expectAlive(subject, talk)
      return passed
    },
  },
  {
    id: 'null-params',
    title: 'takes null for a parameter that may be absent as its absence',
    paragraph: '5',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { method, params } = subject.samples.calls[0]!
      const { talk } = await subject.session()
      await callWell(subject, talk, { method, params: { ...params, [subject.samples.listed.parameter]: null } })
      return passed
    },
  },
  {
    id: 'sessions',
    title: 'hears sound piece by piece: start_stream, feed_audio, end_stream',
    paragraph: '12',
    async run(subject) {
      const session = await subject.session()
      const methods = ['start_stream', 'feed_audio', 'end_stream']
      const offered = methods.filter(name => subject.spec(name) && subject.offers(session, name))
      if (offered.length === 0) return notApplicable('It does not hear sound piece by piece.')
      const missing = methods.find(name => !offered.includes(name))
      if (missing) throw new Unmet(`It has “${offered[0]}”, and no “${missing}”.`)
      const { talk } = session
      const { result } = await callWell(subject, talk, { method: 'start_stream', params: {} })
      const session_id = typeof result === 'string' ? result : (result as { session_id: string }).session_id
      const chunk = subject.samples!.calls[0]!.params['audio']!
      for (let times = 0; times < 2; times++) {
        await callWell(subject, talk, { method: 'feed_audio', params: { session_id, chunk } })
      }
      await callWell(subject, talk, { method: 'end_stream', params: { session_id } })
      const again = await talk.call('end_stream', { session_id }, subject.patience.call)
      expectError(again, RPC_ERRORS.INVALID_PARAMS, 'The end of a session that has ended')
      return passed
    },
  },
]
