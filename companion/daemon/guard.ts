import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { mayPair } from '../core/pairing-origin.ts'
import { deriveSecret, sameSecret } from '../core/token.ts'

/** What a request shows of itself, the same for HTTP and for an upgrade. */
export interface Knock {
  readonly method: string
  /** As sent: path and query. */
  readonly url: string
  readonly headers: IncomingHttpHeaders
}

export interface Verdict {
  readonly status: 200 | 401 | 403
  /** Why not, as a sentence. */
  readonly message: string
}

/** Pages of other origins that the user has paired. */
export interface PairedPages {
  has(origin: string): boolean
  /** Whether the token is one of this origin. */
  admits(origin: string, token: string): boolean
}

interface Ticket {
  /** Milliseconds since 1970. */
  readonly expires: number
  /** The paired page that asked for it; it can't be used by another caller. */
  readonly origin: string | undefined
}

const COOKIE = 'voxloom_session'
/** A page's script must set it on requests that change something: no form and no foreign page can. */
const CSRF_HEADER = 'x-voxloom'
const TICKET_LIFE = 30_000
const MOST_TICKETS = 64

const OK: Verdict = { status: 200, message: '' }
const no = (status: 401 | 403, message: string): Verdict => ({ status, message })

const NOBODY: PairedPages = { has: () => false, admits: () => false }

/**
 * Who may ask what. In order: the Host must be ours (a rebound name is not); the Origin, where there is one, must be ours
 * or paired; whoever is not our own page must hold the token, a paired page the one that was made for its origin.
 */
export class Guard {
  readonly #token: string
  readonly #session: string
  readonly #tickets = new Map<string, Ticket>()
  readonly #extraOrigins: readonly string[]
  readonly #now: () => number
  readonly #paired: PairedPages
  /** Set when the port is known. */
  port = 0

  constructor(
    token: string,
    extraOrigins: readonly string[] = [],
    now: () => number = Date.now,
    paired: PairedPages = NOBODY,
  ) {
    this.#token = token
    this.#session = deriveSecret(token, 'page session')
    this.#extraOrigins = extraOrigins
    this.#now = now
    this.#paired = paired
  }

