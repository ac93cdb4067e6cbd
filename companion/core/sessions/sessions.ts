import { randomUUID } from 'node:crypto'
import { systemClock, Timer } from '#dialogue/clock.ts'
import type { Clock } from '#dialogue/types.ts'
import { SeamError } from '#protocol/errors.ts'
import type { ConnectionWish, SessionInfo, SessionWish } from '#protocol/sessions.ts'
import { MOST_SESSIONS, SESSION_LIFE } from './limits.ts'
import type { SessionLine } from './outlet.ts'
import { CLOSE, Session, type SessionServices } from './session.ts'

/** The talks that other programs hold through this companion. They lie in memory: the companion's end is theirs. */
export class Sessions {
  readonly #services: SessionServices
  readonly #clock: Clock
  readonly #sessions = new Map<string, { readonly session: Session; readonly life: Timer }>()
  /** Being made. */
  readonly #coming = new Map<string, Promise<Session>>()
  #isOver = false

  constructor(services: SessionServices) {
    this.#services = services
    this.#clock = services.clock ?? systemClock
  }

  /** The oldest first. */
  list(): SessionInfo[] {
    return [...this.#sessions.values()].map(({ session }) => session.info)
  }

  get counts(): { readonly open: number; readonly connected: number } {
    const all = [...this.#sessions.values()]
    return { open: all.length, connected: all.filter(({ session }) => session.isConnected).length }
  }

  /** @throws SeamError not-found */
  get(id: string): Session {
    const found = this.#sessions.get(id)?.session
    if (found) return found
    throw new SeamError(
      'not-found',
      `There is no session “${id}”. POST /sessions makes one, and so does connecting to it.`,
    )
  }

  /** @throws SeamError conflict (it is there already, or there are too many), not-found (persona, voice, model), bad-input */
  async create(wish: SessionWish, id: string = randomUUID()): Promise<Session> {
    if (this.#sessions.has(id) || this.#coming.has(id)) {
      throw new SeamError('conflict', `There is a session “${id}” already. Use it, or choose another id.`)
    }
    return this.#make(id, wish)
  }

  /**
   * A client wants to talk: in the session of this id, which is made if there is none.
   * @throws SeamError conflict (too many sessions), not-found, bad-input, unsupported; no session is made then
   */
  async connect(id: string, line: SessionLine, wish: ConnectionWish): Promise<Session> {
    const isNew = !this.#sessions.has(id) && !this.#coming.has(id)
    const session = await (this.#coming.get(id) ?? this.#sessions.get(id)?.session ?? this.#make(id, {}))
    try {
      await session.connect(line, wish)
      return session
    } catch (error) {
      if (isNew) this.#forget(id)
      throw error
    }
  }

  /** Ends it; a client that is there is sent away. @throws SeamError not-found */
  remove(id: string): void {
    const session = this.get(id)
    this.#forget(id)
    session.end(CLOSE.ended, 'The session was ended.')
  }

  close(): void {
    this.#isOver = true
    for (const [id, { session }] of [...this.#sessions]) {
      this.#forget(id)
      session.end(CLOSE.leaving, 'The companion ends.')
    }
  }

  async #make(id: string, wish: SessionWish): Promise<Session> {
    if (this.#sessions.size + this.#coming.size >= MOST_SESSIONS) {
      throw new SeamError(
        'conflict',
        `${MOST_SESSIONS} sessions are open, and no more can be. End one with DELETE /sessions/{id}.`,
      )
    }
    const life = new Timer(this.#clock)
    const rest = () => {
      const { session } = this.#sessions.get(id) ?? {}
      if (!session || session.isConnected) life.stop()
      else life.start(SESSION_LIFE, () => this.#forget(id))
    }
    const coming = Session.open(id, wish, this.#services, rest)
    this.#coming.set(id, coming)
    try {
      const session = await coming
      if (this.#isOver) throw new SeamError('cancelled', 'The companion ends.')
      this.#sessions.set(id, { session, life })
      rest()
      return session
    } finally {
      this.#coming.delete(id)
    }
  }

  #forget(id: string): void {
    this.#sessions.get(id)?.life.stop()
    this.#sessions.delete(id)
  }
}
