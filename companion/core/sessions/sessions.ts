import { randomUUID } from 'node:crypto'
import { systemClock, Timer } from '#dialogue/clock.ts'
import type { Clock } from '#dialogue/types.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ConnectionWish } from '#protocol/session-client.ts'
import type { SessionInfo, SessionWish } from '#protocol/sessions.ts'
import { MOST_SESSIONS, SESSION_LIFE } from './limits.ts'
import type { SessionLine } from './outlet.ts'
import { CLOSE, Session, type SessionServices } from './session.ts'

interface Place {
  readonly session: Session
  readonly life: Timer
  /** Clients that are connecting. */
  guests: number
  /** It was asked for, or a client was let in: it stays when another is not. */
  isKept: boolean
}

/** The talks that other programs hold through this companion. They lie in memory: the companion's end is theirs. */
export class Sessions {
  readonly #services: SessionServices
  readonly #clock: Clock
  readonly #places = new Map<string, Place>()
  /** Being made. */
  readonly #coming = new Map<string, Promise<Place>>()
  #isOver = false

  constructor(services: SessionServices) {
    this.#services = services
    this.#clock = services.clock ?? systemClock
  }

  /** The oldest first. */
  list(): SessionInfo[] {
    return [...this.#places.values()].map(({ session }) => session.info)
  }

  get counts(): { readonly open: number; readonly connected: number } {
    const all = [...this.#places.values()]
    return { open: all.length, connected: all.filter(({ session }) => session.isConnected).length }
  }

  /** @throws SeamError not-found */
  get(id: string): Session {
    const found = this.#places.get(id)?.session
    if (found) return found
    throw new SeamError(
      'not-found',
      `There is no session “${id}”. POST /sessions makes one, and so does connecting to it.`,
    )
  }

  /** @throws SeamError conflict (it is there already, or there are too many), not-found (persona, voice, model), bad-input */
  async create(wish: SessionWish, id: string = randomUUID()): Promise<Session> {
    if (this.#places.has(id) || this.#coming.has(id)) {
      throw new SeamError('conflict', `There is a session “${id}” already. Use it, or choose another id.`)
    }
    return (await this.#begin(id, wish, true)).session
  }

  /**
   * A client wants to talk: in the session of this id, which is made if there is none.
   * @throws SeamError conflict (too many sessions), not-found, bad-input, unsupported; no session is made then
   */
  async connect(id: string, line: SessionLine, wish: ConnectionWish): Promise<Session> {
    const place = await (this.#coming.get(id) ?? this.#places.get(id) ?? this.#begin(id, {}, false))
    place.guests += 1
    this.#rest(id)
    try {
      await place.session.connect(line, wish)
      place.isKept = true
      return place.session
    } finally {
      place.guests -= 1
      if (place.isKept || place.guests > 0) this.#rest(id)
      else if (this.#places.get(id) === place) this.#forget(id, CLOSE.ended, 'Nobody could be let in.')
    }
  }

  /** Ends it; a client that is there is sent away. @throws SeamError not-found */
  remove(id: string): void {
    this.get(id)
    this.#forget(id, CLOSE.ended, 'The session was ended.')
  }

  close(): void {
    this.#isOver = true
    for (const id of [...this.#places.keys()]) this.#forget(id, CLOSE.leaving, 'The companion ends.')
  }

  /** Whoever else asks for it meanwhile waits for the same. */
  #begin(id: string, wish: SessionWish, isKept: boolean): Promise<Place> {
    if (this.#places.size + this.#coming.size >= MOST_SESSIONS) {
      throw new SeamError(
        'conflict',
        `${MOST_SESSIONS} sessions are open, and no more can be. End one with DELETE /sessions/{id}.`,
      )
    }
    const coming = this.#make(id, wish, isKept)
    this.#coming.set(id, coming)
    return coming
  }

  async #make(id: string, wish: SessionWish, isKept: boolean): Promise<Place> {
    try {
      const session = await Session.open(id, wish, this.#services, () => this.#rest(id))
      if (this.#isOver) throw new SeamError('cancelled', 'The companion ends.')
      const place = { session, life: new Timer(this.#clock), guests: 0, isKept }
      this.#places.set(id, place)
      this.#rest(id)
      return place
    } finally {
      this.#coming.delete(id)
    }
  }

  /** Its time runs while nobody is there, and nobody comes. */
  #rest(id: string): void {
    const place = this.#places.get(id)
    if (!place) return
    if (place.session.isConnected || place.guests > 0) place.life.stop()
    else place.life.start(SESSION_LIFE, () => this.#forget(id, CLOSE.ended, 'Nobody has been there for long.'))
  }

  #forget(id: string, code: number, reason: string): void {
    const place = this.#places.get(id)
    this.#places.delete(id)
    place?.life.stop()
    place?.session.end(code, reason)
  }
}
