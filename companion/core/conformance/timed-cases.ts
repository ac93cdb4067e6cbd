import { frame, writeHeader } from '../frames/frame.ts'
import type { Step } from './drive.ts'
import { ends, failed, passed, type Case, type Finding } from './finding.ts'
import type { Subject } from './subject.ts'

/** A run that was cut off must end at once, and not as if all had gone well. */
async function cutOff(subject: Subject, sent: Uint8Array): Promise<Finding> {
  const driven = await subject.drive([{ write: sent }, 'end'], { limit: 15_000 })
  if (driven.exit?.code === 0) return failed('It exited with code 0, as if its input had been whole.')
  if (driven.late) return failed('It did not end when its input broke off, and was ended.')
  if (driven.took > 2000)
    return failed(`It ended ${(driven.took / 1000).toFixed(1)} s after its input broke off; 2 s are allowed.`)
  return passed
}

/** Rules that a clock decides: nothing else of the kit may run meanwhile. */
export const TIMED_CASES: readonly Case[] = [
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
