import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import { ends, notApplicable, passed, type Finding } from '../finding.ts'
import { callWell, expectAlive, expectError, inline, resultOf, type ContractCase } from './case.ts'
import type { ContractSubject, Session } from './subject.ts'
import { Unmet, UNDER_WAY, type Ending, type Talk } from './talk.ts'

/** What should end it, as it is told. */
const SIGNS = { eof: 'the end of its input', SIGTERM: 'SIGTERM' } as const

async function endInTime(subject: ContractSubject, talk: Talk, how: keyof typeof SIGNS): Promise<Ending> {
  const ending = await subject.end(talk, how)
  if (!ending.late) return ending
  throw new Unmet(`It was still there ${subject.patience.ending / 1000} s after ${SIGNS[how]}, and was killed.`)
}

async function endsAtWork(subject: ContractSubject, { talk }: Session, how: keyof typeof SIGNS): Promise<Finding> {
  if (subject.samples) {
    const { method, params } = subject.samples.long
    await talk.ask(method, inline(params))
    await talk.untilMore(UNDER_WAY)
  }
  await endInTime(subject, talk, how)
  return passed
}

/** Rules about how it begins and ends. Sessions that rules shared come to their ends here. */
export const LIFE_CASES: readonly ContractCase[] = [
  {
    id: 'before-initialize',
    title: 'answers what is asked before “initialize” with -32002',
    paragraph: '4',
    async run(subject) {
      const talk = subject.begin()
      const method = subject.methods[0]?.name ?? 'health_check'
      const answer = await talk.call(method, {}, subject.patience.initialize)
      expectError(answer, RPC_ERRORS.NOT_INITIALIZED, `“${method}” before “initialize”`)
      subject.keep('bare', await subject.initialize(talk, []))
      return passed
    },
  },
  {
    id: 'state',
    title: 'hands its state to another process of it',
    paragraph: '10',
    async run(subject) {
      const session = await subject.session()
      if (!session.started.features?.includes('state')) return notApplicable('It keeps no state.')
      const { patience } = subject
      const captured = await session.talk.call('capture_state', {}, patience.call)
      const state = resultOf(captured, 'capture_state')
      const { talk } = await subject.session('second')
      resultOf(await talk.call('restore_state', { state }, patience.call), 'restore_state')
      resultOf(await talk.call('capture_state', {}, patience.call), 'capture_state')
      await expectAlive(subject, talk)
      if (subject.samples) await callWell(subject, talk, subject.samples.calls[0]!)
      return passed
    },
  },
  {
    id: 'shutdown',
    title: 'exits with 0 within 2 s of “shutdown” and the end of its input',
    paragraph: '4',
    async run(subject) {
      const { talk } = await subject.session()
      resultOf(await talk.call('shutdown', {}, subject.patience.quick), 'shutdown')
      const { exit } = await endInTime(subject, talk, 'eof')
      if (exit?.code !== 0) throw new Unmet(`It ${ends(exit)}, and 0 was expected.`)
      return passed
    },
  },
  {
    id: 'end-of-input',
    title: 'exits within 2 s of the end of its input in the middle of its work',
    paragraph: '4',
    run: async subject => endsAtWork(subject, await subject.session('bare'), 'eof'),
  },
  {
    id: 'sigterm',
    title: 'exits within 2 s of SIGTERM in the middle of its work',
    paragraph: '13',
    run: async subject => endsAtWork(subject, await subject.session('second'), 'SIGTERM'),
  },
  {
    id: 'programs',
    title: 'leaves no program behind',
    paragraph: '13',
    async run(subject) {
      if (subject.endings.length === 0) await subject.end((await subject.session()).talk, 'eof')
      const left = Math.max(...subject.endings.map(ending => ending.left.length))
      if (left > 0)
        throw new Unmet(`${left} of the programs that it had started were still running after it had ended.`)
      return passed
    },
  },
  {
    id: 'output',
    title: 'writes messages to its standard output, and nothing else',
    paragraph: '3',
    async run(subject) {
      if (subject.talks.length === 0) {
        const { talk } = await subject.session()
        if (subject.samples) await callWell(subject, talk, subject.samples.calls[0]!)
      }
      const [stray] = subject.talks.flatMap(({ strays }) => strays)
      if (stray !== undefined)
        throw new Unmet(`Something other than messages was written to standard output: “${stray}”.`)
      if (subject.talks.some(({ unasked }) => unasked.length > 0)) throw new Unmet('It answered what nobody had asked.')
      return passed
    },
  },
]
