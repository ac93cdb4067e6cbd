import { CONTRACT_ERRORS, RPC_ERRORS, type ContractFailure } from '#protocol/contract-errors.ts'
import { SeamError, type Failure } from '#protocol/errors.ts'
import type { Exit } from '../../process/child.ts'
import { exitWords, lastWords } from '../../pipelines/failure.ts'

/** What is known about a plugin when something fails. */
export interface PluginFacts {
  readonly plugin: string
  readonly method?: string | undefined
  readonly exit?: Exit | undefined
  /** The end of its standard error. */
  readonly log?: string | undefined
  /** The beginning of what it wrote last that is no message. */
  readonly stray?: string | undefined
}

/** An error as it stands in an answer. */
export interface RpcError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export const MAX_LOG = 4000
export const MAX_WORDS = 2000
/** Of these the same call may succeed when it is made again. */
const PASSING: readonly ContractFailure[] = ['EXITED', 'CALL_TIMEOUT', 'TOO_MANY_CALLS', 'SWAP_FAILED']
const CODES: Partial<Record<ContractFailure, Failure>> = {
  INTERPRETER_MISSING: 'unsupported',
  CONFIG_INVALID: 'bad-input',
  STATE_TOO_LARGE: 'quota',
  TOO_MANY_CALLS: 'quota',
}
const RPC_CODES: Readonly<Record<number, Failure>> = {
  [RPC_ERRORS.METHOD_NOT_FOUND]: 'unsupported',
  [RPC_ERRORS.INVALID_PARAMS]: 'bad-input',
}

/** What the host says of a plugin. `words` follow its name: “did not answer within 30 seconds.” */
export function hostFailure(failure: ContractFailure, words: string, facts: PluginFacts, cause?: unknown): SeamError {
  const { plugin, method, exit, log = '', stray = '' } = facts
  return new SeamError(CODES[failure] ?? 'engine', `The plugin “${plugin}” ${words}`, {
    retryable: PASSING.includes(failure),
    ...(cause === undefined ? {} : { cause }),
    details: {
      failure,
      plugin,
      ...(method === undefined ? {} : { method }),
      ...(exit?.code === undefined ? {} : { exitCode: exit.code }),
      ...(exit?.signal === undefined ? {} : { signal: exit.signal }),
      ...(log === '' ? {} : { stderr: log.length > MAX_LOG ? `…${log.slice(-MAX_LOG)}` : log }),
      ...(stray === '' ? {} : { stray }),
    },
  })
}

/** What the plugin itself says, in its own words where it has some. */
export function pluginError({ code, message, data }: RpcError, facts: PluginFacts): SeamError {
  const { plugin, method } = facts
  const known = CONTRACT_ERRORS.find(error => error.code === code)
  const words = message.trim() === '' ? (known?.text ?? `It failed with the code ${code}.`) : message.trim()
  return new SeamError(known?.failure ?? RPC_CODES[code] ?? 'engine', `The plugin “${plugin}” says: ${cut(words)}`, {
    details: {
      plugin,
      code,
      ...(method === undefined ? {} : { method }),
      ...(known === undefined ? {} : { failure: known.name }),
      ...(data === undefined ? {} : { data: cut(typeof data === 'string' ? data : JSON.stringify(data)) }),
    },
  })
}

/** An error of a plugin within a sentence that has named it already: “It says: There is no voice “x”.” */
export const itsWords = ({ message }: Error, plugin: string): string =>
  message.replace(`The plugin “${plugin}” `, 'It ')

/** Why a process went, with the last that it said: “exited with code 3: no such file.” */
export function goneWords(exit: Exit | undefined, log: string): string {
  const words = lastWords(log)
  return `${exit === undefined ? 'is gone' : exitWords(exit)}${words === '' ? '.' : `: ${words}`}`
}

const cut = (text: string) => (text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS - 1)}…` : text)
