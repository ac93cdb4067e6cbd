import type { ContractCall } from '#protocol/contract-command.ts'
import type {
  CallReport,
  ContractConfig,
  ContractEvent,
  ContractInfo,
  InstallLine,
  Json,
  StreamLine,
} from '#protocol/contracts.ts'
import type { Message, ReplyRun } from '#protocol/language.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment } from '#protocol/speech.ts'
import type { CaptionWord } from '#protocol/transcribe.ts'
import { readReply } from './reply.ts'
import { ask, askJson, withJson, withSignal, type Line } from './request.ts'
import { SocketLine, type OpenSocket } from './socket-line.ts'
import { chunksOf, type SpokenItem } from './spoken-chunks.ts'

export interface ContractLine {
  readonly at: string
  readonly text: string
}

/** Plugins that keep a contract: voices, recognisers and language models that the companion supervises. */
export interface ContractService {
  list(signal?: AbortSignal): Promise<readonly ContractInfo[]>
  get(name: string, signal?: AbortSignal): Promise<ContractInfo>
  load(name: string, signal?: AbortSignal): Promise<ContractInfo>
  unload(name: string, signal?: AbortSignal): Promise<ContractInfo>
  /** Starts the plugin anew beside the old one, and hands its state over. @throws SeamError; then the old one goes on */
  swap(name: string, signal?: AbortSignal): Promise<ContractInfo>
  /** Lets a plugin out of quarantine. */
  release(name: string, signal?: AbortSignal): Promise<ContractInfo>
  config(name: string, signal?: AbortSignal): Promise<ContractConfig>
  /** Keeps settings. A secret that is missing stays; an empty one is removed. @throws SeamError bad-input */
  configure(name: string, values: Readonly<Record<string, Json>>): Promise<ContractConfig>
  /** @throws SeamError, whose `details.code` is the plugin's own where it has one */
  call(call: ContractCall, signal?: AbortSignal): Promise<CallReport>
  /** Items as they come, and the report last. Leaving the loop cancels the call. */
  stream(call: ContractCall, run?: Run): AsyncIterable<StreamLine>
  capture(name: string, signal?: AbortSignal): Promise<Json>
  restore(name: string, state: Json, signal?: AbortSignal): Promise<void>
  /** The last lines that the plugin said beside its answers. */
  log(name: string, signal?: AbortSignal): Promise<readonly ContractLine[]>
  /** Makes a plugin's environment. @throws SeamError with the tool's own words */
  install(name: string, run?: Run): AsyncIterable<InstallLine>
  /** What changes, for ever. @throws SeamError offline when the companion goes away */
  watch(run?: Run): AsyncIterable<ContractEvent>
  /** One sentence by a plugin's voice: the first of `segment.voice`, `NAME/VOICE`. */
  speak(segment: Segment, run?: Run): AsyncIterable<PcmChunk>
  /** @param samples mono, 16 kHz */
  recognise(
    name: string,
    samples: Float32Array<ArrayBuffer>,
    run?: Run & { readonly lang?: string },
  ): Promise<{ readonly text: string; readonly words: readonly CaptionWord[] }>
  reply(name: string, messages: readonly Message[], run?: ReplyRun & { readonly model?: string }): AsyncIterable<string>
  close(): void
}

interface ContractCalls {
  'contracts.watch': { input: object; item: ContractEvent }
  'contracts.install': { input: { name: string }; item: InstallLine }
  'contracts.stream': { input: ContractCall; item: StreamLine }
  'contracts.speak': { input: Segment; item: SpokenItem }
}

export interface ContractServiceOptions {
  readonly line: Line
  readonly open: OpenSocket
}

/** The companion's `/contracts…` and `contracts.…`, typed. */
export function createContractService({ line, open }: ContractServiceOptions): ContractService {
  const socket = new SocketLine<ContractCalls>(open)
  const to = (...parts: readonly string[]) => ['/contracts', ...parts.map(encodeURIComponent)].join('/')
  const get = <T>(path: string, signal?: AbortSignal) => askJson<T>(line, path, withSignal(signal))
  const post = (what: string) => (name: string, signal?: AbortSignal) =>
    askJson<ContractInfo>(line, to(name, what), { method: 'POST', ...withSignal(signal) })

  return {
    list: signal => get<ContractInfo[]>(to(), signal),
    get: (name, signal) => get<ContractInfo>(to(name), signal),
    load: post('load'),
    unload: post('unload'),
    swap: post('swap'),
    release: post('release'),
    config: (name, signal) => get<ContractConfig>(to(name, 'config'), signal),
    configure: (name, values) => askJson(line, to(name, 'config'), withJson('PUT', { values })),
    call: ({ name, method, params }, signal) =>
      askJson<CallReport>(line, to(name, 'call'), withJson('POST', { method, params }, signal)),
    stream: ({ name, method, params }, run) =>
      socket.stream(
        far => far.stream('contracts.stream', { name, method, params }, run),
        'The companion went away in the middle of a call. What came is kept.',
      ),
    capture: async (name, signal) => {
      const path = to(name, 'state', 'capture')
      return (await askJson<{ state: Json }>(line, path, { method: 'POST', ...withSignal(signal) })).state
    },
    restore: async (name, state, signal) =>
      void (await ask(line, to(name, 'state', 'restore'), withJson('POST', { state }, signal))),
    log: (name, signal) => get<ContractLine[]>(to(name, 'log'), signal),
    install: (name, run) =>
      socket.stream(
        far => far.stream('contracts.install', { name }, run),
        'The companion went away while packages were installed. Start it, and install them again.',
      ),
    watch: run =>
      socket.stream(
        far => far.stream('contracts.watch', {}, run),
        'The companion went away. Start it with “npm start”.',
      ),
    speak: (segment, run) =>
      chunksOf(
        socket.stream(
          far => far.stream('contracts.speak', segment, run),
          'The companion went away in the middle of a sentence.',
        ),
      ),
    recognise: (name, samples, { signal, lang } = {}) =>
      askJson(line, `${to(name, 'recognise')}${lang ? `?${new URLSearchParams({ lang })}` : ''}`, {
        method: 'POST',
        headers: { 'content-type': 'audio/pcm' },
        body: samples,
        ...withSignal(signal),
      }),
    reply: (name, messages, run) => readReply(line, to(name, 'chat'), messages, run),
    close: () => socket.close(),
  }
}
