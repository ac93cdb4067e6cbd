import type { DialogueEvent, DialogueState, DialogueStep, EventsDropped, ReplyPart, Turn } from '#protocol/dialogue.ts'
import { errorData, toSeamError } from '#protocol/errors.ts'
import type { Segmenter } from '#text/segment/segmenter.ts'
import { EventBus } from './bus.ts'
import { Timer } from './clock.ts'
import { fitPrompt } from './history.ts'
import { Listening, type ListeningMode } from './listening.ts'
import { START, transition, type Dialogue, type DialogueEffect, type DialogueInput } from './machine.ts'
import { FIRST_TOKEN_WITHIN, Reply } from './reply.ts'
import type { Announcements } from './speakable/piece.ts'
import { TurnRecords } from './turn-records.ts'
import type { Clock, DialogueSink, Ears, ListenEvent, Partner } from './types.ts'

/** Milliseconds between two tellings of how long the model has been thinking. */
export const THINKING_EVERY = 500

export interface ConversationOptions {
  readonly mode?: ListeningMode
  /** How long to wait for the user: 1 is usual. */
  readonly patience?: number
  /** Ask the model before it is certain that the turn is over. Some requests are thrown away then. Default true. */
  readonly speculate?: boolean
  /** Milliseconds that a model may take for its first word. */
  readonly firstTokenWithin?: number
  readonly announce?: Announcements
  /** Exchanges of an earlier session to go on from, oldest first. */
  readonly earlier?: readonly Turn[]
}

export interface ConversationParts {
  readonly sink: DialogueSink
  readonly ears: Ears
  readonly clock: Clock
  readonly segmenter: Segmenter
  readonly partner: Partner
  readonly options?: ConversationOptions
}

/** A dialogue by voice. The host gives it what is heard and which keys are pressed; it answers through the sink. */
export class Conversation {
  /** Who answers, from the next reply on. */
  partner: Partner
  readonly #parts: ConversationParts
  readonly #bus = new EventBus()
  readonly #records: TurnRecords
  readonly #listening: Listening
  readonly #thinking: Timer
  readonly #inputs: DialogueInput[] = []
  #busy = false
  #over = false
  #dialogue: Dialogue = START
  #reply: Reply | undefined

