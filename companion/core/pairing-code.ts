import { randomBytes } from 'node:crypto'
import { SeamError } from '#protocol/errors.ts'
import { sameSecret } from './token.ts'

/** Crockford's alphabet: no two of its letters look alike. A byte chooses evenly among 32. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LENGTH = 8
/** Milliseconds that a code holds. */
export const CODE_LIFE = 5 * 60_000
/** Wrong tries after which a code is void. */
export const MOST_TRIES = 5

/** Why a code was not taken: the page has its own words for each. */
type Fate = 'none' | 'expired' | 'void'

const FATES: Readonly<Record<Fate, string>> = {
  none: 'No code is waiting: each is good once. Run “voxloom pair” for a new one.',
  expired: 'The code is older than five minutes. Run “voxloom pair” for a new one.',
  void: `The code was tried ${MOST_TRIES} times in vain and holds no more. Run “voxloom pair” for a new one.`,
}

/** The code in the terminal, by which a page shows that its user sits at this machine. There is one at a time. */
export class PairingCode {
  #code: string | undefined
  #fate: Fate = 'none'
  #expires = 0
  #wrong = 0
  readonly #now: () => number

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** A new code, in place of any before it. `expires` is in milliseconds since 1970. */
  issue(): { code: string; expires: number } {
    this.#code = Array.from(randomBytes(LENGTH), byte => LETTERS[byte % LETTERS.length]).join('')
    this.#expires = this.#now() + CODE_LIFE
    this.#wrong = 0
    return { code: `${this.#code.slice(0, 4)}-${this.#code.slice(4)}`, expires: this.#expires }
  }

  /** Takes the code, once. @throws SeamError bad-input, refused; `details.reason` says why */
  redeem(given: string): void {
    const typed = given.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
    if (typed.length !== LENGTH || [...typed].some(letter => !LETTERS.includes(letter))) {
      throw new SeamError('bad-input', `A code has ${LENGTH} letters and digits, as in “7QK2-M0XT”.`, {
        details: { reason: 'malformed' },
      })
    }
    if (this.#code !== undefined && this.#now() >= this.#expires) this.#end('expired')
    if (this.#code === undefined) throw refused(FATES[this.#fate], this.#fate)
    if (sameSecret(typed, this.#code)) return this.#end('none')
    if (++this.#wrong === MOST_TRIES) {
      this.#end('void')
      throw refused(FATES.void, 'void')
    }
    throw refused(
      'This is not the code that the terminal shows. Look again, and mind that a newer one replaces it.',
      'wrong',
    )
  }

  #end(fate: Fate): void {
    this.#code = undefined
    this.#fate = fate
  }
}

function refused(message: string, reason: Fate | 'wrong'): SeamError {
  return new SeamError('refused', message, { details: { reason } })
}
