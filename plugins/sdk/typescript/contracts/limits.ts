/** Bytes of one line. docs/contract-plugins.md, 14. */
export const MAX_LINE = 32 << 20
/** Bytes of one attachment, and of all attachments of one message. */
export const MAX_ATTACHMENT = 64 << 20
/** Attachments of one message. */
export const MAX_ATTACHMENTS = 256
