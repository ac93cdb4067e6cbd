import type { DialogueState, DialogueStep, LatencyMarks, TurnStart, UserPart } from '#protocol/dialogue.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { BargeIn, type BreakIn } from './barge-in.ts'
import { Timer } from './clock.ts'
import { EchoGuard } from './echo-guard.ts'
import type { DialogueInput } from './machine.ts'
import { FINAL_WITHIN, HEARD_WITHIN, TurnTaker } from './turn-taker.ts'
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
  readonly #asked: Timer
  readonly #utterances = new Map<number, Utterance>()
  #taker: TurnTaker | undefined
  /** Waits for the last words of a turn that is over. */
  #settled: ((taker: TurnTaker) => void) | undefined
  #pressed = false
  #quieted: keyof typeof QUIETED = 'no'

  constructor(parts: ListeningParts, mode: ListeningMode) {
    this.#parts = parts
    this.mode = mode
    this.#asked = new Timer(parts.clock)
    this.#guard = new EchoGuard(parts.tell)
    this.#bargeIn = new BargeIn(parts.clock, parts.lang, {
      duck: () => this.#quiet('ducked'),
      hold: () => this.#quiet('held'),
      release: () => this.#quiet('no'),
      confirm: (utterance, why) => this.#breakIn(utterance, why),
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
    else if (this.#taker?.has(id)) this.#taker.heard(utterance, kind)
    else if (this.#bargeIn.has(id)) this.#bargeIn.heard(kind)
    if (utterance.settled) this.#utterances.delete(id)
  }

  pressKey(): void {
    if (this.#pressed) return
    this.#pressed = true
    if (this.#parts.state() === 'recording') this.#taker?.pin(true)
    else this.#parts.send({ type: 'talk', by: 'key' })
    // People press while they begin to speak.
    const going = [...this.#utterances.values()].findLast(({ speaking }) => speaking)
    if (going) this.#taker?.add(going)
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

  /** A turn begins. */
  open(by: TurnStart, utterance: number | undefined): void {
    this.#bargeIn.stop()
    this.#quiet('no')
    if (by === 'text' || by === 'persona') return
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
        settled: () => {
          if (!taker.keyed) this.#settled?.(taker)
        },
      },
    )
    this.#taker = taker
    taker.pin(this.#pressed)
    this.#parts.tell({ type: 'RecordingStarted', by })
    const going = utterance === undefined ? undefined : this.#utterances.get(utterance)
    if (going) taker.add(going)
  }

  /** The turn is over. `then` is called once its last words are known, or have not come for too long. */
  ask(then: (understood: Understood) => void): Pick<LatencyMarks, 'lastSpeech' | 'softEnd'> {
    const taker = this.#taker
    if (!taker) return {}
    taker.commit()
    const done = (which: TurnTaker) => {
      if (which !== this.#taker || this.#settled !== done) return
      this.#settled = undefined
      this.#asked.stop()
      then(this.#understood(which))
    }
    this.#settled = done
    const { quietSince: lastSpeech, softEnd } = taker.last ?? {}
    const marks = { ...(lastSpeech !== undefined && { lastSpeech }), ...(softEnd !== undefined && { softEnd }) }
    if (taker.settled && !taker.keyed) {
      done(taker)
      return marks
    }
    this.#asked.start(taker.text === '' ? HEARD_WITHIN : FINAL_WITHIN, () => done(taker))
    this.#parts.ears.finish().then(
      () => done(taker),
      error => {
        if (taker.text !== '') done(taker)
        else if (this.#settled === done) this.#parts.send({ type: 'error', error: toSeamError(error) })
      },
    )
    return marks
  }

  /** What was said, as far as it is known. */
  get said(): UserPart | undefined {
    return this.#taker && this.#taker.text !== '' ? userPart(this.#taker, this.#taker.text) : undefined
  }

  /** The turn is over for good. */
  close(): void {
    this.#taker?.close()
    this.#taker = undefined
    this.#settled = undefined
    this.#asked.stop()
  }

  /** A reply has ended, or was broken off: what it said last may still come back through the microphone. */
  replyEnded(): void {
    this.#guard.ended(this.#parts.spoken(), this.#parts.clock.now())
  }

  /** Idle again. @param adopt whoever spoke during the end of the reply has the floor now */
  listen(adopt: boolean): void {
    const speaking = this.#bargeIn.stop()
    this.#quiet('no')
    this.#pressed = false
    this.#parts.ears.listen()
    if (!adopt || !speaking) return
    this.#keep(speaking)
    this.#parts.send({ type: 'talk', by: 'voice', utterance: speaking.id })
  }

  #keep(utterance: Utterance): void {
    this.#utterances.set(utterance.id, utterance)
    if (this.#utterances.size > UTTERANCES_KEPT) this.#utterances.delete(this.#utterances.keys().next().value!)
  }

  #speech(utterance: Utterance): void {
    const state = this.#parts.state()
    if (state === 'recording') return this.#taker?.add(utterance)
    if (this.mode === 'push-to-talk') return
    if (state === 'idle') this.#parts.send({ type: 'talk', by: 'voice', utterance: utterance.id })
    else this.#bargeIn.start(utterance)
  }

  #breakIn(utterance: Utterance, why: BreakIn): void {
    this.#guard.brokenInto(this.#parts.spoken(), why)
    // It may be settled already, and so forgotten.
    this.#keep(utterance)
    this.#parts.send({ type: 'talk', by: 'barge-in', utterance: utterance.id })
  }

  #understood(taker: TurnTaker): Understood {
    const { first, last } = taker
    const sounds = first && last && this.#parts.ears.isEcho?.(first.start, last.end)
    const text = taker.keyed ? taker.text : this.#guard.own(taker.text, taker.by, first?.since ?? 0, sounds)
    this.#parts.tell({ type: 'Transcription', text, stable: text.length, isFinal: true })
    return { user: userPart(taker, text), echo: text === '' && taker.text !== '' }
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
