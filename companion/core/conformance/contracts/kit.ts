import { toSeamError } from '#protocol/errors.ts'
import type { FoundContract } from '../../contracts/discovery.ts'
import type { Launch } from '../../contracts/types.ts'
import { failed, notApplicable, type Finding } from '../finding.ts'
import type { CaseResult } from '../trial.ts'
import { CONTRACT_CASES } from './cases.ts'
import type { ContractCase } from './case.ts'
import { ContractSubject, type Patience } from './subject.ts'
import { Unmet } from './talk.ts'

export const CONTRACT_DOCUMENT = 'docs/contract-plugins.md'

export interface ContractKitOptions {
  /** How a plugin is started, with its settings. @throws SeamError where something is missing */
  readonly launch: (plugin: FoundContract) => Promise<Launch>
  readonly patience?: Partial<Patience>
  readonly signal?: AbortSignal
  readonly onResult?: (plugin: FoundContract, result: CaseResult) => void
}

/** What was found of one plugin, in the order of the rules. */
export interface ContractSuite {
  readonly plugin: FoundContract
  readonly results: readonly CaseResult[]
}

/** Runs every rule of docs/contract-plugins.md against plugins, one after the other. @throws SeamError cancelled */
export async function testContracts(
  plugins: readonly FoundContract[],
  options: ContractKitOptions,
): Promise<readonly ContractSuite[]> {
  const suites: ContractSuite[] = []
  for (const plugin of plugins) {
    const results: CaseResult[] = []
    suites.push({ plugin, results })
    for await (const result of testContract(plugin, options)) {
      results.push(result)
      options.onResult?.(plugin, result)
    }
  }
  return suites
}

async function* testContract(plugin: FoundContract, options: ContractKitOptions): AsyncGenerator<CaseResult> {
  const { signal } = options
  signal?.throwIfAborted()
  if (!plugin.manifest || plugin.problem !== undefined)
    return yield given('manifest', 'has a manifest in order', '1', plugin.problem ?? '')
  let launch: Launch
  try {
    launch = await options.launch(plugin)
  } catch (error) {
    return yield given('prepare', 'can be tried', '1', toSeamError(error).message)
  }
  const subject = new ContractSubject(plugin.manifest, launch, options.patience)
  const stop = () => void subject.close()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for (const each of CONTRACT_CASES) {
      signal?.throwIfAborted()
      const begun = performance.now()
      const dead = each !== CONTRACT_CASES[0] && !subject.hasStarted
      const finding = dead ? notApplicable('It never got ready.') : await judge(each, subject)
      signal?.throwIfAborted()
      const { id, title, paragraph } = each
      yield { id, title, paragraph, document: CONTRACT_DOCUMENT, ...finding, took: (performance.now() - begun) / 1000 }
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    await subject.close()
  }
}

/** One rule, with what is thrown as its finding. */
export async function judge(each: ContractCase, subject: ContractSubject): Promise<Finding> {
  try {
    return await each.run(subject)
  } catch (error) {
    return failed(error instanceof Unmet ? error.message : toSeamError(error).message)
  }
}

const given = (id: string, title: string, paragraph: string, message: string): CaseResult => {
  return { id, title, paragraph, document: CONTRACT_DOCUMENT, ...failed(message), took: 0 }
}
