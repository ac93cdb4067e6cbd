import type { DialogueEvent, DialogueState, EventsDropped } from '#protocol/dialogue.ts'
import type { Message } from '#protocol/language.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import { Conversation, type ConversationOptions } from '../conversation.ts'
import type { Ears, Partner } from '../types.ts'
import { HandClock, settle } from './clock.ts'
import { ScriptedModel, ScriptedSpeech, type ModelStep } from './engines.ts'
import { ScriptedSink } from './sink.ts'

const segmenter = await loadSegmenter()

/** How long the detector waits before it says that speech has begun, and that it may have ended. Milliseconds. */
const START_AFTER = 100
const SOFT_END = 90

export const PERSONA: Message = { role: 'system', text: 'You are Ada.' }

/** A conversation with everything around it scripted. The sound that is listened to began when the clock did. */
export class Stage {
  readonly clock = new HandClock()
  readonly sink: ScriptedSink
  readonly model: ScriptedModel
  readonly speech = new ScriptedSpeech(this.clock)
  readonly events: (DialogueEvent | EventsDropped)[] = []
  readonly conversation: Conversation
  /** How often the microphone was asked to be live. */
  listens = 0
  /** Pieces that were written although they belong to a reply that is void. */
  stale = 0
  /** What `finish` of the ears does: waits for the final captions of all that was begun. */
  finish = (): Promise<void> =>
    new Promise(resolve => (this.#open.size === 0 ? resolve() : this.#waiting.push(resolve)))
  /** What the ears find out about the sound itself. */
  isEcho: boolean | undefined
  readonly #open = new Set<number>()
  /** Where the speech of each utterance ended, seconds. */
  readonly #ends = new Map<number, number>()
  readonly #waiting: (() => void)[] = []
  #next = 0

  constructor(
    scripts: readonly (readonly ModelStep[])[],
    options: ConversationOptions = {},
    partner: Partial<Partner> = {},
  ) {
    this.sink = new ScriptedSink(this.clock)
    this.model = new ScriptedModel(this.clock, ...scripts)
    this.conversation = new Conversation({
      clock: this.clock,
      sink: this.sink,
      segmenter,
      options,
      ears: this.#ears(),
      partner: {
        model: this.model,
        speech: this.speech,
        voice: [{ id: 'ada', weight: 1 }],
        speed: 1,
        lang: 'en-us',
        prompt: history => [PERSONA, ...history],
        ...partner,
      },
    })
    this.sink.onWrite = segment => {
      if (!segment.startsWith(`r${this.conversation.revision}.`)) this.stale += 1
    }
    void this.#read(this.conversation.events())
  }

  #ears(): Ears {
    const { clock } = this
    return {
      listen: () => void (this.listens += 1),
      finish: () => this.finish(),
      isEcho: () => this.isEcho,
      get taken() {
        return clock.now() / 1000
      },
    }
  }

  /** The states gone through, from idle. */
  get states(): DialogueState[] {
    return ['idle', ...this.of('StateChanged').map(({ state }) => state)]
  }

  of<Type extends DialogueEvent['type']>(type: Type): Extract<DialogueEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<DialogueEvent, { type: Type }> => event.type === type)
  }

  /** Revisions of which sound was written. */
  get revisionsWritten(): Set<number> {
    return new Set(this.sink.written.map(({ segment }) => Number(/^r(\d+)\./.exec(segment)?.[1])))
  }

  /** Speech is noticed. @param late milliseconds since it began @returns its utterance */
  starts(late = START_AFTER): number {
    const utterance = this.#next++
    this.#open.add(utterance)
    const now = this.clock.now() / 1000
    this.conversation.hear({ kind: 'speech-start', utterance, at: now - late / 1000, now })
    return utterance
  }

  /** @param whole false when a slow recogniser has not got to the end of what was said */
  partial(utterance: number, text: string, whole = true): void {
    this.#caption('partial', utterance, text, whole)
  }

  final(utterance: number, text: string): void {
    this.#caption('final', utterance, text)
  }

  tell(kind: 'soft-end' | 'resumed' | 'speech-end' | 'dropped', utterance: number): void {
    const now = this.clock.now() / 1000
    if (kind === 'dropped') this.#settle(utterance)
    if (kind === 'soft-end' || !this.#ends.has(utterance)) this.#ends.set(utterance, now - SOFT_END / 1000)
    this.conversation.hear({ kind, utterance, at: kind === 'resumed' ? now : this.#ends.get(utterance)!, now })
  }

  /** Somebody says something, in so many milliseconds; the final caption is there when the silence is certain. */
  async says(text: string, milliseconds = 800): Promise<number> {
    await this.clock.pass(START_AFTER)
    const utterance = this.starts()
    await this.clock.pass(Math.max(0, milliseconds - START_AFTER))
    if (text !== '') this.partial(utterance, text)
    await this.clock.pass(SOFT_END)
    this.tell('soft-end', utterance)
    await this.clock.pass(200 - SOFT_END)
    this.tell('speech-end', utterance)
    this.final(utterance, text)
    await settle()
    return utterance
  }

  /** Time passes until the dialogue is in `state`. */
  async until(state: DialogueState, within = 60_000): Promise<void> {
    for (let waited = 0; this.conversation.state !== state; waited += 10) {
      if (waited > within) throw new Error(`Still ${this.conversation.state} after ${within} ms, not ${state}.`)
      await this.clock.pass(10)
    }
    await settle()
  }

  #caption(kind: 'partial' | 'final', utterance: number, text: string, whole = true): void {
    const final = kind === 'final'
    const stable = final ? text.length : 0
    const caption = { utterance, text, start: 0, end: this.clock.now() / 1000, words: [], final, stable }
    if (!final) this.conversation.hear({ kind: 'partial', utterance, caption, whole })
    else {
      this.conversation.hear({ kind: 'final', utterance, ...(text !== '' && { caption }) })
      this.#settle(utterance)
    }
  }

  #settle(utterance: number): void {
    this.#open.delete(utterance)
    if (this.#open.size === 0) for (const told of this.#waiting.splice(0)) told()
  }

  async #read(events: AsyncIterable<DialogueEvent | EventsDropped>): Promise<void> {
    for await (const event of events) this.events.push(event)
  }
}