  /**
   * Host and Origin: every request, the page's files too.
   * @param pairs whether this is the one request that a page sends before it is paired
   */
  door({ headers }: Knock, pairs = false): Verdict {
    if (!this.#hosts().includes((headers.host ?? '').toLowerCase())) {
      return no(403, 'This address does not lead here: use http://localhost with the companion’s port.')
    }
    const origin = this.strangeOrigin(headers)
    if (origin === undefined || this.#paired.has(origin) || (pairs && mayPair(origin))) return OK
    return pairs
      ? no(403, 'Only pages from https, or from a server on this machine, can be paired.')
      : no(403, 'Pages of other origins may not talk to the companion until they are paired: voxloom pair.')
  }

  /** The Origin of a page that another server sent; undefined for our own page and for programs. */
  strangeOrigin({ origin }: IncomingHttpHeaders): string | undefined {
    return origin === undefined || this.#knows(origin) ? undefined : origin
  }

  /** What comes as `Authorization: Bearer`. */
  bearer({ authorization }: IncomingHttpHeaders): string | undefined {
    return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  }

  /**
   * The API: our own page by its cookie, a paired one by its token, and programs by theirs.
   * @param isVouched whether reading this is also open to what the browser calls our own page: a program can say so, too
   */
  api(knock: Knock, isVouched = false): Verdict {
    const { headers, method } = knock
    const bearer = this.bearer(headers)
    const origin = this.strangeOrigin(headers)
    if (origin !== undefined) {
      // Neither a cookie nor the programs' token makes a page of another server ours.
      return bearer !== undefined && this.#paired.admits(origin, bearer)
        ? OK
        : no(401, 'The token is not one of this page: pair it anew with voxloom pair.')
    }
    if (bearer !== undefined) {
      return sameSecret(bearer, this.#token)
        ? OK
        : no(401, 'The token is wrong: it is in the companion’s state folder.')
    }
    const reads = method === 'GET' || method === 'HEAD'
    if (reads && isVouched && this.isOwnPage(headers)) return OK
    if (!this.#hasSession(headers))
      return no(401, 'A token is needed: Authorization: Bearer, from the companion’s state folder.')
    if (isForeign(headers)) return no(403, 'The page’s cookie is good for requests of the page itself alone.')
    if (!reads && headers[CSRF_HEADER] === undefined)
      return no(403, `A request that changes something needs the header ${CSRF_HEADER}.`)
    return OK
  }

  /** What no page may ask: whoever could let in others would stay in after it was revoked. */
  program(knock: Knock): Verdict {
    const verdict = this.api(knock)
    if (verdict.status !== 200) return verdict
    const isProgram = this.bearer(knock.headers) !== undefined && this.strangeOrigin(knock.headers) === undefined
    return isProgram ? OK : no(403, 'Pages may not ask this: pairing is for the terminal, with voxloom pair.')
  }

  /** An upgrade: the token, a ticket, or our own page with its cookie. */
  socket(knock: Knock): Verdict {
    const door = this.door(knock)
    if (door.status !== 200) return door
    const ticket = new URL(knock.url, 'http://localhost').searchParams.get('ticket')
    const origin = this.strangeOrigin(knock.headers)
    if (ticket !== null)
      return this.#redeem(ticket, origin) ? OK : no(401, 'The ticket was used already, or is older than 30 s.')
    if (knock.headers.authorization !== undefined) return this.api(knock)
    return origin === undefined && knock.headers.origin !== undefined && this.#hasSession(knock.headers)
      ? OK
      : no(401, 'A token or a ticket is needed.')
  }

  /** Whether the browser says that our own page sends this. A page can't forge these headers; a program can. */
  isOwnPage(headers: IncomingHttpHeaders): boolean {
    return headers['sec-fetch-site'] === 'same-origin'
  }

  /** The cookie that pairs the page which this companion serves. */
  cookie(): string {
    return `${COOKIE}=${this.#session}; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000`
  }

  /** Good for one upgrade by the same caller within 30 s, so that no lasting secret stands in an address. */
  issueTicket(headers: IncomingHttpHeaders): string {
    const now = this.#now()
    for (const [ticket, { expires }] of this.#tickets) {
      if (expires <= now || this.#tickets.size >= MOST_TICKETS) this.#tickets.delete(ticket)
    }
    const ticket = randomBytes(24).toString('base64url')
    this.#tickets.set(ticket, { expires: now + TICKET_LIFE, origin: this.strangeOrigin(headers) })
    return ticket
  }

  #redeem(ticket: string, origin: string | undefined): boolean {
    const found = this.#tickets.get(ticket)
    this.#tickets.delete(ticket)
    return found !== undefined && this.#now() < found.expires && found.origin === origin
  }

  #hosts(): readonly string[] {
    return ['localhost', '127.0.0.1', '[::1]'].flatMap(name =>
      this.port === 80 ? [name, `${name}:80`] : [`${name}:${this.port}`],
    )
  }

  #knows(origin: string): boolean {
    return this.#hosts().some(host => origin === `http://${host}`) || this.#extraOrigins.includes(origin)
  }

  #hasSession(headers: IncomingHttpHeaders): boolean {
    const values = (headers.cookie ?? '').split(/;\s*/).filter(pair => pair.startsWith(`${COOKIE}=`))
    return values.some(pair => sameSecret(pair.slice(COOKIE.length + 1), this.#session))
  }
}

/** Whether a browser says that another page sent this. Where there is an Origin, the door has judged that. */
function isForeign({ origin, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return origin === undefined && site !== undefined && site !== 'same-origin' && site !== 'none'
}
