import type { Driven, Step } from './drive.ts'
import { frame, writeHeader } from '../frames/frame.ts'
import { MAX_PAYLOAD } from '#protocol/plugins.ts'
import { outputFault } from '../plugins/samples.ts'
import type { Subject } from './subject.ts'

/** What a case found: nothing wrong, something wrong, or that it has no meaning for this plugin. */
export interface Finding {
  readonly verdict: 'passed' | 'failed' | 'not-applicable'
  /** Why, as a sentence. */
  readonly message: string
}

export interface Case {
  readonly id: string
  /** What must hold. */
  readonly title: string
  /** Paragraph of docs/plugin-protocol.md. */
  readonly paragraph: string
  readonly run: (subject: Subject) => Promise<Finding>
}

const passed: Finding = { verdict: 'passed', message: '' }
const failed = (message: string): Finding => ({ verdict: 'failed', message })
const notApplicable = (message: string): Finding => ({ verdict: 'not-applicable', message })

const ends = (exit: Driven['exit']) =>
  exit === undefined
    ? 'could not be started'
    : exit.signal
      ? `was ended by ${exit.signal}`
      : `exited with code ${exit.code}`

/** What every run that should succeed has in common. */
function faultOfSuccess(driven: Driven, subject: Subject): string | undefined {
  const { exit, fault, endedInsideFrame, errors, unmarked, late, payload } = driven
  if (exit === undefined) return 'The program could not be started.'
  if (fault)
    return `Something other than frames was written to standard output: “${fault.bytes.toString('utf8', 0, 40)}”.`
  const fatal = errors.find(error => error.fatal) ?? unmarked
  if (fatal) return `It reported an error: ${fatal.message}`
  if (late) return 'It did not end, and was ended.'
  if (exit.code !== 0)
    return `It ${ends(exit)}, and 0 was expected.${driven.log ? ` It said: ${driven.log.split('\n').at(-1)}` : ''}`
  if (endedInsideFrame) return 'Its output ended in the middle of a frame.'
  const wrong = outputFault(subject.outputType, payload)
  return wrong ? `It ${wrong}` : undefined
}

/** A run that must give the same output as the plain one. */
async function same(subject: Subject, steps: readonly Step[]): Promise<Finding> {
  const driven = await subject.drive(steps)
  const fault = faultOfSuccess(driven, subject)
  if (fault) return failed(fault)
  const { reference } = subject
  if (!reference) return notApplicable('The plain run failed, so there is nothing to compare with.')
  if (!subject.isRepeatable || driven.payload.equals(reference)) return passed
  const at = driven.payload.findIndex((byte, index) => byte !== reference[index])
  return failed(
    `The output differs from that of the plain run: ${driven.payload.length} bytes, and ${reference.length} were expected; the first difference is at byte ${at < 0 ? Math.min(driven.payload.length, reference.length) : at}.`,
  )
}

const bytesOf = (bytes: Uint8Array): Step[] => Array.from(bytes, byte => ({ write: Uint8Array.of(byte) }))

/** A run that was cut off must end at once, and not as if all had gone well. */
async function cutOff(subject: Subject, sent: Uint8Array): Promise<Finding> {
  const driven = await subject.drive([{ write: sent }, 'end'], { limit: 15_000 })
  if (driven.exit?.code === 0) return failed('It exited with code 0, as if its input had been whole.')
  if (driven.late) return failed('It did not end when its input broke off, and was ended.')
  if (driven.took > 2000)
    return failed(`It ended ${(driven.took / 1000).toFixed(1)} s after its input broke off; 2 s are allowed.`)
  return passed
}

