import type { DialogueState, DialogueStep, LatencyMarks, TurnOutcome, TurnStart, UserPart } from '#protocol/dialogue.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { BargeIn, type BreakIn } from './barge-in.ts'
import { EchoGuard } from './echo-guard.ts'
import { LastWords } from './last-words.ts'
import type { DialogueInput } from './machine.ts'
import { TurnTaker } from './turn-taker.ts'
import type { Clock, DialogueSink, Ears, ListenEvent } from './types.ts'
import { Utterance } from './utterance.ts'

/** How loud a reply is while somebody may be speaking. */
export const DUCKED = 0.25
/** Utterances that are remembered while their final captions have not come. */
export const UTTERANCES_KEPT = 64

/** `hands-free`: whoever speaks is listened to. `push-to-talk`: only while the key is held; it works in both. */
export type ListeningMode = 'hands-free' | 'push-to-talk'

export interface ListeningParts {
  readonly clock: Clock
  readonly ears: Ears
  readonly sink: Pick<DialogueSink, 'duck' | 'hold'>
  readonly patience: number
  readonly speculate: boolean
  readonly state: () => DialogueState
  readonly lang: () => Lang
  /** Words of the reply around the place that sounds. */
  readonly spoken: () => readonly string[]
  readonly send: (input: DialogueInput) => void
  readonly tell: (step: DialogueStep) => void
}

/** What a turn was found to hold once it was over. */
export interface Understood {
  readonly user: UserPart
  /** All of it was the reply before, heard through the microphone. */
  readonly echo: boolean
}

const QUIETED = { no: 'PlaybackResumed', ducked: 'PlaybackDucked', held: 'PlaybackHeld' } as const

/** The user's side of a dialogue: voice and key, turns, and speech during a reply. */
export class Listening {
  mode: ListeningMode
  readonly #parts: ListeningParts
  readonly #bargeIn: BargeIn
  readonly #guard: EchoGuard
  readonly #lastWords: LastWords
  readonly #utterances = new Map<number, Utterance>()
  #taker: TurnTaker | undefined
  #pressed = false
  #quieted: keyof typeof QUIETED = 'no'

