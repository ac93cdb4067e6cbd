import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HandClock } from '#dialogue/testing/clock.ts'
import { ScriptedModel, ScriptedSpeech, type ModelStep } from '#dialogue/testing/engines.ts'
import type { HearingEvent } from '#engine/transcribe/events.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ServerMessage } from '#protocol/session-server.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { LiveRun } from '../../listening/live.ts'
import { PersonaStore } from '../../personas/store.ts'
import type { SessionLine } from '../outlet.ts'
import { Sessions } from '../sessions.ts'

/** Hz of what scripted clients send: few, so that tests are quick. */
export const CLIENT_RATE = 8_000
/** What is heard whenever anything is. */
export const SAID = 'Are you there?'
/** Seconds of silence that end an utterance. */
const END = 0.19

/** Hears whatever is not silence as one utterance with the words of SAID. */
export class ScriptedListeners {
  readonly info = moonshineInfo
  /** Sounds that are listened to now, and all that ever were. */
  open = 0
  opened = 0
  /** Nothing is heard before it resolves. */
  gate: Promise<void> = Promise.resolve()
  failure: Error | undefined

  async *listen(sound: AsyncIterable<SoundChunk>, run: LiveRun = {}): AsyncGenerator<HearingEvent, void, undefined> {
    const { since = { at: 0, utterance: 0 }, onHeard, signal } = run
    this.open += 1
    this.opened += 1
    let { at, utterance } = since
    let silence = Infinity
    try {
      for await (const { samples, sampleRate } of sound) {
        await this.gate
        if (this.failure) throw this.failure
        const seconds = samples.length / sampleRate
        if (signal?.aborted) return
        if (samples.some(sample => sample !== 0)) {
          if (silence === Infinity) yield { kind: 'speech-start', utterance, at }
          silence = 0
        } else if ((silence += seconds) < Infinity && silence >= END) {
          silence = Infinity
          yield { kind: 'speech-end', utterance, at }
          const caption = { utterance, text: SAID, start: at, end: at, words: [], final: true, stable: SAID.length }
          yield { kind: 'final', utterance: utterance++, caption, settled: at + seconds }
        }
        at += seconds
        onHeard?.(at)
      }
    } finally {
      this.open -= 1
    }
  }
}

/** A client that keeps what it is told. */
export class ScriptedLine implements SessionLine {
  readonly told: (ServerMessage | { readonly type: 'sound'; readonly samples: Float32Array })[] = []
  ended: { readonly code: number; readonly reason: string } | undefined
  /** How many hold up what is read. */
  pauses = 0
  /** Resolves when there is room. */
  space: Promise<void> = Promise.resolve()

  tell(message: ServerMessage): void {
    if (!this.ended) this.told.push(message)
  }

  sound(samples: Float32Array<ArrayBuffer>): void {
    if (!this.ended) this.told.push({ type: 'sound', samples })
  }

  room(): Promise<void> {
    return this.space
  }

  get isPaused(): boolean {
    return this.pauses > 0
  }

  pause(): () => void {
    this.pauses += 1
    return () => void (this.pauses -= 1)
  }

  end(code: number, reason: string): void {
    this.ended ??= { code, reason }
  }

  of<Type extends ServerMessage['type']>(type: Type): Extract<ServerMessage, { type: Type }>[] {
    return this.told.filter((each): each is Extract<ServerMessage, { type: Type }> => each.type === type)
  }

  /** Kinds of messages in the order in which they came, runs of one kind once. */
  get kinds(): string[] {
    return this.told.map(kindOf).filter((kind, at, all) => kind !== all[at - 1])
  }
}

function kindOf(message: ScriptedLine['told'][number]): string {
  switch (message.type) {
    case 'state':
      return message.state
    case 'llm_response':
    case 'transcription':
      return message.is_final ? `${message.type}, final` : message.type
    default:
      return message.type
  }
}

/** Sessions with everything around them scripted, in real time; the personas are the real ones. */
export function openScene(...scripts: readonly (readonly ModelStep[])[]) {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-sessions-'))
  // The engines wait for nothing, so that no time has to pass for them.
  const engines = new HandClock()
  const model = new ScriptedModel(engines, ...scripts)
  const speech = Object.assign(new ScriptedSpeech(engines), { voices: async () => KOKORO_VOICES })
  const listeners = new ScriptedListeners()
  const provider = { id: 'box', preset: 'other', name: 'Box', base: 'http://box', model: 'm', hasKey: false } as const
  const languages = {
    list: () => (scripts.length > 0 ? [provider] : []),
    open(id: string) {
      if (id !== provider.id) throw new SeamError('not-found', `There is no server of language models “${id}”.`)
      return model
    },
  }
  const personas = new PersonaStore(folder)
  const sessions = new Sessions({ speech, listeners, languages, personas })
  return {
    sessions,
    services: { speech, listeners, languages, personas },
    model,
    speech,
    listeners,
    close() {
      sessions.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
