/** Sessions at a time. */
export const MOST_SESSIONS = 32
/** Milliseconds after which a session without a client ends. */
export const SESSION_LIFE = 10 * 60_000
/** Bytes of a message in text. */
export const MOST_MESSAGE = 1 << 16
/** Bytes of a binary message; a larger one closes the connection. */
export const MOST_FRAME = 1 << 20
/** Messages of a client that may wait for those before them before nothing more is read. */
export const MOST_WAITING = 32
/** Seconds of sound that may wait to be heard before nothing more is read from a client, and with which that goes on. */
export const MOST_AHEAD = 30
export const LESS_AHEAD = 10
/** Seconds by which a reply's sound is sent ahead of its listener at most. */
export const LEAD = 0.34
/** Bytes that may be on their way to a client before it is waited for. */
export const MOST_UNSENT = 1 << 20
