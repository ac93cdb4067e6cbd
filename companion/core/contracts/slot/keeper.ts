import type { Clock } from '#dialogue/types.ts'
import type { PluginStatus } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Launch, SlotOptions, SlotState, SupervisionRules } from '../types.ts'
import { hostFailure, itsWords } from '../wire/failures.ts'
import type { Entrance } from './entrance.ts'
import { Health } from './health.ts'
import { Instance } from './instance.ts'
import { Revival } from './revival.ts'
import type { Sessions } from './sessions.ts'
import { swapInstances } from './swap.ts'
import { unless } from './waiting.ts'

export interface KeeperOptions extends SlotOptions {
  readonly clock: Clock
  readonly rules: SupervisionRules
  readonly entrance: Entrance
  readonly sessions: Sessions
  /** Something about it is different. */
  changed(): void
}

/** Keeps one process of a plugin: starts it, and starts it anew when it went by itself. */
export class Keeper {
  readonly #options: KeeperOptions
  readonly #revival: Revival
  readonly #health: Health
  readonly #over = new AbortController()
  #status: PluginStatus = 'UNLOADED'
  #current: Instance | undefined
  #last: Pick<Instance, 'methods' | 'canKeepState'> = { methods: [], canKeepState: false }
  #failure: SeamError | undefined
  #loading: Promise<void> | undefined
  /** Ends a start that is under way. */
  #stopStart = (_reason: SeamError) => {}
  /** Starts, ends and swaps come one after another. */
  #turn: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(options: KeeperOptions) {
    const { rules, clock, changed } = options
    this.#options = options
    this.#revival = new Revival(rules, clock, () => this.#load())
    this.#health = new Health({
      rules,
      clock,
      onSample: changed,
      onLost: instance => {
        const words = `did not answer ${rules.missesAllowed} times when it was asked how it is. It was ended.`
        instance.end(hostFailure('EXITED', words, instance.facts('health_check')))
      },
    })
  }

  /** What can be called just now. */
  get current(): Instance | undefined {
    return this.#current
  }

  get state(): Omit<SlotState, 'inFlight' | 'lastUsed'> {
    const { methods, canKeepState } = this.#last
    return {
      status: this.#status,
      methods,
      canKeepState,
      health: this.#health.samples,
      quarantined: this.#revival.isQuarantined,
      restarts: this.#revival.count,
      faults: this.#current?.faults ?? 0,
      ...(this.#failure && { failure: this.#failure }),
      ...(this.#current?.pid !== undefined && { pid: this.#current.pid }),
    }
  }

  /** Until it can be called, for a call. @throws SeamError why it can't be */
  async ready(): Promise<void> {
    this.#requireOpen()
    const { pause } = this.#revival
    if (!pause) return this.#load()
    // What could not even start is not waited for: whoever called wants to know, and to do without.
    if (pause.hadWorked) return pause.restarted.promise
    throw this.#failure!
  }

  /** At once, whatever it waits for. @throws SeamError why it can't be */
  async load(): Promise<void> {
    this.#requireOpen()
    return this.#revival.now(() => this.#load())
  }

  async unload(): Promise<void> {
    const { name, entrance, clock, rules } = this.#options
    const reason = new SeamError('cancelled', `The plugin “${name}” was unloaded meanwhile.`)
    this.#revival.drop()
    this.#stopStart(reason)
    await this.#inTurn(async () => {
      const instance = this.#current
      if (instance) {
        entrance.shut()
        try {
          await entrance.drained(clock, rules.swapPatience, () => entrance.active === 0)
          this.#leave('SHUTTING_DOWN')
          await instance.shutdown(reason)
        } finally {
          entrance.open()
        }
      }
      this.#revival.drop()
      this.#set(this.#closing ? 'STOPPED' : 'UNLOADED')
    })
  }

  async swap(signal?: AbortSignal): Promise<void> {
    this.#requireOpen()
    const { name, entrance, sessions, clock, rules } = this.#options
    const over = this.#over.signal
    await this.#inTurn(async () => {
      this.#requireOpen()
      const old = this.#current
      if (!old) return this.#revival.now(() => this.#start())
      await swapInstances({
        name,
        old,
        entrance,
        sessions,
        clock,
        patience: rules.swapPatience,
        signal: signal ? AbortSignal.any([signal, over]) : over,
        open: async stop => this.#open(await this.#launch(stop), stop),
        adopt: instance => {
          // The end of the old one may have been one too many.
          this.#requireOpen()
          this.#adopt(instance)
        },
      })
    })
  }

  /** Out of quarantine. */
  release(): void {
    const { isQuarantined } = this.#revival
    this.#revival.release()
    if (!isQuarantined) return
    this.#failure = undefined
    this.#set('UNLOADED')
  }

  /** Ends it for good. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const { name, entrance } = this.#options
    const reason = new SeamError('cancelled', `The plugin “${name}” was ended.`)
    this.#over.abort(reason)
    this.#revival.drop(reason)
    const instance = this.#current
    this.#leave('SHUTTING_DOWN')
    // Whoever waits looks again, and sees that it is over.
    entrance.open()
    await instance?.shutdown(reason)
    await this.#turn
    this.#set('STOPPED')
  }

  #requireOpen(): void {
    const { name } = this.#options
    if (this.#over.signal.aborted) throw new SeamError('cancelled', `The plugin “${name}” was ended.`)
    if (this.#revival.isQuarantined) throw this.#failure!
  }

  #load(): Promise<void> {
    this.#loading ??= this.#inTurn(() => this.#start()).finally(() => (this.#loading = undefined))
    return this.#loading
  }

  async #start(): Promise<void> {
    this.#requireOpen()
    if (this.#current) return
    this.#set('INITIALIZING')
    const { signal: over } = this.#over
    const stop = new AbortController()
    this.#stopStart = reason => stop.abort(reason)
    const signal = AbortSignal.any([over, stop.signal])
    let launch: Launch | undefined
    try {
      launch = await this.#launch(signal)
      const instance = await this.#open(launch, signal)
      if (signal.aborted) {
        instance.end(toSeamError(signal.reason))
        throw await instance.gone
      }
      this.#adopt(instance)
    } catch (error) {
      if (signal.aborted) {
        // Nothing failed: whoever ends it says the rest.
        this.#set('SHUTTING_DOWN')
        throw toSeamError(signal.reason)
      }
      this.#failure = toSeamError(error)
      // What is missing won't be there for another try: somebody has to do something.
      if (!launch) this.#set('ERROR')
      else this.#restartLater(false, this.#failure)
      throw this.#failure
    } finally {
      this.#stopStart = () => {}
    }
  }

  #launch(signal: AbortSignal): Promise<Launch> {
    return unless(this.#options.launch(signal), signal)
  }

  #open(launch: Launch, signal: AbortSignal): Promise<Instance> {
    const { name, contract, clock, ledger, onLine, changed } = this.#options
    return Instance.start(
      { name, contract, launch, clock, ledger, ...(onLine && { onLine }), onFault: changed },
      signal,
    )
  }

  #adopt(instance: Instance): void {
    // The one before may have gone by itself in the midst of a swap: then there is nothing left to start anew.
    this.#revival.started()
    this.#current = instance
    this.#last = instance
    this.#failure = undefined
    this.#options.sessions.clear()
    this.#health.begin(instance)
    this.#set('READY')
    void instance.gone.then(reason => {
      if (this.#current !== instance) return
      this.#drop()
      this.#restartLater(true, reason)
    })
  }

  /** There is nothing to call any more. */
  #leave(status: PluginStatus): void {
    this.#drop()
    this.#set(status)
  }

  #drop(): void {
    this.#current = undefined
    this.#health.stop()
    this.#options.sessions.clear()
  }

  #restartLater(hadWorked: boolean, reason: SeamError): void {
    this.#failure = reason
    if (!this.#revival.failed(hadWorked)) {
      const { name, rules } = this.#options
      const { quarantineAfter, quarantineWindow } = rules
      const words = `failed again after ${quarantineAfter} starts anew within ${quarantineWindow / 60_000} minutes, and is left alone. Release it to try again. ${itsWords(reason, name)}`
      this.#failure = hostFailure('QUARANTINED', words, { plugin: name }, reason)
    }
    this.#set('ERROR')
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  #set(status: PluginStatus): void {
    this.#status = status
    this.#options.onStatus?.(status, this.#failure)
    this.#options.changed()
  }
}
