const MIB = 1024 * 1024

/** Bytes of one line, without its end. */
export const MAX_LINE = 32 * MIB
/** Bytes of one attachment, and of all attachments of one message together. */
export const MAX_ATTACHMENT = 64 * MIB
/** Attachments of one message. */
export const MAX_ATTACHMENTS = 256
/** Objects and lists within one another. */
export const MAX_DEPTH = 64
/** Lines, answers and items that nobody asked for, after which a plugin is ended. */
export const MOST_FAULTS = 100
/** Bytes of items that nobody took yet, after which a plugin's output is left in its pipe. */
export const MOST_UNREAD = 16 * MIB
/** Bytes of JSON that a plugin's state may be, bytes within it as base64. */
export const MAX_STATE = 8 * MIB
