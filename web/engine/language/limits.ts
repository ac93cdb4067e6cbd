/** Milliseconds until the first sign of a reply: a server may have to read a large model from its disk before. */
export const FIRST_TOKEN_PATIENCE = 120_000
/** Milliseconds of silence in the middle of a reply. */
export const BETWEEN_TOKENS_PATIENCE = 30_000
/** Milliseconds for a look at whether a server is there. */
export const HEALTH_PATIENCE = 10_000
/** The longest time that a busy server may ask to be left alone for, and is then asked once more. Milliseconds. */
export const LONGEST_WAIT = 5_000
/** Lines of one reply that can't be read and are passed over. With more, the server speaks another language. */
export const MOST_BAD_LINES = 3
/** Bytes of an answer that comes in one piece, e.g. a list of models. */
export const LONGEST_ANSWER = 4 << 20
