import { LIFECYCLE } from '#protocol/contract-methods.ts'
import { CONTRACT_REVISION, type WireValue } from '#protocol/contracts.ts'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { productVersion } from '../../version.ts'
import type { OfferedMethod } from '../types.ts'
import { hostFailure, itsWords } from '../wire/failures.ts'
import { toJson } from '../wire/values.ts'
import type { Instance, InstanceOptions } from './instance.ts'

/** What both sides agreed on. */
export interface Agreement {
  readonly attachments: boolean
  readonly canKeepState: boolean
  readonly methods: readonly OfferedMethod[]
}

const version = productVersion()

/** The first call of a process. @throws SeamError INITIALIZE_FAILED, INITIALIZE_TIMEOUT, or why it is gone */
export async function initialize(
  instance: Instance,
  { name, contract, launch }: InstanceOptions,
  signal?: AbortSignal,
): Promise<Agreement> {
  const { config, dataFolder, initializeTimeout: timeout } = launch
  const params = {
    revision: CONTRACT_REVISION,
    host: { name: 'voxloom', version },
    name,
    contract,
    config,
    features: ['attachments', 'state'],
    data_folder: dataFolder,
  }
  const answer = await instance.ask('initialize', params, { timeout, signal }).catch((error: unknown) => {
    throw startError(toSeamError(error), instance, timeout)
  })
  return agreement(answer, instance)
}

function startError(error: SeamError, instance: Instance, timeout: number): SeamError {
  const { failure } = error.details
  const facts = instance.facts('initialize')
  if (error.code === 'cancelled' || failure === 'EXITED' || failure === 'SPAWN_FAILED') return error
  if (failure === 'CALL_TIMEOUT') {
    const words = `was not ready ${timeout / 1000} seconds after it was started. It was ended. If it needs longer, set “initialize_timeout” in its manifest.`
    return hostFailure('INITIALIZE_TIMEOUT', words, facts, error)
  }
  // What broke the wire has its own name.
  if (failure !== undefined && failure !== 'BAD_RESULT' && error.details['code'] === undefined) return error
  return hostFailure('INITIALIZE_FAILED', `could not start. ${itsWords(error, facts.plugin)}`, facts, error)
}

function agreement(answer: WireValue, instance: Instance): Agreement {
  const fail = (words: string) => hostFailure('INITIALIZE_FAILED', words, instance.facts('initialize'))
  const read = LIFECYCLE.initialize.result.safeParse(toJson(answer))
  if (!read.success) throw fail('answered “initialize” with what is no agreement: it takes “revision” and “methods”.')
  if (read.data === false) throw fail('said that it can’t start. What it wrote to its log tells more.')
  const { revision, features = [], status, methods = [] } = read.data
  if (revision !== CONTRACT_REVISION) {
    throw fail(`speaks revision ${revision} of the wire, and this Voxloom ${CONTRACT_REVISION}. Update one of them.`)
  }
  if (status === 'ERROR')
    throw fail('said that it is in error after it was started. What it wrote to its log tells more.')
  return {
    attachments: features.includes('attachments'),
    canKeepState: features.includes('state'),
    methods: methods.map(({ name, params, streams = false }) => ({ name, ...(params && { params }), streams })),
  }
}
