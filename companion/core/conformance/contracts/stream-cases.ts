import { setTimeout as wait } from 'node:timers/promises'
import { RPC_ERRORS } from '#protocol/contract-errors.ts'
import type { MethodSpec } from '#protocol/contract-methods.ts'
import { notApplicable, passed } from '../finding.ts'
import { callWell, expectAlive, expectWell, hear, inline, soundOf, noWork, type ContractCase } from './case.ts'
import type { SampleCall } from './samples.ts'
import type { ContractSubject, Session } from './subject.ts'
import { Unmet, UNDER_WAY } from './talk.ts'

const TOKEN = 'partialResultToken'
/** What came of one call. */
interface Streamed {
  /** Whether items of it came behind its answer, as far as can be told by now. */
  readonly hasLate: () => boolean
  /** Bytes of sound, or characters. */
  readonly size: number
}

const streaming = (subject: ContractSubject, session: Session): SampleCall | undefined => {
  const { samples } = subject
  const all = samples ? [samples.work, ...samples.calls] : []
  return all.find(({ method }) => subject.spec(method)?.item && subject.offers(session, method))
}

let tokens = 0

async function streamed(
  subject: ContractSubject,
  { talk }: Session,
  { method, params }: SampleCall,
): Promise<Streamed> {
  const token = `s${++tokens}`
  const id = await talk.ask(method, { ...inline(params), [TOKEN]: token })
  const answer = await talk.answer(id, subject.patience.call)
  expectWell(subject, method, answer)
  const items = talk.items(token)
  const spec = subject.spec(method)!
  for (const { value } of items) expectItem(spec, value)
  if (items.length === 0 && answer.result === null) throw new Unmet(`“${method}” gave neither items nor a result.`)
  const whole = [...items, ...(answer.result === null ? [] : [{ value: answer.result, buffers: answer.buffers }])]
  const told = { hasLate: () => talk.hasItemBehind(id, token) }
  if (items.some(({ value }) => value === '')) throw new Unmet(`An item of “${method}” is empty.`)
  if (method !== 'synthesize') return { ...told, size: JSON.stringify(whole).length }
  const sound = whole.map(({ value, buffers }) => soundOf(value, buffers))
  if (sound.some(({ bytes }) => bytes.length === 0)) throw new Unmet(`An item of “${method}” is empty.`)
  const [first, ...others] = new Set(sound.map(({ mime }) => mime))
  if (others.length > 0) throw new Unmet(`Items of one sound have several media types: ${first} and ${others[0]}.`)
  await hear(sound)
  return { ...told, size: sound.reduce((sum, { bytes }) => sum + bytes.length, 0) }
}

function expectItem({ name, item }: MethodSpec, value: unknown): void {
  const read = item!.safeParse(value)
  if (!read.success) throw new Unmet(`An item of “${name}” has not the right shape: ${read.error.issues[0]!.message}.`)
}

const notHeard = (error: unknown) =>
  error instanceof Unmet ? new Unmet(`It was told to end a call, and went on with it. ${error.message}`) : error

/** Rules about answers that take their time. */
export const STREAM_CASES: readonly ContractCase[] = [
  {
    id: 'stream',
    title: 'answers in items when it is asked to, and else in one piece',
    paragraph: '7',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const session = await subject.session()
      const sample = streaming(subject, session)
      if (!sample) return notApplicable('No method of it answers in items.')
      const { hasLate, size } = await streamed(subject, session, sample)
      subject.streamed = size
      const had = session.talk.messages.length
      const whole = subject.samples.calls.find(({ method }) => method === sample.method) ?? sample
      const { result } = await callWell(subject, session.talk, whole)
      if (hasLate()) throw new Unmet('It told items of a call that was over.')
      if (session.talk.messages.slice(had).some(({ method }) => method === '$/progress'))
        throw new Unmet('It told items that nobody had asked for.')
      return result === null ? Promise.reject(new Unmet('Without items it gave no result.')) : passed
    },
  },
  {
    id: 'health-in-work',
    title: 'tells how it is while it works',
    paragraph: '9',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { talk } = await subject.session()
      const { method, params } = subject.samples.long
      const id = await talk.ask(method, inline(params))
      await talk.untilMore(UNDER_WAY)
      await expectAlive(subject, talk)
      await talk.notify('$/cancelRequest', { id })
      await talk.answer(id, subject.patience.call)
      return passed
    },
  },
  {
    id: 'cancel',
    title: 'ends a call that is cancelled with -32800, tells no more of it, and takes the next',
    paragraph: '8',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const { talk } = await subject.session()
      const { method, params } = subject.samples.long
      const token = `s${++tokens}`
      const id = await talk.ask(method, { ...inline(params), [TOKEN]: token })
      await talk.untilMore(UNDER_WAY)
      await talk.notify('$/cancelRequest', { id })
      const { error } = await talk.answer(id, subject.patience.quick).catch(error => Promise.reject(notHeard(error)))
      if (error && error.code !== RPC_ERRORS.CANCELLED)
        throw new Unmet(`It answered a cancelled call with the error ${error.code}; -32800 was expected.`)
      const had = talk.items(token).length
      await callWell(subject, talk, subject.samples.calls[0]!)
      return talk.items(token).length > had
        ? Promise.reject(new Unmet('It told items of a call that was over.'))
        : passed
    },
  },
  {
    id: 'stalled-reader',
    title: 'waits for a host that is busy, and loses nothing',
    paragraph: '7',
    async run(subject) {
      if (!subject.samples) return noWork(subject)
      const session = await subject.session()
      const { work, calls } = subject.samples
      const sample = streaming(subject, session) ?? (subject.offers(session, work.method) ? work : calls[0]!)
      const measure = async () =>
        subject.spec(sample.method)?.item
          ? (await streamed(subject, session, sample)).size
          : JSON.stringify((await callWell(subject, session.talk, sample)).result).length
      const expected = subject.streamed ?? (await measure())
      const read = session.talk.stall()
      const answered = measure()
      await Promise.race([wait(subject.patience.stall), answered.catch(() => undefined)])
      read()
      const size = await answered
      // What is never the same twice can't be compared.
      if (size === expected || (await measure()) !== expected) return passed
      throw new Unmet(`${size} bytes came to a host that was busy, and ${expected} to one that is quick.`)
    },
  },
]
