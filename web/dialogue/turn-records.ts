import type { LatencyMarks, ReplyPart, Turn, TurnOutcome, UserPart } from '#protocol/dialogue.ts'
import { TURNS_KEPT } from './history.ts'
import type { Clock } from './types.ts'

type Written<Marks> = { -readonly [Mark in keyof Marks]: Marks[Mark] }

/** What is written down of the turn under way, and the turns that are over. */
export class TurnRecords {
  readonly #clock: Clock
  readonly #turns: Turn[]
  #id: number
  #opened = 0
  #marks: Written<LatencyMarks> = {}
  user: UserPart | undefined
  reply: ReplyPart | undefined
  /** What was said was the reply before. */
  echo = false

  constructor(clock: Clock, earlier: readonly Turn[] = []) {
    this.#clock = clock
    this.#turns = earlier.slice(-TURNS_KEPT)
    this.#id = earlier.at(-1)?.id ?? 0
  }

  /** Of the latest turn; 0 before the first. */
  get id(): number {
    return this.#id
  }

  /** When the latest turn began, milliseconds. */
  get opened(): number {
    return this.#opened
  }

  get marks(): Written<LatencyMarks> {
    return this.#marks
  }

  get turns(): readonly Turn[] {
    return this.#turns
  }

  open(): void {
    this.#id += 1
    this.#opened = this.#clock.now()
    this.#marks = {}
    this.user = undefined
    this.reply = undefined
    this.echo = false
  }

  /** Ends the turn. One in which nobody said anything is told, and not kept. */
  close(outcome: TurnOutcome, reply: LatencyMarks | undefined): Turn {
    const said = this.user && this.user.text !== '' ? this.user : undefined
    const answered = this.reply && this.reply.text !== '' ? this.reply : undefined
    const turn: Turn = {
      id: this.#id,
      ...(said && { user: said }),
      ...(answered && { reply: answered }),
      outcome: this.echo ? 'echo' : outcome,
      marks: { ...this.#marks, ...reply, end: this.#clock.now() },
    }
    if (said || answered) this.#turns.push(turn)
    if (this.#turns.length > TURNS_KEPT) this.#turns.shift()
    return turn
  }
}