  constructor(parts: ListeningParts, mode: ListeningMode) {
    this.#parts = parts
    this.mode = mode
    this.#lastWords = new LastWords(parts.clock, parts.ears)
    this.#guard = new EchoGuard(parts.tell)
    this.#bargeIn = new BargeIn(parts.clock, parts.lang, {
      duck: () => this.#quiet('ducked'),
      hold: () => this.#quiet('held'),
      release: () => this.#quiet('no'),
      confirm: (said, why) => this.#breakIn(said, why),
      echo: text => this.#guard.count(text),
      spoken: parts.spoken,
      sounds: ({ start, end, speaking }) => parts.ears.isEcho?.(start, speaking ? undefined : end),
    })
  }

  /** What was said in this turn so far. */
  get caption(): string {
    return this.#taker?.text ?? ''
  }

  hear(event: ListenEvent): void {
    if (event.kind === 'silence') return
    const { utterance: id, kind } = event
    const now = this.#parts.clock.now()
    if (kind === 'speech-start') {
      // One speaks at a time, whatever was not told of the others.
      for (const other of this.#utterances.values()) other.quietSince ??= now
      this.#keep(new Utterance(event, now))
    }
    const utterance = this.#utterances.get(id)
    if (!utterance) return
    utterance.update(event, now)
    if (kind === 'speech-start') this.#speech(utterance)
    else if (this.#taker?.has(id)) {
      this.#taker.heard(utterance, kind)
      this.#lastWords.heard()
    } else if (this.#bargeIn.has(id)) this.#bargeIn.heard(id, kind)
    else if (utterance.missed) this.#late(utterance)
    if (utterance.settled) this.#utterances.delete(id)
  }

  pressKey(): void {
    if (this.#pressed) return
    this.#pressed = true
    // People press while they begin to speak.
    const going = [...this.#utterances.values()].filter(({ speaking }) => speaking).slice(-1)
    if (this.#parts.state() !== 'recording') return this.#take('key', going)
    this.#taker?.pin(true)
    this.#taker?.add(...going)
  }

  releaseKey(): void {
    if (!this.#pressed) return
    this.#pressed = false
    this.#taker?.pin(false)
    this.#parts.send({ type: 'commit' })
  }

  toggleKey(): void {
    if (this.#pressed) this.releaseKey()
    else this.pressKey()
  }

  /** A turn begins. @param said what was said of it already */
  open(by: TurnStart, said: readonly number[] = []): void {
    this.#bargeIn.stop()
    this.#quiet('no')
    if (by === 'text' || by === 'persona') {
      // There is nothing that a key could end.
      this.#pressed = false
      return
    }
    const { clock, lang, patience, speculate, send } = this.#parts
    const taker = new TurnTaker(
      by,
      clock,
      { lang: lang(), patience, speculate },
      {
        caption: () => this.#tellCaption(taker),
        speculate: text => send({ type: 'speculate', text }),
        resume: () => send({ type: 'resume' }),
        commit: () => send({ type: 'commit' }),
        nothing: () => send({ type: 'transcript', text: '' }),
      },
    )
    this.#taker = taker
    taker.pin(this.#pressed)
    this.#parts.tell({ type: 'RecordingStarted', by })
    taker.add(...said.flatMap(id => this.#utterances.get(id) ?? []))
  }

  /** The turn is over. `then` is called once its last words are known, or have not come for too long. */
  ask(then: (understood: Understood) => void): Pick<LatencyMarks, 'lastSpeech' | 'softEnd'> {
    const taker = this.#taker
    if (!taker) return {}
    this.#lastWords.ask(
      taker,
      () => then(this.#understood(taker)),
      error => this.#parts.send({ type: 'error', error: toSeamError(error) }),
    )
    const { quietSince: lastSpeech, softEnd } = taker.last ?? {}
    return { ...(lastSpeech !== undefined && { lastSpeech }), ...(softEnd !== undefined && { softEnd }) }
  }

  /** What the user said, as far as it is known. */
  said(): UserPart | undefined {
    const taker = this.#taker
    const text = taker ? this.#own(taker) : ''
    return taker && text !== '' ? userPart(taker, text) : undefined
  }

  /** The turn is over for good. */
  close(outcome: TurnOutcome): void {
    for (const utterance of this.#utterances.values()) {
      utterance.missed = outcome === 'no-words' && (utterance.missed || !!this.#taker?.has(utterance.id))
    }
    this.#lastWords.stop()
    this.#taker?.close()
    this.#taker = undefined
  }

  /** A reply has ended, or was broken off: what it said last may still come back through the microphone. */
  replyEnded(): void {
    this.#guard.ended(this.#parts.spoken(), this.#parts.clock.now())
  }

  /** Idle again. @param adopt whoever spoke meanwhile has the floor now */
  listen(adopt: boolean): void {
    const said = this.#bargeIn.stop()
    this.#quiet('no')
    this.#pressed = false
    this.#parts.ears.listen()
    if (!adopt) for (const utterance of this.#utterances.values()) utterance.missed = false
    else if (said.length > 0) this.#take('voice', said)
  }

  #keep(utterance: Utterance): void {
    this.#utterances.set(utterance.id, utterance)
    if (this.#utterances.size > UTTERANCES_KEPT) this.#utterances.delete(this.#utterances.keys().next().value!)
  }

  #speech(utterance: Utterance): void {
    const state = this.#parts.state()
    if (state === 'recording' || this.#lastWords.holds(utterance)) return this.#taker?.add(utterance)
    if (this.mode === 'push-to-talk') return
    if (state === 'idle') this.#take('voice', [utterance])
    else this.#bargeIn.start(utterance)
  }

  /** Words of something that was given up without any: somebody did speak. */
  #late(utterance: Utterance): void {
    if (utterance.text === '' || this.mode === 'push-to-talk') return
    const state = this.#parts.state()
    if (state === 'idle') this.#take('voice', [utterance])
    else if (state === 'recording') this.#taker?.add(utterance)
  }

  #breakIn(said: readonly Utterance[], why: BreakIn): void {
    this.#guard.brokenInto(this.#parts.spoken(), why)
    this.#take('barge-in', said)
  }

  /** A turn is to begin with what is being said. */
  #take(by: 'voice' | 'key' | 'barge-in', going: readonly Utterance[]): void {
    // The turn before may still wait for its last words.
    const said = new Set([...(this.#taker?.handOver() ?? []), ...going])
    // Some may be settled already, and so forgotten.
    for (const utterance of said) this.#keep(utterance)
    this.#parts.send({ type: 'talk', by, utterances: [...said].map(({ id }) => id) })
  }

  #understood(taker: TurnTaker): Understood {
    const text = this.#own(taker)
    this.#parts.tell({ type: 'Transcription', text, stable: text.length, isFinal: true })
    return { user: userPart(taker, text), echo: text === '' && taker.text !== '' }
  }

  /** What of a turn was not the reply before it, heard through the microphone. */
  #own({ first, last, text, by, keyed }: TurnTaker): string {
    if (keyed || !first || !last) return text
    const sounds = this.#parts.ears.isEcho?.(first.start, last.end)
    return this.#guard.own(text, by, first.since, sounds)
  }

  #tellCaption({ text, stable }: TurnTaker): void {
    this.#parts.tell({ type: 'Transcription', text, stable, isFinal: false })
  }

  #quiet(quieted: keyof typeof QUIETED): void {
    if (quieted === this.#quieted) return
    const { sink, state, tell } = this.#parts
    const before = this.#quieted
    this.#quieted = quieted
    if (quieted === 'held') sink.hold(true)
    else {
      sink.duck(quieted === 'ducked' ? DUCKED : 1)
      if (before === 'held') sink.hold(false)
    }
    if (state() === 'playing') tell({ type: QUIETED[quieted] })
  }
}

function userPart({ first, last }: TurnTaker, text: string): UserPart {
  return first && last ? { text, start: first.start, end: last.end } : { text }
}
