import type { AudioData, Json, WireValue } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import { readSound } from '../../contracts/sound.ts'
import { fromWire, isAudio, toWire } from '../../contracts/wire/values.ts'
import { notApplicable, type Finding } from '../finding.ts'
import type { SampleCall } from './samples.ts'
import { resultFault, type ContractSubject } from './subject.ts'
import { Unmet, type Answer, type Talk } from './talk.ts'

export interface ContractCase {
  readonly id: string
  /** What must hold. */
  readonly title: string
  /** Paragraph of docs/contract-plugins.md. */
  readonly paragraph: string
  /** @throws Unmet when it does not hold */
  readonly run: (subject: ContractSubject) => Promise<Finding>
}

/** For rules that need a call that goes well. */
export const noWork = ({ works }: ContractSubject): Finding =>
  notApplicable(
    works
      ? 'Only its own plugins know what the methods of this contract take.'
      : 'The usual calls failed, so there is nothing to compare with.',
  )

/** Parameters as JSON, with bytes in it. */
export const inline = (params: SampleCall['params']): object => toWire(params) as object

/** The result, which must be there. @throws Unmet */
export function resultOf(answer: Answer, method: string): unknown {
  if (answer.error) throw new Unmet(`“${method}” failed: ${answer.error.message} (${answer.error.code})`)
  return answer.result
}

/** An error of this code, which must be there. @throws Unmet */
export function expectError({ error }: Answer, code: number, what: string): void {
  if (!error) throw new Unmet(`${what} was answered with a result; an error ${code} was expected.`)
  if (error.code !== code) throw new Unmet(`${what} was answered with the error ${error.code}; ${code} was expected.`)
}

/** Does a call that must go well, and gives its answer when it has the shape of the contract. @throws Unmet */
export async function callWell(subject: ContractSubject, talk: Talk, { method, params }: SampleCall): Promise<Answer> {
  const answer = await talk.call(method, inline(params), subject.patience.call)
  expectWell(subject, method, answer)
  return answer
}

/** @throws Unmet */
export function expectWell(subject: ContractSubject, method: string, answer: Answer): void {
  resultOf(answer, method)
  const spec = subject.spec(method)
  const fault = spec && resultFault(spec.result, answer)
  if (fault !== undefined) throw new Unmet(`The result of “${method}” has not the right shape: ${fault}`)
}

/** Whether it still answers. @throws Unmet */
export async function expectAlive(subject: ContractSubject, talk: Talk): Promise<void> {
  const answer = await talk
    .call('health_check', {}, subject.patience.quick)
    .catch(error => Promise.reject(after(error)))
  resultOf(answer, 'health_check')
}

const after = (error: unknown) =>
  error instanceof Unmet ? new Unmet(`Afterwards it does not go on. ${error.message}`) : error

/** What was told, with its bytes. @throws Unmet when they are not what they say */
export function valueOf(told: unknown, buffers: Answer['buffers']): WireValue {
  try {
    return fromWire(told as Json, buffers)
  } catch (error) {
    throw new Unmet(toSeamError(error).message)
  }
}

/** The sound of a result or of an item. @throws Unmet */
export function soundOf(told: unknown, buffers: Answer['buffers']): AudioData {
  const value = valueOf(told, buffers)
  if (!isAudio(value)) throw new Unmet('It gave no sound: an object with “encoding”, “mime” and the bytes is one.')
  return value
}

/** Reads sound as every room does. @returns how much there is of it, in samples @throws Unmet */
export async function hear(items: readonly AudioData[]): Promise<number> {
  let samples = 0
  let loudest = 0
  try {
    for await (const chunk of readSound(each(items))) {
      samples += chunk.samples.length
      for (const level of chunk.samples) loudest = Math.max(loudest, Math.abs(level))
    }
  } catch (error) {
    throw new Unmet(`Its sound can’t be read: ${toSeamError(error).message}`)
  }
  if (samples === 0) throw new Unmet('There is nothing in its sound.')
  if (loudest === 0) throw new Unmet('Its sound is silence from beginning to end.')
  return samples
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
