import { isCancel, log, multiselect, select, text } from '@clack/prompts'
import { SeamError } from '#protocol/errors.ts'

export interface Choice<Value> {
  readonly value: Value
  readonly label: string
  readonly hint?: string
}

/** Who is asked: a terminal, or a test. Every question throws SeamError cancelled when it is broken off. */
export interface Asker {
  select<Value>(message: string, choices: readonly Choice<Value>[], initial?: Value): Promise<Value>
  several<Value>(message: string, choices: readonly Choice<Value>[]): Promise<readonly Value[]>
  text(message: string, initial: string, fault: (text: string) => string | undefined): Promise<string>
  tell(message: string): void
}

/** Asks at the terminal, over the error stream: the output is for data. */
export function terminalAsker(): Asker {
  const { stderr: output } = process
  return {
    async select(message, choices, initial) {
      // The prompt marks a choice by its value, which may be anything here: places are simpler.
      const at = choices.findIndex(({ value }) => value === initial)
      const options = choices.map(({ value: _, ...rest }, value) => ({ ...rest, value }))
      return choices[
        answered<number>(await select({ message, options, output, ...(at >= 0 && { initialValue: at }) }))
      ]!.value
    },
    async several(message, choices) {
      const options = choices.map(({ value: _, ...rest }, value) => ({ ...rest, value }))
      const chosen = answered<number[]>(await multiselect({ message, options, output, required: false }))
      return chosen.map(at => choices[at]!.value)
    },
    async text(message, initialValue, fault) {
      return answered<string>(await text({ message, initialValue, output, validate: (given = '') => fault(given) }))
    },
    tell: message => log.info(message, { output }),
  }
}

/** @throws SeamError cancelled */
function answered<Value>(answer: Value | symbol): Value {
  if (isCancel(answer)) throw new SeamError('cancelled', 'Nothing was written.')
  return answer as Value
}