  constructor(parts: ConversationParts) {
    const { clock, ears, sink, partner, options = {} } = parts
    this.#parts = parts
    this.partner = partner
    this.#records = new TurnRecords(clock, options.earlier)
    this.#thinking = new Timer(clock)
    this.#listening = new Listening(
      {
        clock,
        ears,
        sink,
        patience: options.patience ?? 1,
        speculate: options.speculate ?? true,
        state: () => this.state,
        lang: () => this.partner.lang,
        spoken: () => this.#reply?.words ?? [],
        send: input => this.#send(input),
        tell: step => this.#tell(step),
      },
      options.mode ?? 'hands-free',
    )
  }

  get state(): DialogueState {
    return this.#dialogue.state
  }

  get revision(): number {
    return this.#dialogue.revision
  }

  /** The exchanges that are over, oldest first. */
  get turns(): readonly Turn[] {
    return this.#records.turns
  }

  /** What the user has said in this turn so far. */
  get caption(): string {
    return this.#listening.caption
  }

  /** The reply under way, parted where the listener is. */
  get reply(): ReplyPart | undefined {
    return this.#dialogue.speculation === undefined ? this.#reply?.part : undefined
  }

  get mode(): ListeningMode {
    return this.#listening.mode
  }

  set mode(mode: ListeningMode) {
    this.#listening.mode = mode
  }

  /** Everything that happens from now on; EventBus says what a slow reader misses. */
  events(): AsyncIterableIterator<DialogueEvent | EventsDropped> {
    return this.#bus.subscribe()
  }

  /** What the listener tells. */
  hear(event: ListenEvent): void {
    if (!this.#over) this.#listening.hear(event)
  }

  /** The talk key goes down: whatever is playing stops, and the turn lasts until `releaseKey`. */
  pressKey(): void {
    if (!this.#over) this.#listening.pressKey()
  }

  /** The talk key goes up: the turn is over. */
  releaseKey(): void {
    if (!this.#over) this.#listening.releaseKey()
  }

  /** For those who do not want to hold a key: down, or up again. */
  toggleKey(): void {
    if (!this.#over) this.#listening.toggleKey()
  }

  /** Says by text what would have been spoken. */
  write(text: string): void {
    this.#send({ type: 'write', text })
  }

  /** The partner speaks first: its greeting. Only while nothing else goes on. */
  say(text: string): void {
    this.#send({ type: 'say', text })
  }

  /** Stops the reply. What was heard of it is kept. */
  interrupt(): void {
    this.#send({ type: 'interrupt' })
  }

  /** Gives up whatever is under way. */
  cancel(): void {
    this.#send({ type: 'cancel' })
  }

  /** Something that the dialogue needs has failed: the microphone, the listener. */
  fail(error: unknown): void {
    this.#send({ type: 'error', error: toSeamError(error) })
  }

  /** The other side is gone: nobody is there to hear a reply. */
  disconnect(): void {
    this.#send({ type: 'disconnect' })
  }

  /** Ends everything. Readers of events still get what they have not read. */
  close(): void {
    this.cancel()
    this.#over = true
    this.#bus.close()
  }

  /** One input after the other, each with all that follows from it. */
  #send(input: DialogueInput): void {
    if (this.#over) return
    this.#inputs.push(input)
    if (this.#busy) return
    this.#busy = true
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) this.#step(next)
    } finally {
      this.#busy = false
    }
  }

  #step(input: DialogueInput): void {
    const from = this.#dialogue.state
    const { next, effects } = transition(this.#dialogue, input)
    this.#dialogue = next
    if (next.state !== 'processing') this.#thinking.stop()
    for (const effect of effects) this.#carryOut(effect, input)
    if (next.state !== from) this.#tell({ type: 'StateChanged', from, state: next.state })
  }

  #carryOut(effect: DialogueEffect, input: DialogueInput): void {
    switch (effect.do) {
      case 'open':
        this.#records.open()
        return this.#listening.open(effect.by, effect.utterances)
      case 'ask':
        return this.#ask()
      case 'reply':
        return this.#answer(effect.text, effect.held)
      case 'release':
        return this.#reply?.release()
      case 'say':
        this.#reply = this.#newReply(false)
        return this.#reply.say(effect.text)
      case 'discard':
        this.#reply?.stop()
        this.#reply = undefined
        return this.#tell({ type: 'ReplyDiscarded' })
      case 'silence':
        this.#listening.replyEnded()
        this.#records.reply = this.#reply?.stop()
        return
      case 'close':
        return this.#close(effect.outcome, input)
      case 'fail':
        return this.#tell({ type: 'DialogueFailed', error: errorData(effect.error) })
      case 'listen':
        return this.#listening.listen(endsByItself(input))
    }
  }

  #ask(): void {
    const { marks } = this.#records
    marks.turnCommit = this.#parts.clock.now()
    this.#tell({ type: 'TurnCommitted' })
    this.#think()
    const found = this.#listening.ask(({ user, echo }) => {
      marks.transcriptFinal = this.#parts.clock.now()
      this.#records.user = user
      this.#records.echo = echo
      this.#send({ type: 'transcript', text: user.text })
    })
    Object.assign(marks, found)
  }

  #answer(text: string, held: boolean): void {
    const typed = !held && this.#records.user === undefined ? text : undefined
    if (!held) {
      this.#records.user ??= { text }
      this.#think()
    }
    const { partner } = this
    const reply = this.#newReply(held)
    this.#reply = reply
    this.#tell({ type: 'ReplyStarted', ahead: held, ...(typed !== undefined && { typed }) })
    reply.answer(() => fitPrompt(this.turns, text, history => partner.prompt(history), partner.budget))
  }

  #newReply(held: boolean): Reply {
    const { revision } = this.#dialogue
    const { sink, clock, segmenter, options = {} } = this.#parts
    const { firstTokenWithin = FIRST_TOKEN_WITHIN, announce } = options
    return new Reply(
      { revision, held, partner: this.partner, sink, clock, segmenter, announce, firstTokenWithin },
      {
        text: text => this.#tell({ type: 'ReplyText', text }),
        sentence: ({ id, sentence }) => {
          this.#tell({ type: 'ReplySentence', segment: id, text: sentence.text })
          this.#send({ type: 'sentence', revision })
        },
        complete: text => this.#tell({ type: 'ReplyComplete', text }),
        broke: (error, kept) => this.#tell({ type: 'ReplyFailed', error: errorData(error), kept }),
        sound: () => {
          this.#send({ type: 'sound', revision })
          this.#tell({ type: 'PlaybackStarted' })
        },
        finish: () => this.#send({ type: 'finish', revision }),
        fail: error => this.#send({ type: 'error', error, revision }),
      },
    )
  }

  #close(outcome: Turn['outcome'], input: DialogueInput): void {
    const reply = this.#reply
    const finished = input.type === 'finish'
    if (reply && finished) {
      this.#listening.replyEnded()
      this.#records.reply = reply.whole
    }
    const { segments = [], heard = '', unheard = '' } = this.#records.reply ?? {}
    if (segments.length > 0) {
      this.#tell(finished ? { type: 'PlaybackComplete' } : { type: 'PlaybackInterrupted', heard, unheard })
    }
    // Before a turn is over its words can be taken back; whatever else ends it, they were said.
    const isTakenBack = outcome === 'cancelled' && this.#records.marks.turnCommit === undefined
    if (!isTakenBack) this.#records.user ??= this.#listening.said()
    this.#listening.close(outcome)
    const failed = finished && reply?.failure !== undefined
    const result = this.#records.close(failed ? 'failed' : outcome, reply?.marks)
    this.#reply = undefined
    this.#tell({ type: 'TurnComplete', result })
  }

  #think(): void {
    if (this.#thinking.running) return
    const { clock } = this.#parts
    const began = clock.now()
    const tell = () => {
      this.#tell({ type: 'Thinking', elapsed: clock.now() - began })
      this.#thinking.start(THINKING_EVERY, tell)
    }
    this.#thinking.start(THINKING_EVERY, tell)
  }

  #tell(step: DialogueStep): void {
    const at = this.#parts.clock.now()
    this.#bus.publish({ ...step, turn: this.#records.id, revision: this.#dialogue.revision, at })
  }
}

/** Whether a turn ends without anybody having wished it, so that whoever is speaking just then goes on. */
const endsByItself = (input: DialogueInput): boolean =>
  input.type === 'finish' || input.type === 'transcript' || (input.type === 'error' && input.revision !== undefined)
