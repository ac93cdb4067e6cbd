/** Bytes with their media type, as methods take and give them. */
export interface AudioData {
  readonly mime: string
  readonly bytes: Uint8Array
}

/** What goes through a call: JSON in which bytes may stand. What is undefined is left out. */
export type Value =
  null | undefined | boolean | number | string | AudioData | readonly Value[] | { readonly [key: string]: Value }

export type Status = 'UNLOADED' | 'INITIALIZING' | 'READY' | 'BUSY' | 'ERROR' | 'SHUTTING_DOWN' | 'STOPPED'

/** One call, beside its parameters. */
export interface CallRun {
  /** Fires when the caller leaves. Nobody waits for the method then; it should end what it has begun. */
  readonly signal: AbortSignal
}

/** What is known of the host and of the place where the plugin runs. */
export interface HostInfo {
  readonly name: string
  readonly version: string
  /** Where the plugin may write. */
  readonly dataFolder: string
}

export interface Health {
  /** READY or BUSY, by the calls that run, when absent. */
  readonly status?: Status
  readonly message?: string
  readonly details?: Value
  /** Milliseconds that its work takes, as the plugin measures it. */
  readonly latencyMs?: number
  /** MiB; the process's own when absent. */
  readonly memoryMb?: number
}

/** A result: whole, or piece by piece from a generator. */
export type Answer<Result, Item = never> = Result | Promise<Result> | AsyncGenerator<Item, Result | void>

export interface Voice {
  readonly id: string
  readonly name: string
  readonly language?: string
  readonly gender?: string
}
export interface Word {
  readonly text: string
  /** Seconds. */
  readonly start: number
  readonly end: number
  /** 0…1 */
  readonly confidence?: number
}
export interface Transcript {
  readonly text: string
  readonly language?: string
  readonly words?: readonly Word[]
}
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}
/** How a reply is made. The first two are always there: the SDK fills in what the caller left out. */
export interface Sampling {
  readonly max_tokens: number
  readonly temperature: number
  readonly stop_sequences?: readonly string[]
  readonly model?: string
}

/** Methods of the contracts, by docs/contract-plugins.md, 12. */
export interface Methods {
  readonly tts: {
    /** Items of a stream are pieces of one sound: joined, they are what a whole answer would be. */
    synthesize(
      params: { readonly text: string; readonly voice_id?: string },
      run: CallRun,
    ): Answer<AudioData, AudioData>
    get_voices(params: object, run: CallRun): Answer<readonly Voice[]>
    get_voice_info?(params: { readonly voice_id: string }, run: CallRun): Answer<{ readonly [key: string]: Value }>
  }
  readonly stt: {
    transcribe(
      params: { readonly audio: AudioData; readonly language?: string },
      run: CallRun,
    ): Answer<string | Transcript>
    get_languages(params: object, run: CallRun): Answer<readonly { readonly id: string; readonly name: string }[]>
    start_stream?(params: { readonly language?: string }, run: CallRun): Answer<string>
    feed_audio?(
      params: { readonly session_id: string; readonly chunk: AudioData },
      run: CallRun,
    ): Answer<{ readonly text?: string; readonly is_final?: boolean } | null>
    end_stream?(params: { readonly session_id: string }, run: CallRun): Answer<string | Transcript>
  }
  readonly llm: {
    complete(params: Sampling & { readonly prompt: string }, run: CallRun): Answer<string>
    chat(params: Sampling & { readonly messages: readonly Message[] }, run: CallRun): Answer<string>
    get_models(params: object, run: CallRun): Answer<readonly { readonly id: string; readonly name?: string }[]>
    stream_complete?(
      params: Sampling & { readonly prompt?: string; readonly messages?: readonly Message[] },
      run: CallRun,
    ): Answer<string, string>
  }
}

/** A method of a contract that the SDK does not know. */
export type AnyMethod = (params: { readonly [key: string]: Value }, run: CallRun) => Answer<Value, Value>

/** A plugin, whatever its contract. */
export interface ContractPlugin<Contract extends string = string, Offered = Readonly<Record<string, AnyMethod>>> {
  /** As in the manifest. */
  readonly contract: Contract
  /** Gets ready. What it throws says why the plugin can't be used. */
  initialize?(config: { readonly [key: string]: Value }, host: HostInfo): Promise<void> | void
  readonly methods: Offered
  /** Asked every few seconds, also while calls run: keep it quick. */
  health?(): Promise<Health> | Health
  /** With `restoreState`: what the next one of the same plugin needs to go on where this one stops. */
  captureState?(): Promise<Value> | Value
  restoreState?(state: Value): Promise<void> | void
  /** Ends what was begun, within a second. */
  shutdown?(): Promise<void> | void
}

/** The plugin as it is, with the types of its methods by its contract. */
export function defineContract<Contract extends string>(
  plugin: ContractPlugin<Contract, Contract extends keyof Methods ? Methods[Contract] : Record<string, AnyMethod>>,
): ContractPlugin {
  return plugin as unknown as ContractPlugin
}
