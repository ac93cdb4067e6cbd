import { Timer } from './clock.ts'
import type { TurnTaker } from './turn-taker.ts'
import type { Clock, Ears } from './types.ts'
import type { Utterance } from './utterance.ts'

/** Milliseconds without news after which words that are there already are taken for the final ones. */
export const FINAL_WITHIN = 2_500
/** Milliseconds without news after which a listener that is behind, or still on its way, is not waited for any longer. */
export const HEARD_WITHIN = 20_000

interface Asked {
  readonly taker: TurnTaker
  /** Seconds into the sound: where the turn ended. */
  readonly until: number
  readonly then: () => void
}

/** Waits for the last words of a turn that is over. */
export class LastWords {
  readonly #ears: Pick<Ears, 'finish' | 'taken'>
  readonly #limit: Timer
  #asked: Asked | undefined

  constructor(clock: Clock, ears: Pick<Ears, 'finish' | 'taken'>) {
    this.#ears = ears
    this.#limit = new Timer(clock)
  }

  /**
   * Ends the turn. `then` is called once all its words are known, or have not come for too long; nothing more is told of
   * it after that. `failed` when they can't be known, and there are none.
   */
  ask(taker: TurnTaker, then: () => void, failed: (error: unknown) => void): void {
    taker.commit()
    const asked = (this.#asked = { taker, until: this.#ears.taken, then })
    if (isKnown(taker)) return this.#done(asked)
    this.#wait(taker)
    this.#ears.finish().then(
      () => this.#done(asked),
      (error: unknown) => {
        if (taker.text !== '') this.#done(asked)
        else if (this.#asked === asked) failed(error)
      },
    )
  }

  /** Whether speech that is told only now was said while the key of the turn was held. */
  holds({ start }: Pick<Utterance, 'start'>): boolean {
    return this.#asked !== undefined && this.#asked.taker.keyed && start < this.#asked.until
  }

  /** Something was told of the turn under way. */
  heard(): void {
    const asked = this.#asked
    if (!asked) return
    if (isKnown(asked.taker)) this.#done(asked)
    else this.#wait(asked.taker)
  }

  /** Nobody wants to know any longer. */
  stop(): void {
    this.#asked = undefined
    this.#limit.stop()
  }

  /** Where words are known to be missing, it is the listener's slowness that is waited for: they are on their way. */
  #wait(taker: TurnTaker): void {
    const asked = this.#asked
    const within = taker.text !== '' && taker.covered ? FINAL_WITHIN : HEARD_WITHIN
    this.#limit.start(within, () => this.#done(asked))
  }

  #done(asked: Asked | undefined): void {
    if (!asked || this.#asked !== asked) return
    this.stop()
    asked.taker.close()
    asked.then()
  }
}

/** What was said until a key went up must be asked for: it may not even be known that somebody spoke. */
const isKnown = (taker: TurnTaker): boolean => taker.settled && !taker.keyed
