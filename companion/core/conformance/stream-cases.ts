import { MAX_PAYLOAD } from '#protocol/plugins.ts'
import { frame, writeHeader } from '../frames/frame.ts'
import type { Step } from './drive.ts'
import { ends, failed, faultOfSuccess, notApplicable, passed, type Case, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

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

/** Rules about what is read and written. */
export const STREAM_CASES: readonly Case[] = [
  {
    id: 'plain',
    title: 'handles a tiny input and exits with 0',
    paragraph: '4',
    async run(subject) {
      const faults = subject.tries.map(driven => faultOfSuccess(driven, subject))
      const fault = faults.find(found => found !== undefined)
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
]
