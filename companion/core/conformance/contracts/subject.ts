import type { z } from 'zod'
import { CONTRACT_REVISION } from '#protocol/contracts.ts'
import { CONTRACT_METHODS, LIFECYCLE, type MethodSpec } from '#protocol/contract-methods.ts'
import type { Launch } from '../../contracts/types.ts'
import { productVersion } from '../../version.ts'
import { samplesOf, type ContractSamples } from './samples.ts'
import { Talk, Unmet, type Answer, type Ending } from './talk.ts'

/** Milliseconds that rules wait. */
export interface Patience {
  /** For an answer that needs no work. */
  readonly quick: number
  /** For an answer that needs it. */
  readonly call: number
  readonly initialize: number
  /** For its exit. */
  readonly ending: number
  /** For which its output is not read. */
  readonly stall: number
}

/** docs/contract-plugins.md says what a plugin has. */
const USUAL: Omit<Patience, 'call' | 'initialize'> = { quick: 5000, ending: 2000, stall: 1500 }

/** What was told at `initialize`. */
export type Started = Exclude<z.infer<(typeof LIFECYCLE)['initialize']['result']>, false>

/** Features that a session of rules agrees on. */
export const FEATURES = ['attachments', 'state'] as const

/** One session: a process that has been initialized. */
export interface Session {
  readonly talk: Talk
  readonly started: Started
}

/** Which session a rule speaks in: the one with all features, the one with none, or the one that takes over. */
type Role = 'agreed' | 'bare' | 'second'

/** A plugin before the rules. Sessions are shared by the rules that leave them as they were. */
export class ContractSubject {
  readonly patience: Patience
  /** Whether the usual calls went well, as far as that is known. */
  works = true
  /** Bytes of its work in items, once they were counted. */
  streamed: number | undefined
  /** How its processes went, one by one. */
  readonly endings: Ending[] = []
  readonly #samples: ContractSamples | undefined
  readonly #contract: string
  readonly #name: string
  readonly #launch: Launch
  readonly #talks: Talk[] = []
  readonly #sessions = new Map<Role, Session>()

  constructor(
    { name, contract }: { readonly name: string; readonly contract: string },
    launch: Launch,
    patience: Partial<Patience> = {},
  ) {
    this.#name = name
    this.#contract = contract
    this.#launch = launch
    this.#samples = samplesOf(contract)
    this.patience = { ...USUAL, call: launch.callTimeout, initialize: launch.initializeTimeout, ...patience }
  }

  /** None of a contract that only its plugins know, and none once the usual calls have failed. */
  get samples(): ContractSamples | undefined {
    return this.works ? this.#samples : undefined
  }

  get methods(): readonly MethodSpec[] {
    return CONTRACT_METHODS[this.#contract] ?? []
  }

  spec(method: string): MethodSpec | undefined {
    return this.methods.find(({ name }) => name === method)
  }

  /** All its processes, whether they live or not. */
  get talks(): readonly Talk[] {
    return this.#talks
  }

  /** Whether it ever got ready. */
  get hasStarted(): boolean {
    return this.#sessions.size > 0
  }

  /** A process to which nothing was said yet. */
  begin(): Talk {
    const talk = new Talk(this.#launch.command)
    this.#talks.push(talk)
    return talk
  }

  params(features: readonly string[]): Record<string, unknown> {
    return {
      revision: CONTRACT_REVISION,
      host: { name: 'voxloom', version: productVersion() },
      name: this.#name,
      contract: this.#contract,
      config: this.#launch.config,
      features,
      data_folder: this.#launch.dataFolder,
    }
  }

  /** @throws Unmet when it does not get ready */
  async initialize(talk: Talk, features: readonly string[], more: object = {}): Promise<Session> {
    const answer = await talk.call('initialize', { ...this.params(features), ...more }, this.patience.initialize)
    if (answer.error) throw new Unmet(`It can’t be started: ${answer.error.message}`)
    if (answer.result === false) throw new Unmet('It answered “initialize” with false: it can’t be started.')
    const read = LIFECYCLE.initialize.result.safeParse(answer.result)
    if (!read.success) throw new Unmet(`Its answer to “initialize” has not the right shape: ${firstIssue(read.error)}`)
    return { talk, started: read.data as Started }
  }

  /** The session of a role; begun anew when the last one has gone. @throws Unmet */
  async session(role: Role = 'agreed'): Promise<Session> {
    const known = this.#sessions.get(role)
    if (known && !known.talk.isGone) return known
    return this.keep(role, await this.initialize(this.begin(), role === 'bare' ? [] : FEATURES))
  }

  keep(role: Role, session: Session): Session {
    this.#sessions.set(role, session)
    return session
  }

  /** Whether it says that it has a method. One that names none is taken to have what it must. */
  offers({ started }: Session, method: string): boolean {
    return started.methods?.some(({ name }) => name === method) ?? this.spec(method)?.required ?? true
  }

  async end(talk: Talk, how: 'eof' | 'SIGTERM'): Promise<Ending> {
    const ending = await talk.end(how, this.patience.ending)
    this.endings.push(ending)
    return ending
  }

  async close(): Promise<void> {
    await Promise.all(this.#talks.map(talk => talk.kill()))
  }
}

/** What is wrong with the result of a method, as a sentence; undefined when nothing is. */
export function resultFault(schema: z.ZodType, { result }: Answer): string | undefined {
  const read = schema.safeParse(result)
  return read.success ? undefined : firstIssue(read.error)
}

/** Of a shape that may be one of several, what is wrong with the one that comes nearest. */
function firstIssue(
  { issues }: { readonly issues: readonly z.core.$ZodIssue[] },
  above: readonly PropertyKey[] = [],
): string {
  const [issue] = issues
  const path = [...above, ...issue!.path]
  if (issue!.code === 'invalid_union' && issue!.errors.length > 0) {
    const depth = (branch: readonly z.core.$ZodIssue[]) => branch[0]?.path.length ?? 0
    const nearest = issue!.errors.toSorted((a, b) => depth(b) - depth(a))[0]!
    if (nearest.length > 0) return firstIssue({ issues: nearest }, path)
  }
  return `${path.length > 0 ? `${path.join('.')}: ` : ''}${issue!.message}.`
}
