import { MAX_PAYLOAD } from '#protocol/plugins.ts'
import { frame } from '../frames/frame.ts'
import type { Step } from './drive.ts'
import { ends, failed, faultOfSuccess, notApplicable, passed, type Case } from './finding.ts'

/** Rules that take seconds of waiting and little work: other runs may go on meanwhile. */
export const WAITING_CASES: readonly Case[] = [
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
]
