import { outputFault } from '../plugins/samples.ts'
import type { Driven } from './drive.ts'
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

export const passed: Finding = { verdict: 'passed', message: '' }
export const failed = (message: string): Finding => ({ verdict: 'failed', message })
export const notApplicable = (message: string): Finding => ({ verdict: 'not-applicable', message })

export const ends = (exit: Driven['exit']) =>
  exit === undefined
    ? 'could not be started'
    : exit.signal
      ? `was ended by ${exit.signal}`
      : `exited with code ${exit.code}`

/** What every run that should succeed has in common. */
export function faultOfSuccess(driven: Driven, subject: Subject): string | undefined {
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