export const CASES: readonly Case[] = [
  {
    id: 'plain',
    title: 'handles a tiny input and exits with 0',
    paragraph: '4',
    async run(subject) {
      const driven = await subject.drive(subject.plain)
      const fault = faultOfSuccess(driven, subject)
      return fault ? failed(fault) : passed
    },
  },
  {
    id: 'byte-by-byte',
    title: 'reads frames that arrive one byte at a time',
    paragraph: '2',
    run: subject => same(subject, [...bytesOf(subject.handshake), ...bytesOf(frame(subject.sample)), 'end']),
  },
  {
    id: 'coalesced',
    title: 'reads many frames that arrive at once',
    paragraph: '2',
    run(subject) {
      const third = Math.ceil(subject.sample.length / 3) || 1
      const parts = [0, 1, 2].map(at => frame(subject.sample.subarray(at * third, (at + 1) * third)))
      return same(subject, [{ write: Buffer.concat([subject.handshake, ...parts]) }, 'end'])
    },
  },
  {
    id: 'borders',
    title: 'gives borders of frames no meaning',
    paragraph: '2',
    run(subject) {
      const frames = Array.from(subject.sample, byte => frame(Uint8Array.of(byte)))
      return same(subject, [{ write: subject.handshake }, { write: Buffer.concat(frames) }, 'end'])
    },
  },
  {
    id: 'empty-frames',
    title: 'takes frames without content for nothing',
    paragraph: '2',
    run(subject) {
      const none = frame('')
      return same(subject, [
        { write: Buffer.concat([subject.handshake, none, frame(subject.sample), none, none]) },
        'end',
      ])
    },
  },
  {
    id: 'unknown-keys',
    title: 'ignores keys of the handshake that it does not know',
    paragraph: '3',
    run(subject) {
      const more = { ...subject.handshakeData, later_revision: { deep: [1, 2, 3] }, 'x-note': 'ignore me' }
      return same(subject, [{ write: frame(JSON.stringify(more)) }, { write: frame(subject.sample) }, 'end'])
    },
  },
  {
    id: 'empty-input',
    title: 'takes an empty input for an input',
    paragraph: '4',
    async run(subject) {
      const driven = await subject.drive([{ write: subject.handshake }, 'end'])
      if (driven.exit?.code === 0 && !driven.fault && !driven.endedInsideFrame) return passed
      const fatal = driven.errors.find(({ fatal }) => fatal)
      return failed(fatal ? `It reported an error: ${fatal.message}` : `It ${ends(driven.exit)}, and 0 was expected.`)
    },
  },
  {
    id: 'largest-frame',
    title: 'takes a frame of 8,388,608 bytes',
    paragraph: '2',
    async run(subject) {
      const content = subject.repeated(MAX_PAYLOAD)
      if (subject.maxInputBytes < MAX_PAYLOAD) return notApplicable('Its input may not be as large as that.')
      // Not waited for to the end: to speak 8 MiB of text takes a day.
      const steps: Step[] = [{ write: subject.handshake }, { write: frame(content) }, { wait: 3000 }]
      const driven = await subject.drive(steps, { limit: 20_000, signal: 'SIGTERM' })
      if (driven.fault) return failed('Something other than frames was written to standard output.')
      const fatal = driven.errors.find(({ fatal }) => fatal)
      if (fatal) return failed(`It reported an error: ${fatal.message}`)
      const died = driven.exit !== undefined && driven.took === 0 && driven.exit.code !== 0
      return died ? failed(`It ${ends(driven.exit)}.`) : passed
    },
  },
  {
    id: 'too-large-frame',
    title: 'refuses a frame of 8,388,609 bytes',
    paragraph: '2',
    async run(subject) {
      const sent = Buffer.concat([subject.handshake, writeHeader(MAX_PAYLOAD + 1), subject.sample])
      const driven = await subject.drive([{ write: sent }, 'end'], { limit: 15_000 })
      if (driven.exit?.code === 0) return failed('It exited with code 0, as if the frame had been in order.')
      return driven.late ? failed('It neither refused the frame nor ended with its input.') : passed
    },
  },
  {
    id: 'cut-in-header',
    title: 'fails when its input ends inside a header',
    paragraph: '4',
    run: subject => cutOff(subject, Buffer.concat([subject.handshake, frame(subject.sample).subarray(0, 2)])),
  },
  {
    id: 'cut-in-payload',
    title: 'fails when its input ends inside a frame',
    paragraph: '4',
    run: subject =>
      cutOff(subject, Buffer.concat([subject.handshake, writeHeader(subject.sample.length + 10), subject.sample])),
  },
  {
    id: 'cut-in-handshake',
    title: 'fails when its input ends inside the handshake',
    paragraph: '4',
    run: subject => cutOff(subject, subject.handshake.subarray(0, 20)),
  },
  {
    id: 'error-frame',
    title: 'reports a handshake that makes no sense in an error frame with the bit',
    paragraph: '5',
    async run(subject) {
      const driven = await subject.drive([{ write: frame('this is not JSON') }, 'end'], { limit: 15_000 })
      if (driven.unmarked) return failed('It wrote the error as payload: bit 31 of the header is not set.')
      if (driven.fault) return failed('Something other than frames was written to standard output.')
      if (driven.late) return failed('It did not end.')
      if (driven.exit?.code === 0) return notApplicable('It does not look at the handshake.')
      const [error] = driven.errors
      if (!error) return failed(`It ${ends(driven.exit)} without an error frame.`)
      return error.fatal && error.message.trim() !== ''
        ? passed
        : failed('The error frame is not fatal, or says nothing.')
    },
  },
  {
    id: 'stalled-reader',
    title: 'waits for a reader that is busy, and loses nothing',
    paragraph: '4',
    async run(subject) {
      // Enough to fill every pipe and buffer on the way, where that does not take all day.
      const large = frame(subject.repeated(Math.min(subject.maxInputBytes, 2 * 1024 * 1024)))
      const steps: Step[] = [{ write: subject.handshake }, { write: large }, 'end']
      const quick = await subject.drive(steps, { limit: 20_000 })
      const [compared, expected] = quick.late ? [subject.plain, subject.reference] : [steps, quick.payload]
      const driven = await subject.drive(compared, { deaf: 3000 })
      const fault = faultOfSuccess(driven, subject)
      if (fault) return failed(fault)
      return !subject.isRepeatable || !expected || driven.payload.equals(expected)
        ? passed
        : failed('The output differs from that of a reader that is quick.')
    },
  },
  {
    id: 'long-input',
    title: 'works on a long input, and in streaming mode writes before it has ended',
    paragraph: '4',
    async run(subject) {
      const size = Math.min(subject.maxInputBytes, 256 * 1024)
      const content = subject.repeated(size)
      const frames: Step[] = []
      for (let at = 0; at < content.length; at += 16_384)
        frames.push({ write: frame(content.subarray(at, at + 16_384)) })
      const waiting = { wait: subject.patience, forOutput: subject.mode === 'streaming' }
      const steps: Step[] = [{ write: subject.handshake }, ...frames, waiting]
      const driven = await subject.drive(steps, { limit: subject.patience + 20_000, signal: 'SIGTERM' })
      if (driven.fault) return failed('Something other than frames was written to standard output.')
      const fatal = driven.errors.find(({ fatal }) => fatal)
      if (fatal) return failed(`It reported an error: ${fatal.message}`)
      if (driven.took === 0 && driven.exit?.code !== 0) return failed(`It ${ends(driven.exit)}.`)
      if (subject.mode === 'batch')
        return driven.early === 0 ? passed : failed('It wrote before its input had ended, though its mode is “batch”.')
      if (driven.early > 0) return passed
      return failed(
        `It had written nothing ${(subject.patience / 1000).toFixed(0)} s after it was given ${size} bytes, though its mode is “streaming”.`,
      )
    },
  },
  {
    id: 'cancel',
    title: 'ends within 2 s of SIGTERM in the middle of its work',
    paragraph: '8',
    async run(subject) {
      const content = frame(subject.repeated(Math.min(subject.maxInputBytes, 64 * 1024)))
      const steps: Step[] = [{ write: subject.handshake }, { write: content }, { wait: 1000 }]
      const driven = await subject.drive(steps, { limit: 8000, signal: 'SIGTERM' })
      if (driven.took > 2000 || driven.late)
        return failed(`It took ${(driven.took / 1000).toFixed(1)} s to end; 2 s are allowed.`)
      return driven.left.length === 0
        ? passed
        : failed('Programs that it had started were still running after it had ended.')
    },
  },
  {
    id: 'end',
    title: 'exits within 2 s of the end of its output, and leaves no program behind',
    paragraph: '8',
    async run(subject) {
      const driven = await subject.drive(subject.plain)
      if (driven.lingered > 2000)
        return failed(`It exited ${(driven.lingered / 1000).toFixed(1)} s after the end of its output.`)
      if (driven.left.length > 0)
        return failed(
          `${driven.left.length} of the programs that it had started were still running after it had ended.`,
        )
      return driven.late ? failed('It did not end, and was ended.') : passed
    },
  },
]
